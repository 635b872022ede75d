// The engine under any order of events: callers, clock, sockets that open, break and lie. Frames from the server are
// well formed, or any text at all. What must hold: a call is over exactly once, commits say what watchers then see,
// and nothing is left when nobody wants anything any more.
#include "fuzz.hpp"

#include <hull/protocol/codec.hpp>
#include <hull/sync/engine.hpp>
#include <hull/sync/inbound.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace hull;
using hull::fuzz::reader;
using hull::fuzz::require;
namespace input = hull::sync::input;
namespace effect = hull::sync::effect;

constexpr std::array paths = {"m:list", "m:other", "dir/n:count"};

sync::engine_options options_from(reader& in) {
  sync::engine_options o;
  o.session_id = "6f0c5a3e-0000-4000-8000-000000000001";
  o.max_mutations_on_wire = 1 + in.below(3);
  o.durable_mutations = in.below(2) != 0;
  o.auth.expect_auth = in.below(4) == 0;
  o.auth.reuse_initial_token = in.below(2) != 0;
  return o;
}

class world {
 public:
  explicit world(reader& in) : in_(in), engine_(options_from(in)) {}

  void run() {
    while (!in_.empty() && !is_closed_) step();
    if (!is_closed_) leave_nothing();
    apply(input::close{});
    for (const sync::call_id call : open_calls_) std::fprintf(stderr, "call %u is not over\n", static_cast<unsigned>(call));
    require(open_calls_.empty(), "closing ends every call");
  }

 private:
  sync::query_key any_query() {
    const auto path = paths[in_.below(paths.size())];
    return *sync::query_key::make(path, object{{"n", static_cast<int>(in_.below(2))}});
  }

  void step() {
    switch (in_.below(22)) {
      case 0: return apply(input::start{});
      case 1: return open_socket();
      case 2: return subscribe();
      case 3: return unsubscribe();
      case 4: return mutate();
      case 5: return call([&](sync::call_id id) { apply(input::action{id, any_path(), object{}}); });
      case 6: return apply(input::cancel{static_cast<sync::call_id>(in_.below(calls_ + 2))});
      case 7: return advance(in_.byte() * (in_.below(2) == 0 ? 10 : 1000));
      case 8: return apply(input::set_token_source{});
      case 9: return answer_fetch();
      case 10: return apply(input::set_auth{{protocol::token_type::admin, "key", {}}});
      case 11: return apply(input::set_auth{{}});
      case 12: return lose_socket();
      case 13: return apply(input::send_failed{any_socket()});
      case 14: return apply(input::network_online{});
      case 15: return frame(std::string(in_.line()));
      case 16: return transition();
      case 17: return respond_to_mutation();
      case 18: return respond_to_action();
      case 19: return refuse_token();
      case 20: return frame(R"({"type":"Ping"})");
      default:
        is_closed_ = in_.below(8) == 0;
        return;
    }
  }

  std::string any_path() { return in_.below(8) == 0 ? "not.a:path" : paths[in_.below(paths.size())]; }
  sync::socket_id any_socket() { return in_.below(4) == 0 ? socket_ + 1 : socket_; }

  void open_socket() {
    if (!opening_) return;
    socket_ = *std::exchange(opening_, std::nullopt);
    inbound_.emplace(std::size_t{1} << 20);
    version_ = {};
    apply(input::socket_opened{socket_, 1000});
  }

  void subscribe() {
    const sync::query_key query = any_query();
    std::optional<value> last_known;
    if (in_.below(4) == 0) last_known = value("known");
    const std::string token(query.token());
    ++references_[token];
    keys_.insert_or_assign(token, query);
    apply(input::subscribe{query, std::move(last_known)});
  }

  void unsubscribe() {
    const sync::query_key query = any_query();
    const auto at = references_.find(std::string(query.token()));
    if (at == references_.end()) return;
    if (--at->second == 0) references_.erase(at);
    apply(input::unsubscribe{query, std::chrono::milliseconds(in_.below(3) * 1000)});
  }

  template <class F>
  void call(F start) {
    const sync::call_id id = ++calls_;
    open_calls_.insert(id);
    start(id);
  }

  void mutate() {
    optimistic_update update;
    const std::size_t kind = in_.below(5);
    const std::string path = paths[in_.below(paths.size())];
    const value args = object{{"n", static_cast<int>(in_.below(2))}};
    if (kind == 1)
      update = [path, args](local_store& store) { store.set_query(path, args, value("predicted")); };
    if (kind == 2)
      update = [path, args](local_store& store) {
        for (const auto& [known, v] : store.get_all_queries(path)) store.set_query(path, known, std::nullopt);
        if (store.get_query(path, args)) store.set_query("m:other", object{{"n", 0}}, value("follows"));
      };
    if (kind == 3)
      update = [path, args](local_store& store) {
        store.set_query(path, args, value("half done"));
        if (store.get_query("m:other", object{{"n", 0}})) throw std::runtime_error("no");
      };
    call([&](sync::call_id id) {
      value with = in_.below(8) == 0 ? value(object{{"$bad", 1}}) : value(object{{"x", "y"}});
      apply(input::mutation{id, any_path(), std::move(with), std::move(update)});
    });
  }

  void answer_fetch() {
    const sync::fetch_id id = in_.below(4) == 0 ? fetch_ + 1 : fetch_;
    switch (in_.below(4)) {
      case 0: return apply(input::token_fetched{id, std::optional<std::string>()});
      case 1: return apply(input::token_fetched{id, error{errc::network, "no network", {}, {}}});
      case 2: return apply(input::token_fetched{id, std::optional<std::string>("not a jwt")});
      default:  // {"iat":0,"exp":60}
        return apply(input::token_fetched{id, std::optional<std::string>("e30.eyJpYXQiOjAsImV4cCI6NjB9.x" + std::to_string(in_.below(3)))});
    }
  }

