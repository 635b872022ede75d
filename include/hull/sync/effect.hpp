// Everything that an engine asks for. A driver carries effects out in order; it decides nothing.
#pragma once

#include <hull/log.hpp>
#include <hull/protocol/client_message.hpp>
#include <hull/sync/commit.hpp>
#include <hull/sync/connection_state.hpp>
#include <hull/sync/identity.hpp>
#include <hull/sync/link.hpp>
#include <hull/sync/requests.hpp>

#include <string>
#include <variant>
#include <vector>

namespace hull::sync {

namespace effect {

struct open_socket {
  socket_id socket = 0;
};
/// Let go of it; what it still says does not count any more.
struct close_socket {
  socket_id socket = 0;
};
struct send {
  socket_id socket = 0;
  protocol::client_message message;
};
/// One timer, set anew each time.
struct arm_timer {
  moment at{0};
};
/// The call is over. Comes after the commit that shows its writes.
struct complete {
  call_id call = 0;
  result<value> outcome;
};
/// With engine_options::durable_mutations: make this mutation survive the process. Comes before its `send`.
struct record_mutation {
  protocol::request_id request = 0;
  std::string path;
  value args;
};
/// The mutation is over: it need not be remembered any more.
struct forget_mutation {
  protocol::request_id request = 0;
};
struct commit {
  sync::commit batch;
};
struct log {
  log_level level = log_level::info;
  std::string text;
};
struct connection_changed {
  connection_state state;
};
struct auth_changed {
  auth_state state;
};

}  // namespace effect

using effect_request = std::variant<effect::open_socket, effect::close_socket, effect::send, effect::arm_timer,
                                    effect::complete, effect::record_mutation, effect::forget_mutation, effect::commit,
                                    effect::log, effect::connection_changed, effect::fetch_token, effect::auth_decided,
                                    effect::auth_changed>;
using effects = std::vector<effect_request>;

}  // namespace hull::sync
