// atob and btoa.
const { DOMException, requireArguments } = host.shared;
const { textToBase64, base64ToText } = host;

function refused(message) {
  throw new DOMException(message, "InvalidCharacterError");
}

globalThis.btoa = function btoa(input) {
  requireArguments(1, arguments.length, "btoa");
  return textToBase64(String(input)) ?? refused("The string to be encoded contains characters outside of the Latin1 range.");
};

globalThis.atob = function atob(input) {
  requireArguments(1, arguments.length, "atob");
  return base64ToText(String(input)) ?? refused("The string to be decoded is not correctly encoded.");
};
Object.assign(host.shared, { atob: globalThis.atob, btoa: globalThis.btoa });
