// HTTP actions: requests and responses whose bodies are streams on both sides.
#include "runtime_fixture.hpp"
#include "stream_end.hpp"

#include <gmock/gmock.h>

#include <future>
#include <thread>

namespace hull::backend::runtime::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// http.js with one handler, as the router of the npm package calls it.
std::shared_ptr<const module_set> router_with(const std::string& handler) {
  return set_of({module_of("http.js", "const handler = " + handler + R"js(;
    export default {
      isRouter: true,
      lookup: (path, method) => (path.startsWith("/known") ? [handler, method, path] : null),
      async runRequest(json, path) {
        const request = Convex.jsSyscall("requestFromConvexJson", { convexJson: JSON.parse(json) });
        const response = await handler(request, path);
        return JSON.stringify(Convex.jsSyscall("convexJsonFromResponse", { response }));
      },
    };)js")});
}

/// One request on its way through a handler.
struct exchange {
  explicit exchange(const std::string& handler) : modules(router_with(handler)) {}
  ~exchange() {
    if (thread.joinable()) thread.join();
  }

  void start(const std::string& path = "/known/x") {
    call c{modules};
    c.what = function_kind::action;
    c.module = "http.js";
    c.args =
        R"({"url":"http://host/known/x?q=1","method":"POST","headerPairs":[["X-One","1"]],"streamId":"in","signal":"gone"})";
    run_request r = request_of(c, host);
    r.incoming = {{"in", request_body}, {"gone", signal}};
    r.http = http_call{"POST", path,
                       [this](const std::string& json, std::shared_ptr<byte_stream> body) {
                         response_json = json;
                         head.set_value(std::move(body));
                       },
                       [this](std::string found) { route = std::move(found); }};
    thread = std::thread([this, r] {
      result = the_runtime().run(r);
      if (!result.value_json) try {
          head.set_value(nullptr);
        } catch (const std::future_error&) {  // the response came before the failure
        }
    });
  }
  /// The body, once the response is there.
  std::shared_ptr<byte_stream> response() { return head.get_future().get(); }
  std::string end() {
    thread.join();
    return text_of(result);
  }
  void write(std::string text) { EXPECT_EQ(request_body->write(text), byte_stream::written::taken); }

  std::shared_ptr<const module_set> modules;
  scripted_host host;
  std::shared_ptr<byte_stream> request_body = std::make_shared<byte_stream>();
  std::shared_ptr<byte_stream> signal = std::make_shared<byte_stream>();
  std::promise<std::shared_ptr<byte_stream>> head;
  std::string response_json;
  std::string route;
  run_result result;
  std::thread thread;
};

TEST(HttpAction, SeesTheRequestAndGivesTheResponse) {
  exchange x(R"js(async (r) => {
    const { headers, method, url } = r;
    return new Response(JSON.stringify([method, url, headers.get("x-one"), await r.text()]), { status: 201, headers: { a: "b" } });
  })js");
  x.write("bo");
  x.write("dy");
  x.request_body->end();
  x.start();
  const auto body = x.response();
  EXPECT_EQ(x.response_json,
            R"({"headerPairs":[["a","b"],["content-type","text/plain;charset=UTF-8"],["content-length","45"]],)"
            R"("status":201,"streamId":"out-1"})");
  EXPECT_EQ(read_rest(*body), R"(["POST","http://host/known/x?q=1","1","body"]<end>)");
  EXPECT_EQ(x.route, "POST /known/x");
  EXPECT_EQ(x.end(), x.response_json);
}

TEST(HttpAction, HasNoStreamForAnEmptyBody) {
  exchange x("() => new Response(null, { status: 204 })");
  x.start();
  EXPECT_EQ(x.response(), nullptr);
  EXPECT_EQ(x.end(), R"({"headerPairs":[],"status":204,"streamId":null})");
  std::string late = "x";
  EXPECT_EQ(x.request_body->write(late), byte_stream::written::closed) << "nobody reads what the handler did not";
}

TEST(HttpAction, StreamsBothWaysAtOnce) {
  exchange x(R"js((r) => new Response(r.body.pipeThrough(new TextDecoderStream()).pipeThrough(
    new TransformStream({ transform: (s, c) => c.enqueue(s.toUpperCase()) })).pipeThrough(new TextEncoderStream())))js");
  x.start();
  const auto body = x.response();
  x.write("one");
  EXPECT_EQ(read_one(*body), "ONE") << "before the request has ended";
  x.write("two");
  EXPECT_EQ(read_one(*body), "TWO");
  x.request_body->end();
  EXPECT_EQ(read_one(*body), "<end>");
  x.end();
}

TEST(HttpAction, WritesNoFasterThanIsRead) {
  exchange x("() => new Response(new ReadableStream({ pull(c) { c.enqueue(new Uint8Array(65536)); } }))");
  x.start();
  const auto body = x.response();
  EXPECT_EQ(read_one(*body).size(), 65536U);
  while (body->writable()) std::this_thread::yield();
  EXPECT_LT(body->total_bytes(), 1U << 20);
  body->cancel();
  x.end();
  EXPECT_EQ(body->read().state, byte_stream::reading::ended);
}

