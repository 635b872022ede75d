// A driver for the bare engine: virtual time, no socket. It is a peer, so that a mock::script can play the server.
#pragma once

#include <hull/mock/script.hpp>
#include <hull/sync/engine.hpp>
#include <hull/sync/inbound.hpp>

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hull::test {

using namespace std::chrono_literals;

class engine_harness : public mock::peer {
 public:
  explicit engine_harness(sync::engine_options options = default_options()) : engine(std::move(options)) {}

  static sync::engine_options default_options() {
    sync::engine_options o;
    o.session_id = "6f0c5a3e-0000-4000-8000-000000000001";
    return o;
  }

  // ---- what a caller does
  void start() { apply(sync::input::start{}); }
  /// The socket that the engine asked for opens.
  void open() {
    if (!opening) throw mock::unexpected("the engine asked for no socket");
    socket = *std::exchange(opening, std::nullopt);
    inbound.emplace(std::size_t{64} << 20);
    apply(sync::input::socket_opened{socket, 1000});
  }
  void start_and_open() {
    start();
    open();
  }
  static sync::query_key key(std::string_view path, value args = object{}) {
    return sync::query_key::make(path, std::move(args)).value();
  }
  void subscribe(const sync::query_key& query) { apply(sync::input::subscribe{query}); }
  void unsubscribe(const sync::query_key& query) { apply(sync::input::unsubscribe{query}); }
  sync::call_id mutate(std::string path, value args = object{}, optimistic_update update = {}) {
    apply(sync::input::mutation{++calls, std::move(path), std::move(args), std::move(update)});
    return calls;
  }
  sync::call_id act(std::string path, value args = object{}) {
    apply(sync::input::action{++calls, std::move(path), std::move(args)});
    return calls;
  }
  void set_admin(std::string key) {
    apply(sync::input::set_auth{{key.empty() ? protocol::token_type::none : protocol::token_type::admin, key, {}}});
  }
  /// User tokens from now on.
  void sign_in() { apply(sync::input::set_token_source{}); }
  /// The token source answers the question that is open; the text names who it is for.
  void give_token(std::optional<std::string> token) { answer_fetch(std::move(token)); }
  void fail_token(std::string why = "no network") { answer_fetch(error{errc::network, std::move(why), {}, {}}); }
  void answer_fetch(result<std::optional<std::string>> token) {
    if (!fetch) throw mock::unexpected("the engine asked for no token");
    const auto id = std::exchange(fetch, std::nullopt)->fetch;
    apply(sync::input::token_fetched{id, std::move(token)});
  }
  /// Time passes; the timer fires when it is due.
  void advance(std::chrono::milliseconds by) {
    const sync::moment until = now + by;
    while (timer && *timer <= until) {
      now = std::max(now, *std::exchange(timer, std::nullopt));
      apply(sync::input::timer{});
    }
    now = until;
  }
  /// Waits for the next try to connect and lets it succeed.
  void reconnect() {
    advance(30s);
    open();
  }

  // ---- what a server does
  std::optional<protocol::client_message> receive() override {
    if (sent.empty()) return std::nullopt;
    auto m = std::move(sent.front());
    sent.pop_front();
    return m;
  }
  std::optional<protocol::client_message> receive_within(std::chrono::milliseconds) override { return receive(); }
  void send_text(std::string frame) override {
    auto out = inbound->push(frame);
    if (out.has_error()) return apply(sync::input::socket_garbage{socket, out.error().message});
    if (!out->warning.empty()) logs.push_back(out->warning);
    if (out->message) apply(sync::input::socket_message{socket, std::move(*out->message)});
  }
  void close(std::uint16_t code, std::string reason) override {
    apply(sync::input::socket_closed{socket, code, std::move(reason), {}});
  }
  void drop() override { close(1006, {}); }

  // ---- what came out
  bool is_pending(sync::call_id call) const { return completed.count(call) == 0; }
  /// The value of a call that succeeded; throws otherwise.
  value result_of(sync::call_id call) const {
    if (is_pending(call)) throw mock::unexpected("call " + std::to_string(call) + " is still pending");
    return completed.at(call).value();
  }
  error failure_of(sync::call_id call) const {
    if (is_pending(call)) throw mock::unexpected("call " + std::to_string(call) + " is still pending");
    return completed.at(call).error();
  }
  query_state_ptr state(const sync::query_key& query) const { return engine.state(query.token()); }
  /// The value that a watcher sees; nothing while there is none.
  std::optional<value> seen(const sync::query_key& query) const {
    const query_state_ptr s = state(query);
    return s->current() ? std::optional<value>(*s->current()) : std::nullopt;
  }
  /// Paths of the queries in each commit since the last call.
  std::vector<std::vector<std::string>> take_commits() { return std::exchange(commits, {}); }
  /// What happened, in order: "commit", "complete 1", "send", "log", ...
  std::vector<std::string> take_events() { return std::exchange(events, {}); }
  bool has_log(std::string_view part) const {
    for (const auto& line : logs)
      if (line.find(part) != std::string::npos) return true;
    return false;
  }

  void apply(sync::input_event in) {
    for (auto& e : engine.apply(std::move(in), now, jitter)) {
      using namespace sync::effect;
      if (auto* m = std::get_if<send>(&e)) {
        events.push_back("send");
        sent.push_back(std::move(m->message));
      } else if (auto* done = std::get_if<complete>(&e)) {
        events.push_back("complete " + std::to_string(done->call));
        if (!completed.emplace(done->call, std::move(done->outcome)).second)
          throw mock::unexpected("call " + std::to_string(done->call) + " completed twice");
      } else if (auto* batch = std::get_if<commit>(&e)) {
        events.push_back("commit");
        std::vector<std::string> paths;
        for (const auto& change : batch->batch.changed) paths.emplace_back(change.query.path());
        commits.push_back(std::move(paths));
      } else if (auto* line = std::get_if<log>(&e)) {
        events.push_back("log");
        logs.push_back(line->text);
      } else if (auto* timed = std::get_if<arm_timer>(&e)) {
        timer = timed->at;
      } else if (auto* wanted = std::get_if<open_socket>(&e)) {
        events.push_back("open_socket");
        opening = wanted->socket;
      } else if (std::holds_alternative<close_socket>(e)) {
        events.push_back("close_socket");
      } else if (auto* asked = std::get_if<fetch_token>(&e)) {
        events.push_back(asked->force_refresh ? "fetch forced" : "fetch");
        fetch = *asked;
        fetches.push_back(asked->force_refresh);
      } else if (auto* decided = std::get_if<auth_decided>(&e)) {
        decisions.push_back(decided->is_authenticated);
      } else if (auto* changed = std::get_if<auth_changed>(&e)) {
        auth_states.push_back(changed->state);
      } else if (auto* recorded = std::get_if<record_mutation>(&e)) {
        events.push_back("record " + std::to_string(recorded->request));
      } else if (auto* forgotten = std::get_if<forget_mutation>(&e)) {
        events.push_back("forget " + std::to_string(forgotten->request));
      } else {
        ++connection_changes;
      }
    }
  }

  sync::engine engine;
  sync::moment now{0};
  double jitter = 0.5;
  std::optional<sync::moment> timer;
  std::optional<sync::socket_id> opening;
  sync::socket_id socket = 0;
  std::optional<sync::inbound> inbound;
  std::deque<protocol::client_message> sent;
  std::map<sync::call_id, result<value>> completed;
  std::vector<std::vector<std::string>> commits;
  std::vector<std::string> events;
  std::vector<std::string> logs;
  sync::call_id calls = 0;
  int connection_changes = 0;
  std::optional<sync::effect::fetch_token> fetch;  ///< The question that the token source has not answered.
  std::vector<bool> fetches;                       ///< Of every question: was a fresh token asked for.
  std::vector<bool> decisions;                     ///< What was said about being authenticated, in order.
  std::vector<auth_state> auth_states;
};

}  // namespace hull::test
