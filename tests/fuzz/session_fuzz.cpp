// The server's half of a socket under any frames, and finished work in any order. What must hold: frames that leave are
// ones that clients can read, transitions follow upon each other, mutations run one at a time and in their order, and
// nothing happens after the end.
#include "fuzz.hpp"

#include <hull/protocol/codec.hpp>
#include <hull/serve/session.hpp>
#include <hull/sync/inbound.hpp>

#include <deque>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace {

using namespace hull;
using hull::fuzz::reader;
using hull::fuzz::require;

serve::session_options options_from(reader& in) {
  serve::session_options o;
  o.chunked_transitions = in.below(2) != 0;
  o.chunk_bytes = 64;
  o.max_pending_mutations = 3;
  o.max_running_actions = 2;
  o.max_queries = 4;
  return o;
}

class world {
 public:
  explicit world(reader& in) : in_(in), session_(options_from(in), now_) {}

  void run() {
    while (!in_.empty()) step();
  }

 private:
  void step() {
    switch (in_.below(16)) {
      case 0: return read(R"({"type":"Connect","sessionId":"6f0c5a3e-0000-4000-8000-000000000001","connectionCount":0,"lastCloseReason":null})");
      case 1: return add_query();
      case 2: return remove_query();
      case 3: return call("Mutation");
      case 4: return call("Action");
      case 5: return authenticate();
      case 6: has_raw_ = true; return read(std::string(in_.line()));
      case 7: return input([&] { return session_.binary_frame(now_); });
      case 8: return answer_token();
      case 9: return answer_snapshot();
      case 10: return answer_query();
      case 11: return answer_mutation();
      case 12: return answer_action();
      case 13: return sent();
      case 14: return pass_time();
      default: return input([&] { return session_.invalidated(now_); });
    }
  }

  // --- from the client ---

