// The routes of http_actions.test.mjs, after the guides to HTTP actions and to file storage.
import { httpRouter } from "convex/server";
import { httpAction } from "./_generated/server";
import { api } from "./_generated/api";
import { Id } from "./_generated/dataModel";

const http = httpRouter();

const postMessage = httpAction(async (ctx, request) => {
  const { author, body } = await request.json();
  await ctx.runMutation(api.messages.send, { author, body: `Sent via HTTP action: ${body}` });
  return new Response(null, { status: 200, headers: { "Access-Control-Allow-Origin": "*", Vary: "origin" } });
});

http.route({ path: "/postMessage", method: "POST", handler: postMessage });

http.route({
  path: "/postMessage",
  method: "OPTIONS",
  handler: httpAction(async (_, request) => {
    const asked = request.headers;
    if (asked.get("Origin") === null || asked.get("Access-Control-Request-Method") === null) return new Response();
    return new Response(null, {
      headers: {
        "Access-Control-Allow-Origin": "https://app.test",
        "Access-Control-Allow-Methods": "POST",
        "Access-Control-Allow-Headers": "Content-Type, Digest",
        "Access-Control-Max-Age": "86400",
      },
    });
  }),
});

http.route({
  pathPrefix: "/getAuthorMessages/",
  method: "GET",
  handler: httpAction(async (ctx, request) => {
    const author = decodeURIComponent(new URL(request.url).pathname.split("/").at(-1)!);
    const bodies = await ctx.runQuery(api.messages.byAuthor, { author });
    return Response.json(bodies, { headers: { "X-Author": author } });
  }),
});

http.route({
  path: "/getAuthorMessages/exact",
  method: "GET",
  handler: httpAction(async () => new Response("the exact route")),
});

http.route({
  pathPrefix: "/getAuthorMessages/long/",
  method: "GET",
  handler: httpAction(async () => new Response("the longer prefix")),
});

const echo = httpAction(async (_, request) =>
  Response.json({
    method: request.method,
    url: request.url,
    headers: Object.fromEntries([...request.headers.entries()].filter(([name]) => name.startsWith("x-"))),
    body: await request.text(),
  }),
);
for (const method of ["GET", "POST", "PUT", "DELETE", "PATCH"] as const) http.route({ path: "/echo", method, handler: echo });

http.route({
  path: "/size",
  method: "POST",
  handler: httpAction(async (_, request) => {
    let size = 0;
    let sum = 0;
    const reader = request.body!.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      size += value.length;
      for (let i = 0; i < value.length; i += 4096) sum = (sum + value[i]) % 65536;
    }
    return Response.json({ size, sum });
  }),
});

// Answers each piece before the next has come.
http.route({
  path: "/upper",
  method: "POST",
  handler: httpAction(async (_, request) => {
    const decode = new TextDecoder();
    const encode = new TextEncoder();
    const reader = request.body!.getReader();
    return new Response(
      new ReadableStream({
        async pull(controller) {
          const { done, value } = await reader.read();
          if (done) controller.close();
          else controller.enqueue(encode.encode(decode.decode(value).toUpperCase()));
        },
      }),
      { headers: { "Content-Type": "text/plain" } },
    );
  }),
});

// Waits for the client to go away, and says so in the database.
http.route({
  path: "/wait",
  method: "GET",
  handler: httpAction(async (ctx, request) => {
    const author = new URL(request.url).searchParams.get("author")!;
    const gone = new Promise<void>((resolve) => request.signal.addEventListener("abort", () => resolve()));
    await ctx.runMutation(api.messages.send, { author, body: "here" });
    await gone;
    await ctx.runMutation(api.messages.send, { author, body: "gone" });
    return new Response("nobody reads this");
  }),
});

http.route({
  path: "/forever",
  method: "GET",
  handler: httpAction(async () => {
    const body = new ReadableStream({
      start: (controller) => controller.enqueue(new TextEncoder().encode("here")),
      pull: () => new Promise(() => {}),
      cancel: () => console.log("the stream was cancelled"),
    });
    return new Response(body);
  }),
});

http.route({
  path: "/fail",
  method: "GET",
  handler: httpAction(async () => {
    console.log("about to fail");
    throw new Error("boom");
  }),
});

http.route({
  path: "/failLate",
  method: "GET",
  handler: httpAction(async () => {
    let calls = 0;
    return new Response(
      new ReadableStream({
        async pull(controller) {
          if (calls++ === 0) return controller.enqueue(new TextEncoder().encode("begun"));
          await new Promise((resolve) => setTimeout(resolve, 1));
          throw new Error("too late");
        },
      }),
    );
  }),
});

http.route({
  path: "/notAResponse",
  method: "GET",
  handler: httpAction(async () => "text" as unknown as Response),
});

http.route({
  path: "/largeHeader",
  method: "GET",
  handler: httpAction(async () => new Response("", { headers: { Location: "/" + "x".repeat(70_000) } })),
});

http.route({
  path: "/cookies",
  method: "GET",
  handler: httpAction(async () => {
    const headers = new Headers({ "X-Umlaut": "\u00e4" });
    headers.append("Set-Cookie", "a=1");
    headers.append("Set-Cookie", "b=2");
    return new Response(null, { status: 204, headers });
  }),
});

http.route({
  path: "/tooMuch",
  method: "GET",
  handler: httpAction(async () => {
    let left = 21;
    return new Response(
      new ReadableStream({
        pull(controller) {
          if (left-- === 0) controller.close();
          else controller.enqueue(new Uint8Array(1 << 20));
        },
      }),
    );
  }),
});

http.route({
  path: "/whoami",
  method: "GET",
  handler: httpAction(async (ctx) => {
    try {
      return Response.json({ identity: await ctx.auth.getUserIdentity() });
    } catch (e) {
      return Response.json({ refused: (e as Error).message });
    }
  }),
});

// The file storage guide: upload and serve through HTTP actions.
http.route({
  path: "/sendImage",
  method: "POST",
  handler: httpAction(async (ctx, request) => {
    const storageId = await ctx.storage.store(await request.blob());
    const author = new URL(request.url).searchParams.get("author")!;
    await ctx.runMutation(api.files.send, { storageId, author });
    return Response.json({ storageId }, { headers: { "Access-Control-Allow-Origin": "*" } });
  }),
});

http.route({
  path: "/getImage",
  method: "GET",
  handler: httpAction(async (ctx, request) => {
    const storageId = new URL(request.url).searchParams.get("storageId")! as Id<"_storage">;
    const blob = await ctx.storage.get(storageId);
    if (blob === null) return new Response("Image not found", { status: 404 });
    return new Response(blob);
  }),
});

export default http;
