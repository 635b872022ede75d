// What the classes of the web platform do, as small programs that give a JSON value. Node.js and hull-backend must
// give the same.
import { bytes, list, utf8, nameOf, readAll, counting } from "./parts.js";

export const all = {
  "blobs": async () => {
    const blob = new Blob(["aé", bytes(1, 2), new Blob(["z"]), new Uint16Array([258]).buffer], { type: "Text/Plain" });
    const cut = blob.slice(1, -2, "x/y");
    return [blob.size, blob.type, list(await blob.arrayBuffer()), cut.size, cut.type, list(await cut.arrayBuffer()), await new Blob(["\ufeffq"]).text()];
  },
  "slices of blobs": async () =>
    Promise.all([[0, 2], [-2], [1], [5, 9], [2, 1], [-9, 2]].map((range) => new Blob(["ab", "cd"]).slice(...range).text())),
  "the stream of a blob": async () => (await readAll(new Blob(["abc"]).stream())).flat(),
  "bad blobs": async () => [await nameOf(() => new Blob("abc")), await nameOf(() => new Blob(5)), new Blob([], { type: "\u00e9" }).type],
  "files": () => {
    const f = new File(["abc"], "n.txt", { type: "a/b", lastModified: 5 });
    return [f.name, f.size, f.type, f.lastModified, f instanceof Blob, String(f)];
  },
  "form data": () => {
    const f = new FormData();
    f.append("a", 1);
    f.append("b", new Blob(["x"], { type: "t/t" }));
    f.append("a", "2");
    f.append("c", new Blob(["x"]), "c.bin");
    const before = [...f.keys()];
    f.set("a", "3");
    f.delete("zz");
    const b = f.get("b");
    return [before, [...f].map(([k, v]) => k + "=" + (v.name ?? v)), b.name, b.type, f.getAll("a"), f.has("c"), f.get("q")];
  },
  "form data comes back": async () => {
    const f = new FormData();
    f.append('na"me\n', "line\nbreak");
    f.append("file", new File(["\r\n--x\r\n", bytes(0, 255)], 'q"uote.bin', { type: "application/x-y" }));
    f.append("empty", "");
    const back = await new Response(f).formData();
    const out = [];
    for (const [name, value] of back)
      out.push([name, typeof value === "string" ? value : [value.name, value.type, list(await value.arrayBuffer())]]);
    return out;
  },
  "multipart by hand": async () => {
    const text = '--q\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--q\r\ncontent-type: text/x; c=d\r\ncontent-disposition: form-data; name="f"; filename="g.t"\r\n\r\nbody\r\n--q--\r\n';
    const f = await new Response(text, { headers: { "content-type": "multipart/form-data; boundary=q" } }).formData();
    return [f.get("a"), f.get("f").name, f.get("f").type, await f.get("f").text()];
  },
  "broken multipart": async () =>
    Promise.all(
      ["", "--q", "--q\r\nx", '--q\r\nContent-Disposition: form-data; name="a"\r\n\r\n1', "--z--\r\n"].map((text) =>
        nameOf(async () => [...(await new Response(text, { headers: { "content-type": "multipart/form-data; boundary=q" } }).formData())]),
      ),
    ),
  "urlencoded": async () => {
    const r = new Response(new URLSearchParams({ a: "1 2", b: "é&" }));
    const type = r.headers.get("content-type");
    return [type, [...(await r.formData())]];
  },
  "no form": () => nameOf(() => new Response("x").formData()),
  "headers": async () => {
    const h = new Headers([["X-A", " 1 "], ["x-b", "2"]]);
    h.append("X-a", "3");
    h.set("X-B", "4");
    h.append("set-cookie", "a=1");
    h.append("Set-Cookie", "b=2");
    h.delete("nothing");
    return [h.get("x-A"), h.get("X-B"), h.has("X-C"), h.get("x-c"), h.getSetCookie(), new Headers(h).get("x-a"), new Headers({ q: "1" }).get("Q")];
  },
  "bad headers": async () => [
    await nameOf(() => new Headers([["a"]])),
    await nameOf(() => new Headers({ "a b": "1" })),
    await nameOf(() => new Headers({ a: "x\ny" })),
    await nameOf(() => new Headers({ a: "\u0100" })),
    await nameOf(() => new Headers({ a: "\xe9" }).get("a")),
    await nameOf(() => new Headers(null)),
    await nameOf(() => new Headers().get("")),
  ],
  "responses": async () => {
    const r = new Response("héllo", { status: 201, statusText: "Made", headers: { "X-Y": "z" } });
    return [r.status, r.statusText, r.ok, r.type, r.url, r.redirected, [...r.headers].sort(), r.bodyUsed, await r.text(), r.bodyUsed];
  },
  "statuses": async () =>
    Promise.all([199, 200, 599, 600, 101, "204", 304].map((status) => nameOf(() => new Response(null, { status }).status))),
  "bodies of bodyless statuses": async () => Promise.all([204, 304, 205].map((status) => nameOf(() => new Response("x", { status }).status))),
  "static responses": async () => [
    await Response.json({ a: [1] }, { status: 202 }).text(),
    Response.json(1).headers.get("content-type"),
    await nameOf(() => Response.json(undefined)),
    Response.redirect("http://h/x", 307).headers.get("location"),
    Response.redirect("http://h/x").status,
    await nameOf(() => Response.redirect("http://h", 200).status),
    Response.error().type,
    Response.error().status,
  ],
  "types of bodies": async () =>
    Promise.all(
      [null, "s", bytes(1), new ArrayBuffer(2), new Blob(["b"], { type: "a/b" }), new Blob(["b"]), new URLSearchParams("a=b"), new ReadableStream()].map(
        (body) => new Response(body).headers.get("content-type"),
      ),
    ),
  "reading a body": async () => [
    await new Response('{"a":1}').json(),
    await nameOf(() => new Response("{").json()),
    list(await new Response(bytes(1, 2)).arrayBuffer()),
    list(await new Response(new DataView(new ArrayBuffer(3), 1)).arrayBuffer()),
    await new Response("\ufeffx").text(),
    await (await new Response("q", { headers: { "content-type": "A/b" } }).blob()).type,
    await new Response(null).text(),
    new Response(null).body,
  ],
  "a body is read once": async () => {
    const r = new Response("x");
    await r.text();
    return [await nameOf(() => r.text()), await nameOf(() => r.clone()), r.bodyUsed];
  },
  "a locked body": async () => {
    const r = new Response("x");
    r.body.getReader();
    return [await nameOf(() => r.text()), r.bodyUsed, await nameOf(() => r.clone())];
  },
  "a body that is partly read": async () => {
    const r = new Response("abc");
    const reader = r.body.getReader();
    await reader.read();
    reader.releaseLock();
    return [r.bodyUsed, await nameOf(() => r.text())];
  },
  "clones": async () => {
    const a = new Response(ReadableStream.from([utf8("one "), utf8("two")]), { status: 203 });
    const b = a.clone();
    return [await a.text(), await b.text(), b.status, await new Response("k").clone().text()];
  },
  "a stream of something else": () => nameOf(() => new Response(ReadableStream.from(["text"])).text()),
  "a used stream as body": async () => {
    const s = counting(1);
    const reader = s.getReader();
    const first = await nameOf(() => new Response(s));
    await reader.read();
    reader.releaseLock();
    return [first, await nameOf(() => new Response(s))];
  },
  "requests": async () => {
    const r = new Request("http://User.example/p a?q#f", { method: "post", body: "x", headers: { A: "b" } });
    return [r.url, r.method, [...r.headers].sort(), await r.text(), r.signal.aborted, r.bodyUsed];
  },
  "methods": async () =>
    Promise.all(["get", "delete", "patch", "PATCH", "foo", "put", "options", "head", "TRACE", "a b", ""].map((method) => nameOf(() => new Request("http://h", { method }).method))),
  "requests that are refused": async () => [
    await nameOf(() => new Request("/relative")),
    await nameOf(() => new Request("http://h", { body: "x" })),
    await nameOf(() => new Request("http://h", { method: "HEAD", body: "x" })),
    await nameOf(() => new Request("http://h", { signal: 5 })),
  ],
  "a request from a request": async () => {
    const a = new Request("http://h/", { method: "PUT", body: "abc", headers: { x: "1" } });
    const b = new Request(a, { headers: { y: "2" } });
    return [b.method, b.headers.get("x"), b.headers.get("y"), await b.text(), a.bodyUsed, await nameOf(() => a.text())];
  },
  "a clone of a request": async () => {
    const a = new Request("http://h/", { method: "POST", body: "abc" });
    const b = a.clone();
    return [await a.text(), await b.text(), b.method];
  },
  "the signal of a request": () => {
    const c = new AbortController();
    const r = new Request("http://h", { signal: c.signal });
    const before = [r.signal === c.signal, r.signal.aborted];
    c.abort("x");
    return [...before, r.signal.aborted, r.signal.reason];
  },
  "tags": () =>
    [new Headers(), new Response(), new Request("http://h"), new Blob([]), new FormData(), new ReadableStream(), new WritableStream(), new TransformStream()].map((o) =>
      Object.prototype.toString.call(o),
    ),
  "missing and bad arguments": () =>
    Promise.all(
      [
        () => new Headers().append("a"),
        () => new Headers().set("a"),
        () => new Headers().get(),
        () => new Headers().has(),
        () => new Headers().delete(),
        () => new Headers().forEach(),
        () => new Headers({ [Symbol("s")]: "x" }),
        () => new FormData().append("a"),
        () => new FormData().get(),
        () => new FormData().getAll(),
        () => new FormData().has(),
        () => new FormData().delete(),
        () => new FormData().forEach(5),
        () => new File([]),
        () => new Blob([], { endings: "x" }),
        () => new Blob([], { endings: "transparent" }).size,
        () => new Blob(["a\r\nb"], { endings: "native" }).size,
        () => new Request(),
        () => new Request("http://h", null).method,
        () => new Request("http://h", 5),
        () => new Request("http://u:p@h/"),
        () => new Request("http://u@h/"),
        () => new Request("http://h", { redirect: "zzz" }),
        () => new Request("http://h", { redirect: "manual" }).url,
        () => new Response("x", null).status,
        () => new Response("x", 5),
        () => Response.json(),
        () => Response.redirect(),
        () => performance.mark(),
      ].map(nameOf),
    ),
  "the type of a body's blob": () =>
    Promise.all(
      ['Text/HTML; Charset=UTF-8; x="a b"', "x", "a/b;c", 'a/b; c=d ;e="q\\""', "multipart/form-data; boundary=Aa", "a/b;c=d;c=e", "a/b; c=", " a/b ", ";"].map(
        async (type) => (await new Response("x", { headers: { "content-type": type } }).blob()).type,
      ),
    ),
  "changes of a form while iterating": () => {
    const f = new FormData();
    for (const name of ["a", "b", "c"]) f.append(name, name + "\ud800");
    const seen = [];
    for (const [name, value] of f) {
      seen.push(name + value);
      if (name === "a") f.delete("b");
    }
    return [seen, Object.prototype.toString.call(f.keys()), "return" in f.keys(), f[Symbol.iterator] === f.entries];
  },
};
