// How HTTP actions get their request and give their response: plain records for the npm package, bodies as streams of
// the host.
const { need, URL, AbortController } = host.shared;
const { streamCreate, streamRead } = host;
const { pairsOf } = need("headers");
const { Request } = need("request");
const { isResponse, partsOf } = need("response");
const { streamFromHost, sendToHost } = need("host_streams");

/// The client's going away shows as the end of the stream `signal`.
function signalFrom(id) {
  const controller = new AbortController();
  const gone = () => controller.abort();
  const wait = () => streamRead(id, "").then((bytes) => (bytes === null ? gone() : wait()), gone);
  wait();
  return controller.signal;
}

function requestFromConvexJson({ convexJson }) {
  const { url, method, headerPairs, streamId, signal } = convexJson;
  const init = { method, headers: headerPairs };
  if (streamId !== null && streamId !== undefined) init.body = streamFromHost(streamId);
  if (signal !== null && signal !== undefined) init.signal = signalFrom(signal);
  return new Request(new URL(url).href, init);
}

function convexJsonFromResponse({ response }) {
  if (!isResponse(response)) throw new Error("HTTP actions must return a Response");
  const { headers, status, url, body } = partsOf(response);
  const headerPairs = pairsOf(headers).map((pair) => pair.slice());
  const json = { headerPairs, status, streamId: null };
  if (url !== "") json.url = url;
  if (body !== null) {
    if (body.unusable) throw new TypeError("The body of the response was read already");
    if (body.size !== undefined && !headers.has("content-length")) headerPairs.push(["content-length", String(body.size)]);
    json.streamId = streamCreate(true);
    sendToHost(body.open(), json.streamId);
  }
  return json;
}

return { requestFromConvexJson, convexJsonFromResponse };
