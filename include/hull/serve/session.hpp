// The server's half of one socket, as a machine without clock, thread or socket: frames and finished work go in,
// effects come out. One instance per socket; use it from one thread at a time.
#pragma once

#include <hull/protocol/codec.hpp>
#include <hull/serve/effect.hpp>
#include <hull/serve/frames.hpp>

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hull::serve {

struct session_options {
  bool chunked_transitions = false;            ///< The client can put TransitionChunks together.
  std::size_t chunk_bytes = 5'000'000;
  std::size_t max_pending_mutations = 1000;    ///< Waiting and running.
  std::size_t max_running_actions = 1000;
  std::size_t max_queries = 100'000;
  std::size_t max_argument_bytes = 64u << 20;  ///< Of all queries, and of the mutations and actions that are not done.
  std::size_t max_unsent_transitions = 2;
  std::int64_t ping_after_ms = 15'000;         ///< Of silence on our side.
  std::int64_t first_retry_ms = 500;           ///< After a query that could not run; doubles.
  std::int64_t last_retry_ms = 600'000;
};

/// When an input happened. The machine has no clock of its own.
struct moment {
  std::int64_t steady_ms = 0;
  std::int64_t wall_ns = 0;   ///< Since the Unix epoch.
  timestamp latest_ts = 0;    ///< Newest commit of the deployment.
};

class session {
 public:
  explicit session(const session_options& options, const moment& opened);

  // From the client. While `wants_input()` is false the driver reads no further frame: messages take effect
  // strictly in their order, and a token is being checked.
  [[nodiscard]] effects text_frame(std::string_view frame, const moment& m);
  [[nodiscard]] effects binary_frame(const moment& m);
  bool wants_input() const noexcept { return !checking_token_ && !closed_; }

  // Answers to effects.
  [[nodiscard]] effects token_accepted(std::shared_ptr<const caller> who, const moment& m);
  [[nodiscard]] effects token_refused(const fault& why, const moment& m);
  /// `stale`: watched queries of which something read may have changed up to `ts`.
  [[nodiscard]] effects snapshot(timestamp ts, const std::vector<query_id>& stale, const moment& m);
  [[nodiscard]] effects query_finished(std::uint64_t step, query_id id, query_result result, const moment& m);
  [[nodiscard]] effects query_failed(std::uint64_t step, query_id id, const fault& why, const moment& m);
  [[nodiscard]] effects mutation_finished(request_id id, const call_result& result, const moment& m);
  [[nodiscard]] effects action_finished(request_id id, const call_result& result, const moment& m);
  /// A mutation or action could not be run.
  [[nodiscard]] effects call_failed(const fault& why, const moment& m);
  [[nodiscard]] effects transition_sent(const moment& m);

  /// Something that a watched query read has changed.
  [[nodiscard]] effects invalidated(const moment& m);
  /// Call when `deadline()` has passed.
  [[nodiscard]] effects time_passed(const moment& m);
  /// On the scale of moment::steady_ms.
  std::int64_t deadline() const noexcept;

  bool closed() const noexcept { return closed_; }
  std::size_t query_count() const noexcept { return queries_.size(); }

 private:
  struct query_state {
    std::shared_ptr<const call> what;
    std::size_t held_bytes = 0;
    std::optional<std::string> journal;         ///< Newest one; pins pages on a rerun.
    std::optional<std::uint64_t> sent_digest;   ///< Of what the client has.
    bool valid = false;                         ///< Ran, and nothing it read has changed since.
    bool running = false;
    bool spoiled = false;                       ///< The run under way no longer counts.
  };
  struct waiting_mutation {
    request_id id = 0;
    call what;
    std::shared_ptr<const caller> who;
    std::size_t held_bytes = 0;
  };
  enum class phase { idle, choosing_snapshot, running };

  // Messages
  void handle(const protocol::connect& c, const moment& m, effects& out);
  void handle(protocol::modify_query_set& c, const moment& m, effects& out);
  void handle(const protocol::mutation& c, const moment& m, effects& out);
  void handle(const protocol::action& c, const moment& m, effects& out);
  void handle(const protocol::authenticate& c, const moment& m, effects& out);
  void handle(const protocol::event&, const moment&, effects&) {}
  void add(const protocol::add_query& q, const moment& m, effects& out);
  void remove(const protocol::remove_query& q, effects& out);
  bool check_call(std::string_view path, const std::optional<std::string>& component, const moment& m, effects& out);
  /// Counts what the client makes us keep. False: it is too much, and the socket is closed.
  bool hold(std::size_t bytes, const moment& m, effects& out);
  void start_next_mutation(effects& out);

  // Transitions
  void settle(effects& out);  ///< Begins a transition when one is due and nothing stands in its way.
  void finish_if_complete(const moment& m, effects& out);
  void finish_transition(const moment& m, effects& out);
  void abandon_transition();

  // Ends
  /// Nothing is done for a caller whose token has expired; the socket is closed then. True when that happened.
  bool has_expired(const moment& m, effects& out);
  void fail(const fault& why, const moment& m, effects& out);
  void refuse_message(const std::string& why, const moment& m, effects& out);
  void close(std::optional<std::uint16_t> code, std::string reason, effects& out);
  void close_as_broken(effects& out) { close(1011, "InternalServerError", out); }
  void send(std::string text, const moment& m, effects& out, bool ends_transition = false);

  session_options options_;
  bool closed_ = false;
  bool checking_token_ = false;
  std::uint32_t token_base_ = 0;               ///< Identity version that the token being checked builds on.

  bool introduced_ = false;
  std::optional<std::string> session_id_;
  std::optional<std::int64_t> client_clock_skew_ms_;
  std::shared_ptr<const caller> caller_;

  std::uint32_t received_query_set_ = 0;
  std::uint32_t received_identity_ = 0;
  protocol::state_version current_;            ///< End of the last transition that was produced.

  std::map<query_id, query_state> queries_;
  std::vector<query_id> removed_;              ///< To be told with the next snapshot.
  std::map<query_id, query_result> fresh_;     ///< Results that the client does not have yet.

  phase phase_ = phase::idle;
  bool dirty_ = false;                         ///< Another transition is due.
  std::uint64_t step_ = 0;
  std::size_t runs_left_ = 0;
  protocol::state_version target_;
  std::vector<query_id> target_removed_;
  std::size_t unsent_ = 0;
  std::optional<std::int64_t> retry_at_ms_;
  std::int64_t retry_delay_ms_;

  std::deque<waiting_mutation> mutations_;     ///< The first one is running when `mutation_running_`.
  bool mutation_running_ = false;
  std::multimap<request_id, std::size_t> running_actions_;  ///< And the bytes that each holds.
  std::size_t held_bytes_ = 0;
  std::int64_t last_sent_ms_;
};

}  // namespace hull::serve

#include <hull/serve/session.ipp>
#include <hull/serve/session_transition.ipp>
