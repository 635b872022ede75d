// atob and btoa.
const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const valueOf = new Map(Array.from(alphabet, (c, i) => [c, i]));
const { DOMException } = globalThis;

globalThis.btoa = function btoa(input) {
  const text = String(input);
  const parts = [];
  for (let i = 0; i < text.length; i += 3) {
    const a = text.charCodeAt(i);
    const b = i + 1 < text.length ? text.charCodeAt(i + 1) : 0;
    const c = i + 2 < text.length ? text.charCodeAt(i + 2) : 0;
    if (a > 255 || b > 255 || c > 255)
      throw new DOMException("The string to be encoded contains characters outside of the Latin1 range.", "InvalidCharacterError");
    const bits = (a << 16) | (b << 8) | c;
    parts.push(
      alphabet[bits >> 18],
      alphabet[(bits >> 12) & 63],
      i + 1 < text.length ? alphabet[(bits >> 6) & 63] : "=",
      i + 2 < text.length ? alphabet[bits & 63] : "=",
    );
  }
  return parts.join("");
};

globalThis.atob = function atob(input) {
  let text = String(input).replace(/[\t\n\f\r ]/g, "");
  if (text.length % 4 === 0) text = text.replace(/==?$/, "");
  const parts = [];
  let bits = 0;
  let count = 0;
  for (const c of text) {
    const v = valueOf.get(c);
    if (v === undefined || text.length % 4 === 1)
      throw new DOMException("The string to be decoded is not correctly encoded.", "InvalidCharacterError");
    bits = ((bits << 6) | v) & 0xffffff;
    count += 6;
    if (count >= 8) {
      count -= 8;
      parts.push(String.fromCharCode((bits >> count) & 255));
    }
  }
  return parts.join("");
};
Object.assign(host.shared, { atob: globalThis.atob, btoa: globalThis.btoa });