  void read(const std::string& frame) {
    if (session_.wants_input()) input([&] { return session_.text_frame(frame, now_); });
  }
  void modify(const std::string& what) {
    const auto base = std::to_string(query_set_ + (in_.below(16) == 0 ? 1 : 0));
    ++query_set_;
    read(R"({"type":"ModifyQuerySet","baseVersion":)" + base + R"(,"newVersion":)" + std::to_string(query_set_) +
         R"(,"modifications":[)" + what + "]}");
  }
  std::string any_path() { return in_.below(8) == 0 ? "not.a:path" : "m:list"; }
  void add_query() {
    modify(R"({"type":"Add","queryId":)" + std::to_string(in_.below(6)) + R"(,"udfPath":")" + any_path() + R"(","args":[{}]})");
  }
  void remove_query() { modify(R"({"type":"Remove","queryId":)" + std::to_string(in_.below(6)) + "}"); }
  void call(const std::string& type) {
    read(R"({"type":")" + type + R"(","requestId":)" + std::to_string(++requests_) + R"(,"udfPath":")" + any_path() +
         R"(","args":[{}]})");
  }
  void authenticate() {
    static constexpr std::string_view bodies[] = {R"("tokenType":"None")", R"("tokenType":"User","value":"t")",
                                                  R"("tokenType":"Admin","value":"k")"};
    const auto base = identity_ + (in_.below(8) == 0 ? 1 : 0);
    read(R"({"type":"Authenticate",)" + std::string(bodies[in_.below(3)]) + R"(,"baseVersion":)" + std::to_string(base) + "}");
  }

  // --- what the deployment answers ---

  void answer_token() {
    if (!checking_) return;
    checking_ = false;
    if (in_.below(3) == 0) return input([&] { return session_.token_refused(any_fault(), now_); });
    ++identity_;
    auto who = std::make_shared<serve::caller>();
    who->admin = in_.below(2) != 0;
    if (in_.below(4) == 0) who->good_until_ns = now_.wall_ns + 5'000'000'000;
    input([&] { return session_.token_accepted(who, now_); });
  }
  void answer_snapshot() {
    if (!wants_snapshot_) return;
    wants_snapshot_ = false;
    now_.latest_ts += in_.below(3);
    std::vector<serve::query_id> stale;
    for (const auto id : watched_)
      if (in_.below(2) != 0) stale.push_back(id);
    for (const auto id : stale) watched_.erase(id);
    input([&] { return session_.snapshot(now_.latest_ts, stale, now_); });
  }
  void answer_query() {
    if (runs_.empty()) return;
    const auto [step, id] = runs_.front();
    runs_.pop_front();
    if (in_.below(8) == 0) return input([&, s = step, i = id] { return session_.query_failed(s, i, any_fault(), now_); });
    serve::query_result r;
    r.digest = in_.below(3);
    if (in_.below(4) == 0)
      r.error = protocol::call_failure{"failed", std::nullopt};
    else
      r.value_json = std::make_shared<const std::string>(R"("a value of some length, so that it is sliced: )" + std::to_string(r.digest) + '"');
    if (in_.below(4) == 0) r.log_lines = {"[LOG] 'line'"};
    if (in_.below(4) == 0) r.journal = "j";
    input([&, s = step, i = id] { return session_.query_finished(s, i, std::move(r), now_); });
  }
  serve::call_result any_result() {
    serve::call_result r;
    if (in_.below(3) == 0)
      r.error = protocol::call_failure{"failed", value("data")};
    else
      r.value_json = std::make_shared<const std::string>("null");
    r.ts = ++now_.latest_ts;
    return r;
  }
  void answer_mutation() {
    if (!mutation_) return;
    const auto id = *std::exchange(mutation_, std::nullopt);
    if (in_.below(8) == 0) return input([&] { return session_.call_failed(any_fault(), now_); });
    input([&] { return session_.mutation_finished(id, any_result(), now_); });
  }
  void answer_action() {
    if (actions_.empty()) return;
    const auto id = *actions_.begin();
    actions_.erase(actions_.begin());
    if (in_.below(8) == 0) return input([&] { return session_.call_failed(any_fault(), now_); });
    input([&] { return session_.action_finished(id, any_result(), now_); });
  }
  void sent() {
    if (unsent_ == 0) return;
    --unsent_;
    input([&] { return session_.transition_sent(now_); });
  }
  void pass_time() {
    const std::int64_t by = in_.byte() * (in_.below(2) == 0 ? 10 : 1000);
    now_.steady_ms += by;
    now_.wall_ns += by * 1'000'000;
    for (int turns = 0; !session_.closed() && session_.deadline() <= now_.steady_ms; ++turns) {
      require(turns < 1000, "time goes on: the session does not ask for the same moment again and again");
      input([&] { return session_.time_passed(now_); });
    }
  }
  serve::fault any_fault() {
    return {static_cast<serve::fault::kind>(in_.below(6)), "SomeCode", "some message"};
  }

  // --- what the session wants ---

  template <class Do>
  void input(Do act) {
    const bool was_closed = session_.closed();
    for (auto& e : act()) {
      require(!was_closed && !ended_, "nothing follows the end");
      std::visit([&](auto& effect) { have(effect); }, e);
    }
    require(session_.closed() == ended_, "a session that is closed says so");
    require(session_.query_count() <= 4, "no more queries than there may be");
  }

  void have(serve::check_token&) {
    require(!checking_, "one token at a time");
    checking_ = true;
  }
  void have(serve::take_snapshot&) {
    require(!wants_snapshot_, "one snapshot at a time");
    wants_snapshot_ = true;
  }
  void have(serve::run_queries& r) {
    require(r.ts <= now_.latest_ts, "no run on a snapshot of the future");
    for (const auto& q : r.queries) runs_.emplace_back(r.step, q.id);
  }
  void have(serve::watch_query& w) { watched_.insert(w.id); }
  void have(serve::unwatch_query& w) { watched_.erase(w.id); }
  void have(serve::run_mutation& m) {
    require(!mutation_, "one mutation at a time");
    require(m.id > last_mutation_ || has_raw_, "mutations run in the order in which they came");
    last_mutation_ = m.id;
    mutation_ = m.id;
  }
  void have(serve::run_action& a) {
    actions_.insert(a.id);
    require(actions_.size() <= 2 || has_raw_, "no more actions than there may be");
  }
  void have(serve::send_text& s) {
    if (s.ends_transition) ++unsent_;
    require(unsent_ <= 2, "a slow client is not buried");
    auto got = inbound_.push(s.text);
    require(got.has_value(), "a client can read what it is sent");
    if (!got->message) return;
    const auto* t = std::get_if<protocol::transition>(&*got->message);
    if (t == nullptr) return;
    require(t->start == version_, "a transition begins where the one before ended");
    require(t->end.ts >= version_.ts, "time does not go back");
    version_ = t->end;
  }
  void have(serve::close_socket&) { ended_ = true; }

  reader& in_;
  serve::moment now_{0, 1'700'000'000'000'000'000, 100};
  serve::session session_;
  sync::inbound inbound_{std::size_t{1} << 20};
  protocol::state_version version_;
  std::uint32_t query_set_ = 0, identity_ = 0;
  serve::request_id requests_ = 0, last_mutation_ = 0;
  bool checking_ = false, wants_snapshot_ = false, ended_ = false;
  bool has_raw_ = false;  ///< Frames of the input's own were read: their ids are any.
  std::deque<std::pair<std::uint64_t, serve::query_id>> runs_;
  std::set<serve::query_id> watched_;
  std::optional<serve::request_id> mutation_;
  std::set<serve::request_id> actions_;
  std::size_t unsent_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  reader in(data, size);
  world(in).run();
  return 0;
}
