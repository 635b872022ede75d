// Everything that can happen to an engine.
#pragma once

#include <hull/protocol/server_message.hpp>
#include <hull/sync/identity.hpp>
#include <hull/sync/link.hpp>
#include <hull/sync/local_store.hpp>
#include <hull/sync/query_key.hpp>
#include <hull/sync/requests.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace hull::sync {

namespace input {

/// Begin to connect.
struct start {};
/// Mutations that an earlier process recorded and that were not over when it ended. Before `start`, in their order.
struct restore {
  struct entry {
    protocol::request_id request = 0;
    call_id call = 0;
    std::string path;
    value args;
    optimistic_update optimistic = {};  ///< May be empty.
  };
  std::vector<entry> mutations;
};
struct subscribe {
  query_key query;
  /// Shown, marked stale, until the deployment speaks; for a query about which nothing is known.
  std::optional<value> last_known = {};
  /// Where a page ends that another client of the same deployment showed; for a query that nobody subscribes to yet.
  std::optional<std::optional<std::string>> journal = {};
  watcher_tag watcher = no_watcher;  ///< From now on comes with each change of the query.
  bool more_follow = false;          ///< The deployment hears of it with the next step, together with others.
};
struct unsubscribe {
  query_key query;
  std::chrono::milliseconds keep_for{0};  ///< The query stays live this long, in case somebody asks again.
  watcher_tag watcher = no_watcher;       ///< No longer comes with changes.
  bool more_follow = false;               ///< As for `subscribe`.
};
/// Nothing happened; what earlier steps held back goes out.
struct flush {};
struct mutation {
  call_id call = 0;
  std::string path;
  value args;
  optimistic_update optimistic = {};  ///< May be empty.
};
struct action {
  call_id call = 0;
  std::string path;
  value args;
};
struct cancel {
  call_id call = 0;
};
/// Before the call: it must be over within this time, or it completes with errc::timed_out. Also for calls that the
/// caller keeps to itself, like a query that is asked once; those end with `cancel`.
struct set_deadline {
  call_id call = 0;
  std::chrono::milliseconds within{0};
};
struct set_auth {
  credentials auth;
};
/// User tokens from now on; the engine asks for them with effect::fetch_token.
struct set_token_source {};
struct token_fetched {
  fetch_id fetch = 0;
  result<std::optional<std::string>> token;  ///< Nothing: nobody is signed in.
};
/// There is a network again: a wait for the next try to connect ends now.
struct network_online {};
struct socket_opened {
  socket_id socket = 0;
  std::optional<std::int64_t> wall_clock_ms;  ///< For the deployment's estimate of our clock.
};
struct socket_message {
  socket_id socket = 0;
  protocol::server_message message;
};
/// Something arrived that is no message of the protocol.
struct socket_garbage {
  socket_id socket = 0;
  std::string why;
};
struct socket_closed {
  socket_id socket = 0;
  std::uint16_t code = 1006;  ///< 1005: closed without a code. 1006: it broke, or never opened.
  std::string reason;         ///< From the close frame.
  std::string detail;         ///< What the network layer has to say, for the log.
};
/// A write failed although the socket seemed open.
struct send_failed {
  socket_id socket = 0;
};
struct timer {};
struct close {};

}  // namespace input

using input_event =
    std::variant<input::start, input::restore, input::subscribe, input::unsubscribe, input::flush, input::mutation,
                 input::action, input::cancel, input::set_deadline, input::set_auth, input::set_token_source, input::token_fetched,
                 input::network_online, input::socket_opened, input::socket_message, input::socket_garbage,
                 input::socket_closed, input::send_failed, input::timer, input::close>;

}  // namespace hull::sync
