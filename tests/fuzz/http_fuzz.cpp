// Requests over HTTP to a deployment that is a list in memory: `METHOD target`, headers, an empty line, the body. Every
// request gets an answer that can be sent, and every refusal says why, as JSON.
#include "fake_deployment.hpp"
#include "fuzz.hpp"
#include "http/cors.hpp"
#include "http/decompress.hpp"
#include "http/routes.hpp"
#include "identity_provider.hpp"
#include "subscriptions/registry.hpp"

#include <hull/value/json.hpp>

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace {

using namespace hull;
using namespace hull::backend;
using hull::fuzz::require;

/// The same from run to run.
class counting final : public random_source {
 public:
  void fill(std::span<std::uint8_t> out) override {
    for (auto& b : out) b = static_cast<std::uint8_t>(++count_);
  }

 private:
  std::uint64_t count_ = 0;
};

struct deployment {
  test::fake_deployment made = test::make_fake_deployment();
  subscriptions::registry registry{made.app->db()};
  sync::function_log log;
  worker_pool calls{1, 8};  // Only file uploads hand over to it.
  worker_pool actions{1, 8};
  test::fake_web web;
  counting random;
  auth::token_verifier tokens{web, system_clock()};
  sync::services services{*made.app, registry, test::test_instance(), calls, actions, system_clock(), random, log, tokens};
  http::router api = http::make_api_routes(services);
  http::router site = http::make_site_routes(services);
};

bool can_be_sent(const std::string& text) { return text.find_first_of(std::string_view("\r\n\0", 3)) == std::string::npos; }

void check(const http::request& asked, const http::response& r) {
  require(r.status >= 200 && r.status < 600, "an answer has a status");
  require(can_be_sent(r.content_type), "a media type is one line");
  for (const auto& [name, text] : r.headers) require(!name.empty() && can_be_sent(name) && can_be_sent(text), "a header is one line");
  if (r.status < 400 || !asked.path.starts_with("/api/") || r.stream || r.body.empty()) return;
  json_options anything;
  anything.any_names = true;
  const auto json = read_json(r.body, anything);
  require(json.has_value() && json->find("code") && json->find("message"), "a refusal says why, as JSON");
}

void answer(const http::router& routes, http::request r) {
  const http::route* route = routes.find(r.method, r.path);
  require(route != nullptr, "every request has a route");
  if (route->stream) return;  // Piece by piece: connections are tested with real ones.
  if (r.body.size() > route->body_limit) return;
  if (const std::string* encoding = r.header("content-encoding")) {
    auto plain = http::decompress(*encoding, std::move(r.body), std::min<std::size_t>(route->body_limit, 1 << 20));
    if (!plain) return check(r, http::error_response(plain.error(), r));
    r.body = *std::move(plain);
  }
  http::response given = route->run(r);
  add_cors_headers(r, given);
  check(r, given);
  if (given.stream) given.stream->cancel();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static deployment d;
  hull::fuzz::reader in(data, size);
  http::request r;
  r.id = "0123456789abcdef";
  std::string_view first = in.line();
  r.method = std::string(first.substr(0, first.find(' ')));
  first.remove_prefix(std::min(first.size(), r.method.size() + 1));
  r.path = std::string(first.substr(0, first.find('?')));
  if (r.path.size() < first.size()) r.query = std::string(first.substr(r.path.size() + 1));
  for (std::string_view line = in.line(); !line.empty(); line = in.line()) {
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) break;
    std::string name(line.substr(0, colon)), text(line.substr(colon + 1));
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
    text.erase(0, text.find_first_not_of(' '));
    // As a parser of HTTP hands them over.
    if (!name.empty() && can_be_sent(name) && can_be_sent(text)) r.headers.emplace_back(std::move(name), std::move(text));
  }
  while (!in.empty()) r.body.push_back(static_cast<char>(in.byte()));
  answer(d.site, r);
  answer(d.api, std::move(r));
  return 0;
}
