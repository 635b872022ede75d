// A look into a client, for tools and for people who wonder: what it watches, what is under way, what it predicts.
#pragma once

#include <hull/error.hpp>
#include <hull/sync/connection_state.hpp>
#include <hull/sync/query_state.hpp>
#include <hull/value/value.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace hull {

enum class call_kind { mutation, action };

/// A live query as the client knows it.
struct inspected_query {
  std::string path;            ///< Canonical: "messages:list".
  value args;                  ///< The argument object.
  std::string token;           ///< Names path and arguments, as in commit_info.
  query_state_ptr state;       ///< What its watchers see. Never null.
  std::size_t value_bytes = 0; ///< value_size of what is shown, or was shown last beside an error.
  std::size_t subscribers = 0; ///< Watches, lists, groups and one-shot queries that follow it.
  /// Nobody follows it, and the deployment is still asked: for so long, unless somebody comes.
  std::optional<std::chrono::milliseconds> retained_for;
  std::vector<std::uint64_t> layers;  ///< Numbers of the layers that change its value, the oldest first.
  /// Since what it shows changed last. Only while the client keeps a history, and not for changes from before.
  std::optional<std::chrono::milliseconds> since_change;
};

/// A mutation or an action that is not over.
struct inspected_call {
  /// waiting: not sent yet. sent: its answer is open. answered: it succeeded, and no transition shows it yet.
  enum class progress { waiting, sent, answered };
  std::uint64_t number = 0;  ///< Grows with the calls of a client; a layer has the number of its call.
  call_kind kind = call_kind::mutation;     ///< What was called.
  std::string path;                         ///< As it was called.
  value args;                               ///< The argument object.
  progress state = progress::waiting;       ///< How far it is.
  std::chrono::milliseconds age{0};         ///< Since the call.
  bool has_layer = false;                   ///< It has an optimistic update.
};

/// An optimistic layer: what one mutation is expected to do.
struct inspected_layer {
  std::uint64_t number = 0;         ///< Of its call.
  std::string path;                 ///< Of its call.
  std::vector<std::string> writes;  ///< Tokens of the queries whose value it changes.
  std::vector<std::string> reads;   ///< Tokens of the queries on which it depends.
};

/// A mutation or an action that is over.
struct finished_call {
  std::uint64_t number = 0;              ///< As in inspected_call.
  call_kind kind = call_kind::mutation;  ///< What was called.
  std::string path;                      ///< As it was called.
  value args;                            ///< The argument object.
  std::chrono::milliseconds took{0};     ///< From the call to its completion.
  std::chrono::milliseconds ago{0};      ///< Since its completion.
  std::optional<error> failure;          ///< Why it failed, if it did.
};

/// All of it at one moment; a copy that does not change.
struct inspection {
  connection_state connection;          ///< As client::state.
  std::vector<inspected_query> queries; ///< In the order of subscription.
  std::vector<inspected_call> calls;    ///< In the order of the calls.
  std::vector<inspected_layer> layers;  ///< The oldest first; each sees what those before it predict.
  std::vector<finished_call> finished;  ///< The newest last. Empty unless the client keeps a history.
  bool keeps_history = false;           ///< See client::keep_history.
  std::uint64_t transitions = 0;        ///< Received so far, over all connections.
  std::uint64_t bytes_received = 0;     ///< Of messages, as the WebSocket gave them.
  std::uint64_t bytes_sent = 0;         ///< Of messages, before any compression.
};

}  // namespace hull
