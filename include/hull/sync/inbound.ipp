// Bodies of inbound.hpp.
#pragma once

#include <hull/sync/inbound.hpp>

#include <utility>
#include <variant>

namespace hull::sync {

HULL_INLINE result<inbound::outcome> inbound::push(std::string_view frame) {
  auto decoded = protocol::decode_server_message(frame, results_);
  if (decoded.has_error()) return decoded.error();
  outcome out;
  auto* chunk = std::get_if<protocol::transition_chunk>(&*decoded);
  if (chunk == nullptr) {
    if (!chunks_.empty() && !std::holds_alternative<protocol::ping>(*decoded)) {
      chunks_.clear();
      out.warning = "A transition in pieces was interrupted by another message and is dropped.";
    }
    out.message = std::move(*decoded);
    return out;
  }
  auto assembled = chunks_.add(std::move(*chunk));
  if (assembled.has_error()) return assembled.error();
  if (!*assembled) return out;
  auto whole = protocol::decode_server_message(**assembled, results_);
  if (whole.has_error()) return whole.error();
  if (!std::holds_alternative<protocol::transition>(*whole))
    return error{errc::bad_message, "TransitionChunk: the parts do not make a Transition", {}, {}};
  out.message = std::move(*whole);
  return out;
}

}  // namespace hull::sync
