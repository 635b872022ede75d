#include "world.hpp"

#include "client.hpp"

#include <hull/protocol/codec.hpp>

#include <array>
#include <cmath>

namespace hull::sim {
namespace {

class world {
 public:
  world(std::uint64_t seed, std::function<void(const std::string&)> trace) : stage_(seed), server_(stage_, database_) {
    stage_.trace = std::move(trace);
    database_.on_commit = [this](const std::string& tag, const std::string& user) {
      clients_.at(std::stoul(tag))->committed(tag, user);
      server_.committed();
    };
  }

  void run() {
    draw();
    const std::int64_t end = stage_.random.between(5'000, 60'000);
    for (auto& c : clients_) {
      stage_.time.after(stage_.random.between(0, 500), [&c] { c->launch(); });
      plan_acts(*c, end);
    }
    if (stage_.now.interval > 0) plan_disturbance(end);
    stage_.time.run(end);
    heal();
    check();
  }
  std::uint64_t steps() const noexcept { return stage_.time.steps(); }

 private:
  enum class ill {
    clog, drop, close, overload, silence, garbage, bad_start, restart, clock_jump, expired_token, failed_write, quit, kill,
    count
  };

  /// With this probability something between the two, else nothing.
  double some(double probability, double low, double high) {
    return stage_.random.happens(probability) ? low + stage_.random.real() * (high - low) : 0;
  }

