// What the server's session machine is told about finished work, and what it wants done.
#pragma once

#include <hull/protocol/client_message.hpp>
#include <hull/protocol/server_message.hpp>
#include <hull/value/value.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace hull::serve {

using protocol::query_id;
using protocol::request_id;
using protocol::timestamp;

/// On whose behalf a session speaks: nobody, a user (attributes), an admin, or an admin acting as a user.
struct caller {
  bool admin = false;
  std::optional<value> attributes;
  std::optional<std::int64_t> good_until_ns = {};  ///< Wall time at which a user's token expires.
  std::shared_ptr<const void> details = {};        ///< What the driver wants to find again with each call.
};

/// One function with its arguments, as it was asked for.
struct call {
  std::string udf_path;
  std::string component_path;
  std::string args_json;  ///< JSON array, encoded values.
};

/// Why something could not be done at all; what a function threw is a result and no fault.
struct fault {
  enum class kind {
    user,             ///< The client asked for something that never works.
    unauthenticated,
    forbidden,
    not_found,
    overload,         ///< Worth another try later.
    server,           ///< Ours; the client gets no detail.
  };
  kind what = kind::server;
  std::string code;   ///< Short and stable, for example "TooManyConcurrentMutations".
  std::string message;
};

/// A finished query run. `value_json` goes to the wire as it is.
struct query_result {
  std::shared_ptr<const std::string> value_json;  ///< Null when `error` is set.
  std::optional<protocol::call_failure> error;
  std::vector<std::string> log_lines;
  std::optional<std::string> journal;
  std::uint64_t digest = 0;  ///< Of value or error, and log lines. Equal digests are not sent twice.
};

/// A finished mutation or action.
struct call_result {
  std::shared_ptr<const std::string> value_json;
  std::optional<protocol::call_failure> error;
  std::vector<std::string> log_lines;
  timestamp ts = 0;  ///< Commit time of a mutation that succeeded.
};

// ---- effects, to be carried out in their order ----

/// Check the token; answer with session::token_accepted or token_refused.
struct check_token {
  protocol::authenticate request;
};

/// Pick the newest timestamp and find out which watched queries changed up to it; answer with session::snapshot.
struct take_snapshot {};

struct query_run {
  query_id id = 0;
  std::shared_ptr<const call> what;
  std::optional<std::string> journal;
};
/// Run all of these at `ts`; answer each with session::query_finished or query_failed, under the same `step`.
struct run_queries {
  std::uint64_t step = 0;
  timestamp ts = 0;
  std::shared_ptr<const caller> who;
  std::vector<query_run> queries;
};

/// Watch what the last run of the query read, as of the timestamp it ran at.
struct watch_query {
  query_id id = 0;
};
struct unwatch_query {
  query_id id = 0;
};

/// Run; answer with session::mutation_finished or call_failed. One at a time per session.
struct run_mutation {
  request_id id = 0;
  call what;
  std::shared_ptr<const caller> who;
  std::optional<std::string> session_id;  ///< Absent when the client never introduced itself: no replay detection.
};
/// Run; answer with session::action_finished or call_failed. Many at a time.
struct run_action {
  request_id id = 0;
  call what;
  std::shared_ptr<const caller> who;
  std::optional<std::string> session_id;
};

/// One text frame. With `ends_transition`, call session::transition_sent once it has left.
struct send_text {
  std::string text;
  bool ends_transition = false;
};

/// Close the socket after what was sent; without a code when `code` is absent. Nothing follows this effect.
struct close_socket {
  std::optional<std::uint16_t> code;
  std::string reason;
};

using effect = std::variant<check_token, take_snapshot, run_queries, watch_query, unwatch_query, run_mutation, run_action,
                            send_text, close_socket>;
using effects = std::vector<effect>;

}  // namespace hull::serve
