// atob and btoa.
const { DOMException } = globalThis;
const { textToBase64, base64ToText } = host;

function refused(message) {
  throw new DOMException(message, "InvalidCharacterError");
}

globalThis.btoa = function btoa(input) {
  if (arguments.length === 0) throw new TypeError("btoa needs an argument");
  return textToBase64(String(input)) ?? refused("The string to be encoded contains characters outside of the Latin1 range.");
};

globalThis.atob = function atob(input) {
  if (arguments.length === 0) throw new TypeError("atob needs an argument");
  return base64ToText(String(input)) ?? refused("The string to be decoded is not correctly encoded.");
};
Object.assign(host.shared, { atob: globalThis.atob, btoa: globalThis.btoa });
