// URLs and their parameters, as small programs that give a JSON value. Node.js and hull-backend must give the same;
// where Node.js is not as the URL standard says, web_standard_test.cpp has the case.
import { nameOf } from "./parts.js";

/// What a URL is after a part was set, for each value.
const set = (start, part, ...values) =>
  values.map((value) => {
    const url = new URL(start);
    url[part] = value;
    return url.href;
  });
const href = (input, base) => {
  try {
    return new URL(input, base).href;
  } catch (e) {
    return e.name;
  }
};

export const all = {
  "ports": () => set("http://h:81/p", "port", "x", "80x", "99999", "443", "80", "", "-1", "0021", "\t7"),
  "schemes": () => [
    ...set("http://h:443/p", "protocol", "https", "https:", "ftp:x", "file", "convex", "ht tp", "1a", ""),
    ...set("file:///p", "protocol", "https", "convex"),
    ...set("http://u@h/", "protocol", "file"),
    ...set("convex://h/p", "protocol", "other", "http"),
  ],
  "hosts": () => [
    ...set("http://h:81/p", "host", "z/y", "z:80", "z:82", "z", "", "a b", "[::1]:9", "z?q", "z#f", "z\\y", "z:x", "z:99999", ":8", "u@z"),
    ...set("http://h:81/p", "hostname", "z:80", "z/y", "[::1]", "", "a b"),
    ...set("file://h/p", "host", "z", "", "z:80", "localhost"),
    ...set("mailto:a@b", "host", "z"),
    ...set("convex://h:1/p", "host", "", "Z"),
    ...set("file:///p", "port", "80"),
    ...set("file:///p", "username", "u"),
    ...set("http://h/", "username", "a b", "\u00e9@"),
  ],
  "queries and fragments": () => [
    ...set("http://h/p?a#b", "search", "?", "", "??x", "#y", "a b'", "?\u00e9"),
    ...set("http://h/p?a#b", "hash", "#", "", "##x", "a b`"),
    ...set("http://h/p", "pathname", "", "x", "?#", "\\a\\..\\b", "//c"),
  ],
  "files": () =>
    [
      ["file:///C|/x"], ["file:C:/x/../.."], ["file://C:/x"], ["/C|/a", "file:///D:/b"], ["..", "file:///C:/"], ["/x", "file:///C:/a/b"], ["//h/x", "file:///C:/a"], ["C|", "file:///a"], ["file:"],
      ["file:x", "file:///a/b"], ["file://h:80/x"], ["file://u@h/x"], ["file://u:p@/x"], ["file://localhost/x"], ["file:\\\\h\\x"], ["file:///C%7C/x"], ["c:/x", "http://h"],
    ].map(([input, base]) => href(input, base)),
  "origins": () => ["blob:https://h:8/x", "blob:http://h", "blob:ftp://h", "blob:x", "blob:blob:http://h", "file:///x", "mailto:x", "wss://h:443"].map((text) => new URL(text).origin),
  "addresses": () => ["http://[1.2.3.4::]/", "http://[::01.2.3.4]/", "http://[::1.2.3.4]/", "http://[:::1]/", "http://0x/", "http://1..2/", "http://a\"b/", "http://h:8a/", "x://a b/"].map((text) => href(text)),
  "missing arguments": () =>
    Promise.all(
      [
        () => URL.canParse(),
        () => new URL(),
        () => new URLSearchParams().append("a"),
        () => new URLSearchParams().set("a"),
        () => new URLSearchParams().get(),
        () => new URLSearchParams().getAll(),
        () => new URLSearchParams().has(),
        () => new URLSearchParams().delete(),
        () => new URLSearchParams().forEach(5),
        () => new URLSearchParams(["ab"]),
        () => new URLSearchParams([["a"]]),
        () => new URLSearchParams([["a", "b", "c"]]),
        () => new URLSearchParams({ a: Symbol("s") }),
        () => String(new URLSearchParams([new Set(["a", "b"])])),
        () => String(new URLSearchParams(5)),
      ].map(nameOf),
    ),
  "halves of pairs": () => {
    const params = new URLSearchParams("a=\ud800");
    params.append("\udc00", "x\ud800y");
    params.set("b", "\ud83d\ude00");
    return [[...params], String(params), params.has("\ufffd"), new URL("http://h/\ud800?\udc00").href, href("\ud800", "http://h/")];
  },
  "changes while iterating": () => {
    const seen = [];
    const params = new URLSearchParams("a=1&b=2&c=3&d=4");
    for (const [name] of params) {
      seen.push(name);
      if (name === "a") params.delete("b");
      if (name === "c") params.append("e", "5");
    }
    params.forEach((value, name) => {
      seen.push(name + value);
      params.delete("d");
    });
    return seen;
  },
  "iterators": () => {
    const params = new URLSearchParams("a=1&b=2");
    const keys = params.keys();
    const prototype = Object.getPrototypeOf(keys);
    return [
      Object.prototype.toString.call(keys),
      Object.keys(prototype),
      prototype.hasOwnProperty("constructor"),
      prototype === Object.getPrototypeOf(params.entries()),
      Object.getPrototypeOf(prototype) === Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]())),
      params[Symbol.iterator] === params.entries,
      "return" in keys,
      [...keys],
      keys.next(),
      [...params.values()],
    ];
  },
  "parameters of a URL": () => {
    const url = new URL("http://h/?a=1&b=2&a=3#f");
    const params = url.searchParams;
    params.delete("a", "3");
    const before = url.href;
    url.search = "?q=%41";
    const middle = [params.get("q"), params.size];
    params.delete("q");
    return [before, middle, url.href, params.has("q", "A")];
  },
};
