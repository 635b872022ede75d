// fetch() of actions against a client that tests answer for.
#include "runtime_fixture.hpp"
#include "stream_end.hpp"

#include <gmock/gmock.h>

#include <deque>

namespace hull::backend::runtime::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// A request that was made, with its body; answered by the test's script.
struct seen_request {
  std::string method, url, body;
  header_list headers;
  std::optional<std::uint64_t> size;
};

/// Answers each request with the next of a list of answers.
class scripted_fetch final : public fetch_client {
 public:
  struct answer {
    unsigned status = 200;
    header_list headers;
    std::string body;
    std::string failure;  ///< Instead of an answer.
  };
  std::function<void()> start(fetch_request request, std::function<void(outcome<fetch_response>)> done) override {
    seen_request s{request.method, request.url, "", request.headers, request.body_size};
    if (request.body) {
      // The run writes on its own thread, from which this is called: what fits is there when it has gone on.
      s.body = "<stream>";
      bodies.push_back(request.body);
    }
    seen.push_back(s);
    if (answers.empty()) return [this] { ++given_up; };
    const answer a = answers.front();
    answers.pop_front();
    if (!a.failure.empty()) {
      done(bad_request("FetchFailed", a.failure));
    } else {
      fetch_response r{a.status, a.headers, std::make_shared<byte_stream>()};
      std::string body = a.body;
      r.body->write(body);
      if (!keep_open) r.body->end();
      last_body = r.body;
      done(std::move(r));
    }
    return [this] {
      ++given_up;
      if (last_body) last_body->fail("given up");
    };
  }
  std::deque<answer> answers;
  std::vector<seen_request> seen;
  std::vector<std::shared_ptr<byte_stream>> bodies;
  std::shared_ptr<byte_stream> last_body;
  bool keep_open = false;
  int given_up = 0;
};

class Fetch : public testing::Test {
 protected:
  std::string action(const std::string& body) {
    call c{module_m("export const f = action(async () => {" + body + "});")};
    c.what = function_kind::action;
    result = js->run(request_of(c, host));
    return text_of(result);
  }
  std::shared_ptr<scripted_fetch> client = std::make_shared<scripted_fetch>();
  std::unique_ptr<runtime> js = [this] {
    runtime_options o;
    o.isolates = 1;
    o.fetch = client;
    return runtime::start(o, the_clock()).value();
  }();
  scripted_host host;
  run_result result;
};

