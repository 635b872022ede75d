// What a deployment says to a client over the socket.
#pragma once

#include <hull/protocol/types.hpp>
#include <hull/value/value.hpp>

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace hull::protocol {

/// Absent / null / text.
using journal_text = std::optional<std::string>;

struct query_updated {
  query_id id = 0;
  value result;
  std::vector<std::string> log_lines;
  journal_text journal;
  friend bool operator==(const query_updated&, const query_updated&) = default;
};

struct query_failed {
  query_id id = 0;
  std::string message;
  std::optional<value> data;  ///< Present, even when null, for an application error (ConvexError).
  std::vector<std::string> log_lines;
  journal_text journal;
  friend bool operator==(const query_failed&, const query_failed&) = default;
};

struct query_removed {
  query_id id = 0;
  friend bool operator==(const query_removed&, const query_removed&) = default;
};

using query_change = std::variant<query_updated, query_failed, query_removed>;

/// One consistent step: every change in it belongs to `end.ts`.
struct transition {
  state_version start;
  state_version end;
  std::vector<query_change> modifications;
  std::optional<std::int64_t> client_clock_skew;  ///< Milliseconds; negative when the client is behind.
  std::optional<double> server_ts;                ///< Nanoseconds, for display only (a JSON number).
  friend bool operator==(const transition&, const transition&) = default;
};

/// A slice of the text of a large transition.
struct transition_chunk {
  std::string chunk;
  std::uint32_t part_number = 0;  ///< From 0.
  std::uint32_t total_parts = 0;
  std::string transition_id;
  friend bool operator==(const transition_chunk&, const transition_chunk&) = default;
};

/// The fate of a function that was called: its value, or what it threw.
struct call_failure {
  std::string message;
  std::optional<value> data;
  friend bool operator==(const call_failure&, const call_failure&) = default;
};
using call_outcome = std::variant<value, call_failure>;

struct mutation_response {
  request_id id = 0;
  call_outcome outcome;
  std::optional<timestamp> ts;  ///< Commit time; present when the mutation succeeded.
  std::vector<std::string> log_lines;
  friend bool operator==(const mutation_response&, const mutation_response&) = default;
};

struct action_response {
  request_id id = 0;
  call_outcome outcome;
  std::vector<std::string> log_lines;
  friend bool operator==(const action_response&, const action_response&) = default;
};

struct auth_error {
  std::string message;
  std::optional<std::uint32_t> base_version;
  std::optional<bool> auth_update_attempted;
  friend bool operator==(const auth_error&, const auth_error&) = default;
};

struct fatal_error {
  std::string message;
  friend bool operator==(const fatal_error&, const fatal_error&) = default;
};

/// Heartbeat; not answered.
struct ping {
  friend bool operator==(const ping&, const ping&) = default;
};

using server_message = std::variant<transition, transition_chunk, mutation_response, action_response, auth_error,
                                    fatal_error, ping>;

}  // namespace hull::protocol