TEST(HttpAction, CancelsTheBodyWhenNobodyReadsIt) {
  exchange x(R"js(() => new Response(new ReadableStream({
    pull(c) { c.enqueue(new Uint8Array(65536)); },
    async cancel(e) { console.log(e.name); },
  })))js");
  x.start();
  const auto body = x.response();
  while (body->writable()) std::this_thread::yield();
  body->cancel();
  x.end();
  EXPECT_THAT(x.host.lines, ElementsAre("[LOG] 'TypeError'"));
}

TEST(HttpAction, AbortsTheSignalWhenTheClientGoes) {
  exchange x(R"js(async (r) => {
    const before = r.signal.aborted;
    await new Promise((gone) => r.signal.addEventListener("abort", gone));
    return new Response(before + " " + r.signal.aborted + " " + r.signal.reason.name);
  })js");
  x.start();
  x.signal->end();
  EXPECT_EQ(read_rest(*x.response()), "false true AbortError<end>");
  x.end();
}

TEST(HttpAction, FailsBeforeTheResponse) {
  exchange x("() => { throw new Error('early') }");
  x.start();
  EXPECT_EQ(x.response(), nullptr);
  EXPECT_EQ(x.end(), "thrown: Uncaught Error: early");
}

TEST(HttpAction, FailsWithinTheBody) {
  exchange x(R"js((r) => {
    let n = 0;
    return new Response(new ReadableStream({ async pull(c) {
      if (n++ === 0) return c.enqueue(new Uint8Array([65]));
      await r.text();
      throw new Error("late");
    } }));
  })js");
  x.start();
  const auto body = x.response();
  ASSERT_NE(body, nullptr);
  EXPECT_EQ(read_one(*body), "A");
  x.request_body->end();
  EXPECT_EQ(read_rest(*body), "<failed: late>");
  EXPECT_EQ(x.end(), "thrown: Uncaught Error: late");
}

TEST(HttpAction, ABodyThatFailsAtOnceIsNoResponse) {
  exchange x("() => new Response(new ReadableStream({ pull() { throw new Error('soon'); } }))");
  x.start();
  EXPECT_EQ(x.response(), nullptr);
  EXPECT_EQ(x.end(), "thrown: Uncaught Error: soon");
}

TEST(HttpAction, PassesOnThatTheRequestBroke) {
  exchange x("async (r) => new Response(await r.text().catch((e) => 'broken: ' + e.message))");
  x.write("half");
  x.request_body->fail("connection lost");
  x.start();
  EXPECT_EQ(read_rest(*x.response()), "broken: connection lost<end>");
  x.end();
}

TEST(HttpAction, NeedsARouteAndAResponse) {
  {
    exchange x("() => new Response('x')");
    x.start("/other");
    EXPECT_EQ(x.end(), "failed: NoMatchingRoute: No matching routes found");
  }
  {
    exchange x("() => 'text'");
    x.start();
    EXPECT_EQ(x.end(), "thrown: Uncaught Error: HTTP actions must return a Response");
  }
  const std::pair<const char*, const char*> routers[] = {
      {"export const x = 1", "thrown: `convex/http.js` must have a default export of a Router."},
      {"export default {}", "thrown: The default export of `convex/http.js` is not a Router."},
  };
  for (const auto& [source, expected] : routers) {
    exchange x("0");
    x.modules = set_of({module_of("http.js", source)});
    x.start();
    EXPECT_EQ(x.end(), expected);
  }
}

TEST(HttpAction, ReadsFormsOfTheRequest) {
  exchange x(R"js(async (r) => {
    const form = await new Response(await r.arrayBuffer(), { headers: { "content-type": "multipart/form-data; boundary=b" } }).formData();
    return new Response(form.get("a") + " " + form.get("f").name + " " + form.get("f").size);
  })js");
  x.write("--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--b\r\n");
  x.write("Content-Disposition: form-data; name=\"f\"; filename=\"n\"\r\n\r\n\x01\x02\r\n--b--\r\n");
  x.request_body->end();
  x.start();
  EXPECT_EQ(read_rest(*x.response()), "1 n 2<end>");
  x.end();
}

TEST(HttpAction, BodiesOfResponsesAreForActions) {
  const std::string text =
      " in queries and mutations. Please consider using an action. See https://docs.convex.dev/functions/actions for "
      "more details.";
  EXPECT_EQ(evaluated("Convex.jsSyscall('convexJsonFromResponse', { response: new Response('x') })"),
            "thrown: Uncaught Error: Can't use stream" + text);
  EXPECT_EQ(
      evaluated("new Response('', { headers: { 'content-type': 'multipart/form-data; boundary=x' } }).formData()"),
      "thrown: Uncaught Error: Can't use formData()" + text);
  EXPECT_EQ(evaluated("new Response('a=1', { headers: { 'content-type': 'application/x-www-form-urlencoded' } "
                      "}).formData().then((f) => f.get('a'))"),
            "\"1\"");
}

}  // namespace
}  // namespace hull::backend::runtime::test