TEST_F(Fetch, SendsTheRequestAndGivesTheAnswer) {
  client->answers = {{201, {{"X-A", "1"}, {"Set-Cookie", "a"}, {"set-cookie", "b"}}, "hello", ""}};
  EXPECT_EQ(action(R"js(
    const r = await fetch("HTTP://Host/p?q#f", { method: "post", headers: { "X-B": "\xe9" }, body: "abc" });
    return [r.status, r.statusText, r.ok, r.type, r.url, r.redirected, r.headers.get("x-a"), r.headers.getSetCookie(), await r.text(), r.bodyUsed];
  )js"),
            R"([201,"Created",true,"basic","http://host/p?q",false,"1",["a","b"],"hello",true])");
  ASSERT_EQ(client->seen.size(), 1U);
  const seen_request& s = client->seen[0];
  EXPECT_EQ(s.method + " " + s.url, "POST http://host/p?q");
  EXPECT_EQ(s.size, 3U);
  const header_list expected{{"x-b", "\xe9"}, {"content-type", "text/plain;charset=UTF-8"}};
  EXPECT_EQ(s.headers, expected);
}

TEST_F(Fetch, SendsTheBody) {
  client->answers = {{200, {}, "", ""}};
  EXPECT_EQ(action(R"js(
    await fetch("http://h", { method: "PUT", body: "a".repeat(200000) });
    return 1;)js"),
            "1");
  ASSERT_EQ(client->bodies.size(), 1U);
  EXPECT_EQ(client->seen[0].size, 200000U);
  EXPECT_GT(client->bodies[0]->total_bytes(), 0U);
}

struct redirect_case {
  const char* name;
  const char* init;
  unsigned status;
  const char* location;
  const char* second;  ///< The request that follows; empty: none.
  const char* outcome;
};

const redirect_case redirects[] = {
    {"followed", "{}", 301, "/b", "GET http://h/b", R"([200,"http://h/b",true])"},
    {"relative to the directory", "{}", 307, "b?c", "GET http://h/a/b?c", R"([200,"http://h/a/b?c",true])"},
    {"POST becomes GET", "{ method: 'POST', body: 'x' }", 302, "/b", "GET http://h/b", R"([200,"http://h/b",true])"},
    {"303 becomes GET", "{ method: 'PUT', body: 'x' }", 303, "/b", "GET http://h/b", R"([200,"http://h/b",true])"},
    {"303 leaves HEAD", "{ method: 'HEAD' }", 303, "/b", "HEAD http://h/b", R"([200,"http://h/b",true])"},
    {"307 keeps the body", "{ method: 'POST', body: 'x' }", 307, "/b", "POST http://h/b 1",
     R"([200,"http://h/b",true])"},
    {"302 leaves PUT", "{ method: 'PUT', body: 'x' }", 302, "/b", "PUT http://h/b 1", R"([200,"http://h/b",true])"},
    {"no location", "{}", 301, nullptr, "", R"([301,"http://h/a/x",false])"},
    {"by hand", "{ redirect: 'manual' }", 302, "/b", "", R"([302,"http://h/a/x",false])"},
    {"refused", "{ redirect: 'error' }", 302, "/b", "", R"("TypeError: fetch attempted redirect")"},
    {"another scheme", "{}", 302, "ftp://h/", "", R"("TypeError: fetch supports http and https only, not ftp")"},
    {"a stream", "{ method: 'POST', body: ReadableStream.from([]) }", 308, "/b", "",
     R"("TypeError: fetch cannot send a body that is a stream again after a redirect")"},
    {"not a redirect", "{}", 304, "/b", "", R"([304,"http://h/a/x",false])"},
};

TEST_F(Fetch, FollowsRedirects) {
  for (const redirect_case& c : redirects) {
    client->seen.clear();
    header_list headers;
    if (c.location != nullptr) headers = {{"Location", c.location}};
    client->answers = {{c.status, headers, "", ""}, {200, {}, "", ""}};
    EXPECT_EQ(action(std::string("try { const r = await fetch('http://h/a/x', ") + c.init +
                     "); return [r.status, r.url, r.redirected]; } catch (e) { return String(e); }"),
              c.outcome)
        << c.name;
    std::string second;
    if (client->seen.size() > 1) {
      const seen_request& s = client->seen[1];
      second = s.method + " " + s.url + (s.size ? " " + std::to_string(*s.size) : "");
    }
    EXPECT_EQ(second, c.second) << c.name;
  }
}

TEST_F(Fetch, GivesUpAfterTwentyRedirects) {
  for (int i = 0; i < 30; ++i) client->answers.push_back({302, {{"location", "/next"}}, "", ""});
  EXPECT_EQ(action("await fetch('http://h/')"), "thrown: Uncaught TypeError: fetch too many redirects");
  EXPECT_EQ(client->seen.size(), 21U);
}

TEST_F(Fetch, CredentialsStayWithTheirOrigin) {
  client->answers = {
      {302, {{"location", "/same"}}, "", ""}, {302, {{"location", "https://h/other"}}, "", ""}, {200, {}, "", ""}};
  EXPECT_EQ(action("return (await fetch('http://h/', { headers: { Authorization: 'x', A: 'b' } })).status"), "200");
  std::vector<std::size_t> sizes;
  for (const seen_request& s : client->seen) sizes.push_back(s.headers.size());
  EXPECT_THAT(sizes, ElementsAre(2, 2, 1));
}

TEST_F(Fetch, ContentHeadersGoWithTheBody) {
  client->answers = {{303, {{"location", "/"}}, "", ""}, {200, {}, "", ""}};
  action("await fetch('http://h/', { method: 'POST', body: 'x', headers: { 'Content-Language': 'de', k: 'v' } })");
  ASSERT_EQ(client->seen.size(), 2U);
  EXPECT_EQ(client->seen[1].headers, (header_list{{"k", "v"}}));
}

TEST_F(Fetch, Failures) {
  client->answers = {{0, {}, "", "cannot connect to h:80"}};
  EXPECT_EQ(action("await fetch('http://h/')"), "thrown: Uncaught Error: cannot connect to h:80");
  EXPECT_EQ(action("await fetch('data:,x')"),
            "thrown: Uncaught TypeError: fetch supports http and https only, not data");
  EXPECT_EQ(action("await fetch('http://h', { body: 'x' })"),
            "thrown: Uncaught TypeError: Request with GET/HEAD method cannot have body.");
  EXPECT_EQ(action("await fetch('nothing')"), "thrown: Uncaught TypeError: Invalid URL: 'nothing'");
  EXPECT_EQ(client->seen.size(), 1U);
}

TEST_F(Fetch, IsAborted) {
  host.answers["1.0/turn"] = [](scope*, std::string_view) -> outcome<std::string> { return std::string("null"); };
  EXPECT_EQ(action("await fetch('http://h/', { signal: AbortSignal.abort() })"),
            "thrown: Uncaught AbortError: This operation was aborted");
  EXPECT_TRUE(client->seen.empty());
  EXPECT_EQ(action(R"js(
    const c = new AbortController();
    const answer = fetch("http://h/", { signal: c.signal }).catch((e) => e);
    await sys("1.0/turn");  // begun after the fetch
    c.abort("enough");
    return answer;)js"),
            "\"enough\"");
  EXPECT_EQ(client->given_up, 1);
  client->answers = {{200, {}, "part", ""}};
  client->keep_open = true;
  EXPECT_EQ(action(R"js(
    const c = new AbortController();
    const r = await fetch("http://h/", { signal: c.signal });
    const reader = r.body.getReader();
    const first = new TextDecoder().decode((await reader.read()).value);
    const second = reader.read().catch((e) => e.name);
    c.abort();
    return [first, await second];)js"),
            R"(["part","AbortError"])");
  EXPECT_EQ(client->given_up, 2);
}

TEST_F(Fetch, ABodyThatBreaksFailsItsReader) {
  client->answers = {{200, {}, "part", ""}, {200, {}, "part", ""}};
  client->keep_open = true;
  host.answers["1.0/break"] = [this](scope*, std::string_view) -> outcome<std::string> {
    client->last_body->fail("connection lost");
    return std::string("null");
  };
  EXPECT_EQ(
      action("const r = await fetch('http://h/'); await sys('1.0/break'); return r.text().catch((e) => e.message);"),
      "\"connection lost\"");
  EXPECT_EQ(action("return (await fetch('http://h/')).status;"), "200");
  std::string more = "x";
  EXPECT_EQ(client->last_body->write(more), byte_stream::written::closed) << "nobody reads it after the run";
}

TEST_F(Fetch, EightAtATime) {
  EXPECT_EQ(action(R"js(
    const all = new AbortController();
    for (let i = 0; i < 10; ++i) fetch("http://h/" + i, { signal: all.signal }).catch(() => {});
    await new Promise((done) => setTimeout(done, 5));
    return 1;)js"),
            "1");
  EXPECT_EQ(client->seen.size(), 8U);
  EXPECT_EQ(client->given_up, 8);
  EXPECT_THAT(result.log_lines.back().to_text(), HasSubstr("10 unawaited operations: [fetch, fetch,"));
}

TEST_F(Fetch, WithoutAClient) {
  EXPECT_EQ(evaluated("fetch('http://h')", function_kind::action),
            "thrown: Uncaught Error: This backend was started without a way to reach other servers.");
}

TEST_F(Fetch, OpenAnswersAreLimited) {
  client->answers.assign(1003, {200, {}, "x", ""});
  client->keep_open = true;
  EXPECT_EQ(action(R"js(
    const open = [];
    for (let i = 0; i < 1000; ++i) open.push(await fetch("http://h/"));
    const refused = await fetch("http://h/").catch((e) => e.message);
    await open.pop().body.cancel();
    return [refused, (await fetch("http://h/")).status];)js"),
            R"(["Too many responses are open (maximum 1000): read the bodies of earlier ones, or cancel them.",200])");
  client->answers.assign(1002, {200, {}, "x", ""});
  client->keep_open = false;
  EXPECT_EQ(action(R"js(
    let read = 0;
    for (let i = 0; i < 1002; ++i) read += (await (await fetch("http://h/")).text()).length;
    return read;)js"),
            "1002")
      << "an answer that was read does not count";
}

}  // namespace
}  // namespace hull::backend::runtime::test
