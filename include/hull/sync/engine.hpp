// The client's mind: what happens goes in, what to do comes out. No clock, thread, socket or random device.
#pragma once

#include <hull/config.hpp>
#include <hull/sync/backoff.hpp>
#include <hull/sync/commit.hpp>
#include <hull/sync/deadlines.hpp>
#include <hull/sync/effect.hpp>
#include <hull/sync/history.hpp>
#include <hull/sync/identity.hpp>
#include <hull/sync/input.hpp>
#include <hull/sync/inspection.hpp>
#include <hull/sync/link.hpp>
#include <hull/sync/optimistic.hpp>
#include <hull/sync/query_set.hpp>
#include <hull/sync/remote_state.hpp>
#include <hull/sync/requests.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hull::sync {

struct engine_options {
  std::string session_id;  ///< UUID text, one per client: replayed mutations are recognised by it.
  backoff_policy backoff;
  std::chrono::milliseconds inactivity_timeout{60'000};
  std::size_t max_mutations_on_wire = 256;
  identity_policy auth;
  bool durable_mutations = false;             ///< Report each mutation with effect::record_mutation before it is sent.
  protocol::request_id first_request_id = 0;  ///< Larger than any that the session used before.
};

class engine {
 public:
  explicit engine(engine_options options);
  engine(const engine&) = delete;
  engine& operator=(const engine&) = delete;

  /// One step. `now` never goes back; `jitter` is a fresh random number in [0, 1).
  effects apply(input_event in, moment now, double jitter = 0.5);

  /// What a watcher of this query sees now. Never null.
  query_state_ptr state(std::string_view token) const;
  /// Where the page of a query ends, as the server said last: never received, null, or text.
  std::optional<std::optional<std::string>> journal_of(std::string_view token) const;
  /// The tag that its last subscriber gave; no_watcher when there is none.
  watcher_tag watcher(std::string_view token) const;
  connection_state connection(moment now) const;
  auth_state auth() const noexcept { return identity_.state(); }
  const credentials& current_credentials() const noexcept { return identity_.current(); }
  bool has_ended() const noexcept { return link_.has_ended(); }

  /// Sent and not answered: closing now may lose work unnoticed.
  bool has_incomplete_requests() const noexcept { return requests_.has_incomplete(); }
  std::optional<protocol::timestamp> max_observed_timestamp() const noexcept { return max_observed_; }
  std::size_t known_queries() const noexcept { return table_.size(); }
  std::size_t optimistic_layers() const noexcept { return optimistic_.size(); }

  /// Everything at once, but who subscribes and what the socket carries: that the client knows.
  inspection inspect(moment now);
  /// Remembers from now on what an inspection tells of the past, and so many calls; 0: nothing.
  void keep_history(std::size_t calls);

 private:
  /// The step in progress.
  struct step {
    moment now;
    double jitter;
    effects out;
    bool holds_queries = false;  ///< What changed in the query set is said at the next step.
  };

  void on(input::start&& in, step& s);
  void on(input::restore&& in, step& s);
  void on(input::subscribe&& in, step& s);
  void on(input::unsubscribe&& in, step& s);
  void on(input::flush&&, step&) {}
  void on(input::mutation&& in, step& s);
  void on(input::action&& in, step& s);
  void on(input::cancel&& in, step& s);
  void on(input::set_deadline&& in, step& s);
  void on(input::set_auth&& in, step& s);
  void on(input::set_token_source&& in, step& s);
  void on(input::token_fetched&& in, step& s);
  void on(input::network_online&& in, step& s);
  void on(input::socket_opened&& in, step& s);
  void on(input::socket_message&& in, step& s);
  void on(input::socket_garbage&& in, step& s);
  void on(input::socket_closed&& in, step& s);
  void on(input::send_failed&& in, step& s);
  void on(input::timer&& in, step& s);
  void on(input::close&& in, step& s);

  void receive(protocol::transition&& m, step& s);
  void receive(protocol::transition_chunk&& m, step& s);
  void receive(protocol::mutation_response&& m, step& s);
  void receive(protocol::action_response&& m, step& s);
  void receive(protocol::auth_error&& m, step& s);
  void receive(protocol::fatal_error&& m, step& s);
  void receive(protocol::ping&& m, step& s);

  void take_query_change(protocol::query_change&& change, step& s);
  void release_query(const query_key& query, step& s);
  void connect(step& s);
  void drop_socket(std::string reason, step& s);
  void socket_lost(std::string reason, close_category category, step& s);
  void forget_socket(step& s);
  void end(const error& why, bool tell_watchers, step& s);
  void send(protocol::client_message m, step& s);
  /// The end of each step: brings the link where the identity wants it, and says on the socket what is new.
  void settle_link(step& s);
  void greet(step& s);
  void take_identity_effects(step& s);
  /// Replays layers and reports what changed; an empty commit only when asked for.
  void commit_changes(bool also_empty, step& s);
  void complete(std::vector<settled_call> done, step& s);
  void settle(settled_call done, step& s);
  void give_up(call_id call, const error& why, step& s);
  bool refuse_call(call_id call, std::string_view path, const value& args, step& s);
  void observe(std::optional<protocol::timestamp> ts);
  void log(log_level level, std::string text, step& s);
  void log_function_lines(char source, std::string_view path, const std::vector<std::string>& lines, step& s);
  void arm(step& s);
  void publish_state(step& s);

  engine_options options_;
  query_table table_;
  change_set changes_;
  query_set query_set_;
  remote_state remote_;
  requests requests_;
  optimistic optimistic_;
  identity identity_;
  link link_;
  std::optional<protocol::timestamp> max_observed_;
  std::optional<error> ended_because_;
  std::optional<moment> armed_;
  connection_state published_;
  auth_state published_auth_;
  /// What Connect will say on the socket that is open; nothing once it was said.
  std::optional<protocol::connect> greeting_;
  std::uint64_t transitions_ = 0;
  std::unique_ptr<history> history_;  ///< Null while nobody wants one.
  std::optional<double> wall_clock_offset_ms_;  ///< Time of day minus `moment`.
  std::optional<double> time_saved_ms_;         ///< By hearing that the network is back; to be reported.
  deadlines deadlines_;                         ///< Of calls.
  std::multimap<moment, query_key> kept_;       ///< Queries without watchers, and how long they stay.
};

}  // namespace hull::sync

#ifndef HULL_SEPARATE_COMPILATION
#include <hull/sync/engine.ipp>
#endif
