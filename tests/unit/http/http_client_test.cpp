// Calls over HTTP, against a deployment of a few lines.
#include "net/support/raw_server.hpp"
#include "support/turning.hpp"

#include <hull/http/http_client.hpp>
#include <hull/net/http.hpp>
#include <hull/value/json.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/use_future.hpp>

#include <gtest/gtest.h>

#include <condition_variable>

namespace hull::test {
namespace {

/// Records requests and answers each as the test says; answers can be held back.
class small_deployment {
 public:
  using answer_function = std::function<void(raw_peer&, const std::string& request)>;
  explicit small_deployment(answer_function answer) : answer_(std::move(answer)), server_([this](raw_peer& peer) { serve(peer); }) {}
  ~small_deployment() { hold(false); }
  std::string url() const { return server_.url(); }
  std::vector<std::string> seen() const {
    const std::lock_guard lock(mutex_);
    return seen_;
  }
  void hold(bool on) {
    const std::lock_guard lock(mutex_);
    is_held_ = on;
    changed_.notify_all();
  }

 private:
  void serve(raw_peer& peer) {
    for (std::string request; !(request = peer.receive_request()).empty();) {
      std::unique_lock lock(mutex_);
      seen_.push_back(request);
      changed_.wait(lock, [&] { return !is_held_; });
      lock.unlock();
      answer_(peer, request);
    }
  }
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> seen_;
  bool is_held_ = false;
  answer_function answer_;
  raw_server server_;
};

std::string body_of(const std::string& request) { return request.substr(request.find("\r\n\r\n") + 4); }
std::string endpoint_of(const std::string& request) { return request.substr(5, request.find(" HTTP/") - 5); }
bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

/// Answers with the path that was called.
void echo(raw_peer& peer, const std::string& request) {
  const auto body = read_json(body_of(request));
  const value* path = body.has_value() ? body->find("path") : nullptr;
  if (path && path->as_string() == "m:bad")
    peer.answer("200 OK", R"({"status":"error","errorMessage":"Bad thing","errorData":"d","logLines":["[ERROR] l"]})");
  else if (endpoint_of(request) == "/api/query_ts")
    peer.answer("200 OK", R"({"ts":"AQAAAAAAAAA="})");
  else
    peer.answer("200 OK", R"({"status":"success","value":)" + (path ? write_json(*path) : "null") + R"(,"logLines":["[LOG] hi"]})");
}

TEST(http_client, calls) {
  const small_deployment d(echo);
  turning_home home;
  http_client_options options;
  std::vector<std::string> logs;
  options.log = [&](log_level, std::string_view line) { logs.emplace_back(line); };
  http_client c(home.loop.get_executor(), d.url() + "///", options);
  EXPECT_EQ(c.url(), d.url());
  awaited<value> q, m, a, f, bad;
  c.query("m:q", value::make_object({{"x", 1}}), q.token());
  EXPECT_EQ(*home.wait(q), value("m:q"));
  c.mutation("m:m", hull::object{}, m.token());
  EXPECT_EQ(*home.wait(m), value("m:m"));
  c.action("m:a", hull::object{}, a.token());
  EXPECT_EQ(*home.wait(a), value("m:a"));
  c.set_admin_auth("key", value::make_object({{"sub", "u"}}));
  c.function("m:f", hull::object{}, http_function_options{"part"}, f.token());
  EXPECT_EQ(*home.wait(f), value("m:f"));
  c.query("m:bad", hull::object{}, bad.token());
  const auto failed = home.wait(bad);
  ASSERT_TRUE(failed.has_error());
  EXPECT_EQ(failed.error().code, errc::function_failed);
  EXPECT_EQ(failed.error().message, "Bad thing");
  EXPECT_EQ(*failed.error().data, value("d"));
  EXPECT_EQ(logs, (std::vector<std::string>{"[CONVEX Q(m:q)] [LOG] hi", "[CONVEX M(m:m)] [LOG] hi", "[CONVEX A(m:a)] [LOG] hi", "[CONVEX ?(m:f)] [LOG] hi",
                                            "[CONVEX Q(m:bad)] [ERROR] l"}));
  const auto seen = d.seen();
  ASSERT_EQ(seen.size(), 5u);
  EXPECT_TRUE(has(seen[0], "POST /api/query HTTP/1.1\r\n")) << seen[0];
  EXPECT_TRUE(has(seen[0], "Content-Type: application/json\r\n"));
  EXPECT_TRUE(has(seen[0], "Convex-Client: cpp-"));
  EXPECT_FALSE(has(seen[0], "Authorization"));
  EXPECT_EQ(body_of(seen[0]), R"({"path":"m:q","format":"convex_encoded_json","args":[{"x":1}]})");
  EXPECT_EQ(endpoint_of(seen[1]), "/api/mutation");
  EXPECT_EQ(endpoint_of(seen[2]), "/api/action");
  EXPECT_EQ(endpoint_of(seen[3]), "/api/function");
  EXPECT_TRUE(has(seen[3], "Authorization: Convex key:eyJzdWIiOiJ1In0=\r\n"));
  EXPECT_EQ(body_of(seen[3]), R"({"path":"m:f","componentPath":"part","format":"convex_encoded_json","args":{}})");
}

TEST(http_client, auth_of_the_moment_of_the_call) {
  small_deployment d(echo);
  turning_home home;
  http_client c(home.loop.get_executor(), d.url());
  d.hold(true);
  awaited<value> first, second, third;
  c.set_auth("one");
  c.mutation("m:a", hull::object{}, first.token());
  c.mutation("m:b", hull::object{}, second.token());
  c.set_admin_auth("key");
  c.mutation("m:c", hull::object{}, third.token());
  c.clear_auth();
  d.hold(false);
  home.wait(third);
  awaited<value> last;
  c.query("m:d", hull::object{}, last.token());
  home.wait(last);
  const auto seen = d.seen();
  ASSERT_EQ(seen.size(), 4u);
  EXPECT_TRUE(has(seen[0], "Authorization: Bearer one\r\n"));
  EXPECT_TRUE(has(seen[1], "Authorization: Bearer one\r\n"));
  EXPECT_TRUE(has(seen[2], "Authorization: Convex key\r\n"));
  EXPECT_FALSE(has(seen[3], "Authorization"));
}

TEST(http_client, T35_mutations_are_sequential) {
  small_deployment d(echo);
  turning_home home;
  http_client c(home.loop.get_executor(), d.url());
  d.hold(true);
  awaited<value> a[3];
  for (int i = 0; i < 3; ++i) c.mutation("m:f" + std::to_string(i), hull::object{}, a[i].token());
  ASSERT_TRUE(home.until([&] { return d.seen().size() == 1; }));
  home.until([] { return false; }, 30ms);
  EXPECT_EQ(d.seen().size(), 1u) << "the others wait for the first";
  d.hold(false);
  for (auto& each : a) EXPECT_TRUE(home.wait(each));
  for (std::size_t i = 0; i < 3; ++i) EXPECT_TRUE(has(d.seen()[i], "m:f" + std::to_string(i)));
}

TEST(http_client, T36_skip_queue_runs_beside_the_others) {
  small_deployment d(echo);
  turning_home home;
  http_client c(home.loop.get_executor(), d.url());
  d.hold(true);
  awaited<value> a[3];
  c.mutation("m:a", hull::object{}, a[0].token());
  c.mutation("m:b", hull::object{}, http_mutation_options{.skip_queue = true}, a[1].token());
  c.mutation("m:c", hull::object{}, http_mutation_options{.skip_queue = true}, a[2].token());
  EXPECT_TRUE(home.until([&] { return d.seen().size() == 3; })) << "none waits for another";
  d.hold(false);
  for (auto& each : a) EXPECT_TRUE(home.wait(each));
}

TEST(http_client, T37_a_failure_does_not_block_the_queue) {
  const small_deployment d(echo);
  turning_home home;
  http_client c(home.loop.get_executor(), d.url());
  awaited<value> bad, unusable, good;
  c.mutation("m:bad", hull::object{}, bad.token());
  c.mutation("no path", hull::object{}, unusable.token());
  c.mutation("m:good", hull::object{}, good.token());
  EXPECT_FALSE(bad.is_over()) << "never inside the call";
  EXPECT_FALSE(unusable.is_over());
  EXPECT_EQ(home.wait(bad).error().message, "Bad thing") << "the server's own text";
  EXPECT_EQ(home.wait(unusable).error().code, errc::bad_argument);
  EXPECT_EQ(*home.wait(good), value("m:good"));
}

/// Answers every request itself.
struct canned_transport final : net::http_transport {
  std::string text;
  std::atomic<int> requests = 0;
  explicit canned_transport(std::string t) : text(std::move(t)) {}
  void async_send(net::http_request request, handler done) override {
    ++requests;
    if (text == "throw") throw std::runtime_error("no network here");
    // From a thread of its own, as a foreign HTTP library would.
    std::thread([done = std::move(done), url = request.url, body = text]() mutable {
      net::http_response r;
      r.status = 200;
      r.url = url;
      r.body = body;
      std::move(done)(std::move(r));
    }).detach();
  }
};

TEST(http_client, T38_each_instance_has_its_own_transport) {
  const small_deployment d(echo);
  turning_home home;
  const auto one = std::make_shared<canned_transport>(R"({"status":"success","value":"one"})");
  const auto two = std::make_shared<canned_transport>(R"({"status":"success","value":"two"})");
  const auto make = [&](std::shared_ptr<net::http_transport> transport) {
    http_client_options o;
    o.transport = std::move(transport);
    return http_client(home.loop.get_executor(), d.url(), o);
  };
  http_client a = make(one), b = make(two), plain = make(nullptr), throwing = make(std::make_shared<canned_transport>("throw"));
  awaited<value> from_a, from_b, from_plain, from_throwing;
  a.query("m:f", hull::object{}, from_a.token());
  b.query("m:f", hull::object{}, from_b.token());
  plain.query("m:f", hull::object{}, from_plain.token());
  throwing.query("m:f", hull::object{}, from_throwing.token());
  EXPECT_EQ(*home.wait(from_a), value("one"));
  EXPECT_EQ(*home.wait(from_b), value("two"));
  EXPECT_EQ(*home.wait(from_plain), value("m:f"));
  EXPECT_TRUE(has(home.wait(from_throwing).error().message, "no network here"));
  EXPECT_EQ(one->requests + two->requests, 2);
  EXPECT_EQ(d.seen().size(), 1u);
}

TEST(http_client, consistent_queries_share_a_snapshot) {
  std::atomic<bool> is_broken = true;
  const small_deployment d([&](raw_peer& peer, const std::string& request) {
    if (endpoint_of(request) == "/api/query_ts" && is_broken) return peer.answer("503 Busy", R"({"code":"Busy","message":"later"})");
    echo(peer, request);
  });
  turning_home home;
  http_client c(home.loop.get_executor(), d.url());
  c.set_auth("token");
  awaited<value> a, b, again, shared, other;
  c.consistent_query("m:a", hull::object{}, a.token());
  c.consistent_query("m:b", hull::object{}, b.token());
  EXPECT_EQ(home.wait(a).error().message.find("Busy: later (HTTP 503"), 0u);
  EXPECT_TRUE(home.wait(b).has_error()) << "both waited for one question";
  EXPECT_EQ(d.seen().size(), 1u);
  is_broken = false;
  c.consistent_query("m:a", hull::object{}, again.token());
  c.consistent_query("m:b", hull::object{}, shared.token());
  EXPECT_EQ(*home.wait(again), value("m:a")) << "the failure is not remembered";
  EXPECT_EQ(*home.wait(shared), value("m:b"));
  c.forget_snapshot();
  c.consistent_query("m:c", hull::object{}, other.token());
  EXPECT_EQ(*home.wait(other), value("m:c"));
  int questions = 0;
  for (const auto& request : d.seen()) {
    if (endpoint_of(request) == "/api/query_ts") {
      ++questions;
      EXPECT_FALSE(has(request, "Authorization"));
    } else {
      EXPECT_EQ(endpoint_of(request), "/api/query_at_ts");
      EXPECT_TRUE(has(request, "Authorization: Bearer token"));
      EXPECT_TRUE(has(request, R"("ts":"AQAAAAAAAAA=")"));
    }
  }
  EXPECT_EQ(questions, 3);

  awaited<http_snapshot> taken;
  awaited<value> at;
  c.take_snapshot(taken.token());
  const auto snapshot = home.wait(taken);
  ASSERT_TRUE(snapshot);
  EXPECT_EQ(snapshot->ts, "AQAAAAAAAAA=");
  c.query_at(*snapshot, "m:d", hull::object{}, at.token());
  EXPECT_EQ(*home.wait(at), value("m:d"));
}

TEST(http_client, a_snapshot_must_be_a_timestamp) {
  for (const char* body : {"{}", "7", R"({"ts":"x"})", R"({"ts":7})", "nonsense"}) {
    const small_deployment d([&](raw_peer& peer, const std::string&) { peer.answer("200 OK", body); });
    turning_home home;
    http_client c(home.loop.get_executor(), d.url());
    awaited<http_snapshot> taken;
    c.take_snapshot(taken.token());
    EXPECT_EQ(home.wait(taken).error().code, errc::bad_message) << body;
  }
}

TEST(http_client, refused_before_anything_is_sent) {
  turning_home home;
  http_client c(home.loop.get_executor(), "http://127.0.0.1:1");
  awaited<value> path, args, name;
  c.query("nonsense path", hull::object{}, path.token());
  c.query("m:f", value("text"), args.token());
  c.action("m:f", value::make_object({{"$x", 1}}), name.token());
  for (auto* each : {&path, &args, &name}) EXPECT_EQ(home.wait(*each).error().code, errc::bad_argument);
  EXPECT_THROW(http_client(home.loop.get_executor(), "ws://x"), std::invalid_argument);
  EXPECT_THROW(http_client(home.loop.get_executor(), "https://x.convex.site"), std::invalid_argument);
}

TEST(http_client, no_deployment_there) {
  turning_home home;
  std::uint16_t port = 0;
  {
    const raw_server gone([](raw_peer&) {});
    port = gone.port();
  }
  http_client c(home.loop.get_executor(), "http://127.0.0.1:" + std::to_string(port));
  awaited<value> q;
  c.query("m:f", hull::object{}, q.token());
  const auto r = home.wait(q);
  EXPECT_EQ(r.error().code, errc::network);
  EXPECT_TRUE(has(r.error().message, "cannot connect to 127.0.0.1:")) << r.error().message;
}

TEST(http_client, cancellation) {
  small_deployment d(echo);
  turning_home home;
  http_client c(home.loop.get_executor(), d.url());
  d.hold(true);
  boost::asio::cancellation_signal stop_running, stop_waiting;
  awaited<value> running, waiting, next;
  c.mutation("m:running", hull::object{}, boost::asio::bind_cancellation_slot(stop_running.slot(), running.token()));
  c.mutation("m:waiting", hull::object{}, boost::asio::bind_cancellation_slot(stop_waiting.slot(), waiting.token()));
  c.mutation("m:next", hull::object{}, next.token());
  ASSERT_TRUE(home.until([&] { return d.seen().size() == 1; }));
  stop_waiting.emit(boost::asio::cancellation_type::terminal);
  EXPECT_EQ(home.wait(waiting).error().code, errc::cancelled);
  stop_running.emit(boost::asio::cancellation_type::terminal);
  EXPECT_EQ(home.wait(running).error().code, errc::cancelled);
  d.hold(false);
  EXPECT_EQ(*home.wait(next), value("m:next"));
  for (const auto& request : d.seen()) EXPECT_FALSE(has(request, "m:waiting")) << "never sent";
}

TEST(http_client, closing_ends_what_is_pending) {
  small_deployment d(echo);
  turning_home home;
  std::optional<http_client> c(std::in_place, home.loop.get_executor(), d.url());
  d.hold(true);
  awaited<value> running, queued, consistent, late;
  c->mutation("m:a", hull::object{}, running.token());
  c->mutation("m:b", hull::object{}, queued.token());
  c->consistent_query("m:c", hull::object{}, consistent.token());
  ASSERT_TRUE(home.until([&] { return !d.seen().empty(); }));
  c->close();
  EXPECT_TRUE(c->is_closed());
  c->query("m:d", hull::object{}, late.token());
  EXPECT_FALSE(running.is_over()) << "never inside the call";
  c.reset();
  for (auto* each : {&running, &queued, &consistent, &late}) EXPECT_EQ(home.wait(*each).error().code, errc::closed);
  home.loop.restart();
  home.loop.run();  // Ends: an idle client is no work.
}

TEST(http_client, a_future_on_another_thread) {
  const small_deployment d(echo);
  turning_home home;
  http_client c(home.loop.get_executor(), d.url());
  auto future = c.query("m:f", hull::object{}, boost::asio::use_future);
  home.loop.restart();
  home.loop.run();  // Runs until the pending call is over.
  EXPECT_EQ(*future.get(), value("m:f"));
}

}  // namespace
}  // namespace hull::test
