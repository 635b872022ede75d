// HTTP actions of a whole deployment: the prefix that the app may have, and what errors tell.
#include "deployed_app.hpp"

#include "functions/http_action.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace hull::backend::functions::test {
namespace {

/// A router that tells what it was asked in the headers of its responses.
sources http_js(const std::string& handler = "") {
  return {{"http.js", R"js(
    import { ConvexError } from './_deps/kit.js';
    const handler = async (request, path) => {
      )js" + handler + R"js(
      return new Response(null, { status: 204, headers: { path, url: request.url } });
    };
    handler.isHttp = true;
    handler.invokeHttpAction = () => {};
    export default {
      isRouter: true,
      getRoutes: () => [["/known", "GET", handler]],
      lookup: (path, method) => (path.startsWith("/known") ? [handler, method, path] : null),
      async runRequest(json, path) {
        const request = Convex.jsSyscall("requestFromConvexJson", { convexJson: JSON.parse(json) });
        const response = await handler(request, path);
        return JSON.stringify(Convex.jsSyscall("convexJsonFromResponse", { response }));
      },
    };)js"}};
}

/// Body of start_push for an app with this prefix, in JavaScript.
value body_with_prefix(const std::string& prefix) {
  return with_app(deployed_app::push_body(http_js()), "httpPrefix: " + prefix);
}

http_response get(
    deployed_app& d, const std::string& path,
    const std::function<void(const http_response&)>& begun = [](const http_response&) {}) {
  http_response answer;
  http_request request;
  request.method = "GET";
  request.path = path;
  request.url = "http://host" + path;
  request.request_id = "0123456789abcdef";
  request.respond = [&](http_response r) {
    answer = std::move(r);
    begun(answer);
  };
  request.when_gone = [](std::function<void()>) {};
  d.app().http_action(request).value();
  return answer;
}

std::string header(const http_response& r, const std::string& wanted) {
  for (const auto& [name, given] : r.headers)
    if (name == wanted) return given;
  return {};
}

TEST(http_prefix, is_cut_off_before_the_router_looks) {
  deployed_app d;
  const value started = d.app().start_push(body_with_prefix("'/api/'")).value();
  EXPECT_EQ(*started.find("app")->find("httpPrefix"), value("/api/"));
  d.app().finish_push(value::make_object({{"startPush", started}})).value();

  const auto answer = get(d, "/api/known/x");
  EXPECT_EQ(answer.status, 204u) << answer.text;
  EXPECT_EQ(header(answer, "path"), "/known/x");
  EXPECT_EQ(header(answer, "url"), "http://host/api/known/x");
  for (const char* path : {"/known/x", "/api", "/apiary/known", "/other", "/"}) {
    const auto outside = get(d, path);
    EXPECT_EQ(outside.status, 404u) << path;
    EXPECT_EQ(outside.text, "No matching routes found") << path;
  }
  EXPECT_EQ(d.records.size(), 6u);
  EXPECT_EQ(d.records.front().identifier, "GET /known/x");

  d.push(http_js());
  EXPECT_EQ(header(get(d, "/known/x"), "path"), "/known/x") << "the next push has none";
}

TEST(http_prefix, is_the_beginning_of_a_path) {
  for (const char* prefix : {"'api/'", "'/api'", "'/a*/'", "'/a?b/'", "'/a b/'", "'/\u00e4/'", "7", "''"}) {
    deployed_app d;
    const auto started = d.app().start_push(body_with_prefix(prefix));
    ASSERT_FALSE(started) << prefix;
    EXPECT_EQ(started.error().code, "InvalidDefinition");
    EXPECT_NE(started.error().message.find("`httpPrefix`"), std::string::npos) << started.error().message;
  }
  deployed_app d;
  const value started = d.app().start_push(body_with_prefix("'/'")).value();
  d.app().finish_push(value::make_object({{"startPush", started}})).value();
  EXPECT_EQ(header(get(d, "/known"), "path"), "/known");
}

TEST(http_action, errors_are_told_in_full_or_redacted) {
  deployed_app open(http_js("throw new Error('boom');"));
  const auto told = get(open, "/known");
  EXPECT_EQ(told.status, 500u);
  EXPECT_EQ(
      told.text.rfind(
          R"({"code":"[Request ID: 0123456789abcdef] Server Error: Uncaught Error: boom","trace":"Uncaught Error: boom)",
          0),
      0u)
      << told.text;

  deployed_app redacted(http_js("throw new Error('boom');"), {}, true);
  const auto kept = get(redacted, "/known");
  EXPECT_EQ(kept.status, 500u);
  EXPECT_EQ(kept.text, R"({"code":"[Request ID: 0123456789abcdef] Server Error"})");

  deployed_app with_data(http_js("throw new ConvexError({ why: 'full' });"), {}, true);
  EXPECT_EQ(get(with_data, "/known").text,
            R"({"code":"[Request ID: 0123456789abcdef] Server Error","data":{"why":"full"}})");
}

/// Reads so many bytes and no more.
struct slow_reader : std::enable_shared_from_this<slow_reader> {
  std::shared_ptr<byte_source> from;
  std::size_t left = max_http_response_bytes;
  void go_on() {
    if (left == 0) return;
    from->read([self = shared_from_this()](outcome<std::string> piece) {
      if (!piece || piece->empty()) return;
      self->left -= std::min(self->left, piece->size());
      self->go_on();
    });
  }
};

/// The app streams as much as a response may have, and then so many bytes.
std::vector<std::string> errors_of_streaming(std::size_t bytes_more) {
  deployed_app d(http_js("let last = new Uint8Array(" + std::to_string(bytes_more) + R"js(), left = 20;
      const pull = (controller) => {
        if (left-- > 0) return controller.enqueue(new Uint8Array(1 << 20));
        if (last.length > 0) controller.enqueue(last);
        controller.close();
      };
      return new Response(new ReadableStream({ pull }));)js"));
  const auto reader = std::make_shared<slow_reader>();
  get(d, "/known", [&](const http_response& r) {
    reader->from = r.stream;
    reader->go_on();
  });
  EXPECT_EQ(reader->left, 0u);
  std::vector<std::string> errors;
  for (const runtime::log_line& line : d.records.back().log_lines)
    if (line.level == "ERROR") errors.push_back(line.messages.front());
  return errors;
}

TEST(http_action, a_response_that_is_too_large_is_told_although_the_connection_has_not_read_that_far) {
  EXPECT_EQ(errors_of_streaming(0), std::vector<std::string>());
  EXPECT_EQ(errors_of_streaming(1),
            std::vector<std::string>{"HttpResponseTooLarge: HTTP actions support responses up to 20 MiB"});
}

}  // namespace
}  // namespace hull::backend::functions::test