  void lose_socket() {
    static constexpr std::array<std::uint16_t, 5> codes = {1000, 1005, 1006, 1011, 1013};
    static constexpr std::array reasons = {"", "InternalServerError", "TooManyConcurrentRequests", "some reason"};
    apply(input::socket_closed{any_socket(), codes[in_.below(codes.size())], reasons[in_.below(reasons.size())], {}});
  }

  void transition() {
    protocol::transition t;
    t.start = version_;
    t.end = version_;
    t.end.query_set += static_cast<std::uint32_t>(in_.below(3));
    t.end.identity += static_cast<std::uint32_t>(in_.below(2));
    t.end.ts += in_.below(4) * 100;
    if (in_.below(16) == 0) t.start.ts += 1;  // A server that forgot something.
    for (std::size_t n = in_.below(4); n > 0; --n) {
      const auto id = static_cast<protocol::query_id>(in_.below(6));
      switch (in_.below(3)) {
        case 0: t.modifications.emplace_back(protocol::query_updated{id, value(static_cast<int>(in_.below(4))), {"[LOG] line"}, "j"}); break;
        case 1: t.modifications.emplace_back(protocol::query_failed{id, "failed", value("data"), {}, {}}); break;
        default: t.modifications.emplace_back(protocol::query_removed{id}); break;
      }
    }
    version_ = t.end;
    frame(protocol::encode(protocol::server_message(std::move(t))));
  }

  void respond_to_mutation() {
    protocol::mutation_response m;
    m.id = static_cast<protocol::request_id>(in_.below(calls_ + 2));
    if (in_.below(3) == 0)
      m.outcome = protocol::call_failure{"failed", std::nullopt};
    else
      m.ts = in_.below(8) * 100;
    frame(protocol::encode(protocol::server_message(std::move(m))));
  }
  void respond_to_action() {
    protocol::action_response m;
    m.id = static_cast<protocol::request_id>(in_.below(calls_ + 2));
    frame(protocol::encode(protocol::server_message(std::move(m))));
  }
  void refuse_token() {
    protocol::auth_error m;
    m.message = "refused";
    if (in_.below(4) != 0) m.base_version = static_cast<std::uint32_t>(in_.below(3));
    if (in_.below(4) != 0) m.auth_update_attempted = in_.below(2) != 0;
    frame(protocol::encode(protocol::server_message(std::move(m))));
  }

  void frame(const std::string& text) {
    if (!inbound_) return;
    auto got = inbound_->push(text);
    if (got.has_error()) {
      inbound_.reset();
      return apply(input::socket_garbage{socket_, got.error().message});
    }
    if (got->message) apply(input::socket_message{socket_, std::move(*got->message)});
  }

  void advance(std::int64_t by) {
    const sync::moment until = now_ + std::chrono::milliseconds(by);
    int turns = 0;
    while (timer_ && *timer_ <= until) {
      require(++turns < 10'000, "time goes on: the engine does not ask for a timer again and again");
      now_ = std::max(now_, *std::exchange(timer_, std::nullopt));
      apply(input::timer{});
    }
    now_ = until;
  }

  /// Everybody goes: what the engine knows goes with them.
  void leave_nothing() {
    for (const auto& [token, count] : references_)
      for (unsigned i = 0; i < count; ++i) apply(input::unsubscribe{keys_.at(token)});
    references_.clear();
    const std::set<sync::call_id> open = open_calls_;
    for (const sync::call_id call : open) apply(input::cancel{call});
    advance(3'600'000);  // Kept queries run out.
    require(open_calls_.empty(), "cancelling ends every call");
    require(engine_.optimistic_layers() == 0, "no layer outlives its mutation");
    require(engine_.known_queries() == 0, "no query outlives its watchers");
  }

  void apply(sync::input_event in) {
    for (auto& e : engine_.apply(std::move(in), now_, 0.25)) {
      if (auto* done = std::get_if<effect::complete>(&e)) {
        require(open_calls_.erase(done->call) == 1, "a call is over once");
      } else if (auto* batch = std::get_if<effect::commit>(&e)) {
        for (const auto& change : batch->batch.changed) require(change.state != nullptr, "a change has a state");
      } else if (auto* timed = std::get_if<effect::arm_timer>(&e)) {
        timer_ = timed->at;
      } else if (auto* wanted = std::get_if<effect::open_socket>(&e)) {
        opening_ = wanted->socket;
        inbound_.reset();
      } else if (std::holds_alternative<effect::close_socket>(e)) {
        inbound_.reset();
      } else if (auto* asked = std::get_if<effect::fetch_token>(&e)) {
        fetch_ = asked->fetch;
      } else if (auto* sent = std::get_if<effect::send>(&e)) {
        require(sent->socket == socket_, "nothing is sent on a socket that is not open");
      }
    }
  }

  reader& in_;
  sync::engine engine_;
  sync::moment now_{0};
  std::optional<sync::moment> timer_;
  std::optional<sync::socket_id> opening_;
  sync::socket_id socket_ = 0;
  std::optional<sync::inbound> inbound_;
  protocol::state_version version_;
  sync::fetch_id fetch_ = 0;
  unsigned calls_ = 0;
  std::set<sync::call_id> open_calls_;
  std::map<std::string, unsigned> references_;
  std::map<std::string, sync::query_key> keys_;
  bool is_closed_ = false;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  reader in(data, size);
  world(in).run();
  return 0;
}