  void draw() {
    chance& r = stage_.random;
    weather& w = stage_.now;
    if (r.happens(0.5)) w.latency = r.between(5, 400);
    if (r.happens(0.5)) w.work = r.between(5, 300);
    w.slow_work = some(0.3, 0.01, 0.2);
    w.slow = r.between(500, 8'000);
    w.overload = some(0.2, 0.01, 0.1);
    w.failing_connects = some(0.3, 0.1, 0.5);
    w.hanging_connects = some(0.2, 0.05, 0.2);
    w.losing_tails = some(0.7, 0.2, 1);
    w.late_news = some(0.5, 0.2, 1);
    w.interval = r.happens(0.85) ? 1 + r.real() * 9 : 0;
    for (std::size_t i = 0; i < static_cast<std::size_t>(ill::count); ++i)
      if (r.happens(0.4)) ills_.push_back(static_cast<ill>(i));
    if (ills_.empty()) w.interval = 0;

    server_.options.chunked_transitions = r.happens(0.5);
    server_.options.chunk_bytes = r.happens(0.5) ? static_cast<std::size_t>(r.between(40, 400)) : 5'000'000;
    server_.options.max_unsent_transitions = static_cast<std::size_t>(r.between(1, 2));
    server_.options.max_pending_mutations = r.happens(0.5) ? static_cast<std::size_t>(r.between(1, 4)) : 256;
    server_.options.ping_after_ms = r.between(5'000, 15'000);
    server_.options.last_retry_ms = 4'000;
    const auto count = static_cast<unsigned>(r.between(1, 4));
    for (unsigned i = 0; i < count; ++i) clients_.push_back(std::make_unique<client>(stage_, server_, i));
  }

  void plan_acts(client& c, std::int64_t end) {
    const std::int64_t acts = stage_.random.between(8, 30);
    for (std::int64_t i = 0; i < acts; ++i)
      stage_.time.at(stage_.random.between(0, end), [&c] { c.act(); });
  }

  void plan_disturbance(std::int64_t end) {
    // Exponentially distributed, so that troubles also come close together.
    const double wait = -std::log(1 - stage_.random.real()) * stage_.now.interval * 1000;
    const std::int64_t when = stage_.time.now() + static_cast<std::int64_t>(wait);
    if (when >= end) return;
    stage_.time.at(when, [this, end] {
      disturb(*stage_.random.pick(clients_));
      plan_disturbance(end);
    });
  }

  void disturb(client& c) {
    const ill what = stage_.random.pick(ills_);
    chance& r = stage_.random;
    const std::shared_ptr<wire> socket = c.socket();
    stage_.note([&] { return "trouble " + std::to_string(static_cast<int>(what)); });
    if (what == ill::restart) return server_.restart();
    if (what == ill::clock_jump) return c.set_clock(r.between(-3'600'000, 3'600'000));
    if (what == ill::quit || what == ill::kill) {
      c.quit(what == ill::quit);
      return stage_.time.after(r.between(0, 5'000), [&c] { c.launch(); });
    }
    if (what == ill::failed_write) return c.write_fails();
    if (!socket || !socket->is_whole()) return;
    static constexpr std::array<std::uint16_t, 6> codes{1000, 1001, 1005, 1011, 1012, 4040};
    static constexpr std::array<const char*, 5> reasons{"TooManyConcurrentRequests", "CommitterFullError", "ExpiredInQueue",
                                                        "SubscriptionsWorkerFullError", "InternalServerError"};
    static constexpr std::array<const char*, 4> garbage{
        "{\"type\":", "{\"type\":\"Surprise\"}", "",
        R"({"type":"TransitionChunk","chunk":"x","partNumber":3,"totalParts":5,"transitionId":"9"})"};
    switch (what) {
      case ill::clog: return socket->clog(r.between(500, 20'000));
      case ill::drop: return socket->drop();
      case ill::close: return server_.close(*socket, r.pick(codes), "");
      case ill::overload: return server_.close(*socket, 1013, r.pick(reasons));
      case ill::silence: return socket->fall_silent();
      case ill::garbage: return server_.inject(*socket, r.pick(garbage));
      case ill::bad_start: {
        protocol::transition t;
        t.start = {77, 7, database_.latest()};
        t.end = {78, 7, database_.latest()};
        return server_.inject(*socket, protocol::encode(protocol::server_message(t)));
      }
      case ill::expired_token: return server_.expire_token(*socket);
      default: return;
    }
  }

  void heal() {
    stage_.note([] { return std::string("the storm is over"); });
    stage_.is_calm = true;
    stage_.now = {};
    for (auto& c : clients_) c->calm_down();
  }

  bool is_settled() const {
    for (const auto& c : clients_)
      if (!c->is_settled()) return false;
    return true;
  }

  void check() {
    // Longest: silence is noticed after a minute; then waits between tries, for the link and for tokens.
    constexpr std::int64_t patience = 300'000;
    constexpr std::int64_t rest = 15'000;
    const std::int64_t limit = stage_.time.now() + patience;
    for (bool is_at_rest = false; !is_at_rest;) {
      const bool was_settled = is_settled();
      stage_.time.run(stage_.time.now() + rest);
      is_at_rest = was_settled && is_settled();
      if (is_at_rest || stage_.time.now() < limit) continue;
      for (std::size_t i = 0; i < clients_.size(); ++i)
        if (!clients_[i]->is_settled())
          stage_.fail("client " + std::to_string(i) + ": no rest long after the storm:" + clients_[i]->what_is_open());
    }
    for (auto& c : clients_) c->check_settled(database_);
    for (auto& c : clients_) c->let_go();
    stage_.time.run(stage_.time.now() + rest);
    for (auto& c : clients_) c->check_empty();
    if (server_.watched_queries() != 0) stage_.fail("the server still watches queries that nobody wants");
    for (auto& c : clients_) c->close();
    stage_.time.run(stage_.time.now() + 100'000);
    if (server_.connections() != 0) stage_.fail("a session outlives all clients");
    for (auto& c : clients_) c->check_calls(database_);
  }

  stage stage_;
  database database_;
  server server_;
  std::vector<std::unique_ptr<client>> clients_;
  std::vector<ill> ills_;
};

}  // namespace

report run_seed(std::uint64_t seed, std::function<void(const std::string&)> trace) {
  report out;
  out.seed = seed;
  world w(seed, std::move(trace));
  try {
    w.run();
  } catch (const violation& v) {
    out.violation = v.what();
  } catch (const std::exception& e) {
    out.violation = std::string("an exception: ") + e.what();
  }
  out.steps = w.steps();
  return out;
}

}  // namespace hull::sim
