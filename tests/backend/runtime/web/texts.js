// Texts and bytes, as small programs that give a JSON value. Node.js and hull-backend must give the same. Where the
// tables of Node.js are not those of the Encoding standard, web_standard_test.cpp has the case.
import { bytes, nameOf } from "./parts.js";

const upper = Uint8Array.from({ length: 128 }, (_, i) => 128 + i);
const single = ["ibm866", "iso-8859-2", "iso-8859-3", "iso-8859-4", "iso-8859-5", "iso-8859-6", "iso-8859-7", "iso-8859-8", "iso-8859-10", "iso-8859-13", "iso-8859-14", "iso-8859-15"];
const more = ["koi8-r", "macintosh", "windows-1250", "windows-1251", "windows-1254", "windows-1256", "windows-1257", "windows-1258", "x-mac-cyrillic"];

/// What a decoder gives for each chunk, and at the end.
const decoded = (label, ...chunks) => {
  const decoder = new TextDecoder(label);
  return [...chunks.map((chunk) => decoder.decode(chunk, { stream: true })), decoder.decode()];
};

export const all = {
  "encodings of one byte": () => [...single, ...more].map((label) => [label, new TextDecoder(label).decode(upper)]),
  "labels": () =>
    ["iso88591", "iso_8859-1", "cp819", "l1", "ansi_x3.4-1968", " UTF8\n", "unicode-1-1-utf-8", "ucs-2", "unicodefffe", "latin2", "cp1251", "koi", "l9", "x-cp1250", "cyrillic", "greek", "logical"].map(
      (label) => new TextDecoder(label).encoding,
    ),
  "no labels": () => Promise.all(["utf-7", "", "utf-8\u00a0", "utf8|utf-8", "x", "replacement"].map((label) => nameOf(() => new TextDecoder(label).encoding))),
  "what is no buffer": () =>
    Promise.all(["abc", 5, null, [], {}, undefined, bytes(97), bytes(97).buffer, new DataView(bytes(97).buffer)].map((input) => nameOf(() => new TextDecoder().decode(input)))),
  "shared bytes": () => [new TextDecoder().decode(new SharedArrayBuffer(2)).length, new TextDecoder("utf-16le").decode(new Uint8Array(new SharedArrayBuffer(2))).length],
  "utf-16 in pieces": () => [
    decoded("utf-16le", bytes(0x3d, 0xd8), bytes(0x00, 0xde)),
    decoded("utf-16le", bytes(0x61), bytes(0x00, 0x3d), bytes(0xd8, 0x00), bytes(0xde, 0x62, 0x00)),
    decoded("utf-16le", bytes(0x3d, 0xd8), bytes(0x61, 0x00)),
    decoded("utf-16le", bytes(0x3d, 0xd8)),
    decoded("utf-16le", bytes(0xff, 0xfe, 0x61, 0x00)),
    decoded("utf-16be", bytes(0xd8, 0x3d), bytes(0xde, 0x00), bytes(0x00), bytes(0x61)),
    decoded("utf-8", bytes(0xef), bytes(0xbb, 0xbf, 0x61), bytes(0xe2, 0x82), bytes(0xac)),
  ],
  "fatal": () =>
    Promise.all(
      [["utf-16le", bytes(0x3d, 0xd8)], ["utf-16le", bytes(0x61)], ["utf-16be", bytes(0x00, 0x61)], ["utf-8", bytes(0xc0)], ["windows-1251", bytes(0x98)]].map(([label, data]) =>
        nameOf(() => new TextDecoder(label, { fatal: true }).decode(data)),
      ),
    ),
  "long texts": () => ["utf-16le", "windows-1252", "koi8-r"].map((label) => new TextDecoder(label).decode(new Uint8Array(200000).fill(97)).length),
  "missing arguments": () => Promise.all([() => btoa(), () => atob(), () => new TextEncoder().encodeInto("a"), () => new TextEncoder().encodeInto("a", [])].map(nameOf)),
};
