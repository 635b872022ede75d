// Frames of both directions: one frame a line. Whatever is accepted comes back equal from what the codec makes of it,
// and chunks are put together or refused.
#include "fuzz.hpp"

#include <hull/protocol/codec.hpp>
#include <hull/sync/inbound.hpp>

#include <string>
#include <string_view>

namespace {

using hull::fuzz::require;

template <class Decode>
void circle(std::string_view frame, Decode decode) {
  const auto read = decode(frame);
  if (read.has_error()) {
    require(!read.error().message.empty(), "a refusal says why");
    return;
  }
  const std::string text = hull::protocol::encode(*read);
  const auto again = decode(text);
  require(again.has_value(), "our own frame is readable");
  require(hull::protocol::encode(*again) == text, "the message survives the circle");
}

// What was read before changes nothing in what a frame means.
void remembers(std::string_view frame, hull::protocol::result_memory& memory) {
  const auto plain = hull::protocol::decode_server_message(frame);
  const auto helped = hull::protocol::decode_server_message(frame, memory);
  require(plain.has_value() == helped.has_value(), "a frame is read or refused, with a memory or without");
  if (plain)
    require(hull::protocol::encode(*plain) == hull::protocol::encode(*helped), "a frame means the same");
  else
    require(plain.error().message == helped.error().message, "a refusal gives the same reason");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  hull::fuzz::reader in(data, size);
  hull::sync::inbound inbound(std::size_t{1} << 20);
  // Inputs are short: lists of a few bytes are remembered, too.
  hull::protocol::result_memory memory(std::size_t{1} << 20, hull::detail::list_memory(8));
  bool is_open = true;
  while (!in.empty()) {
    const std::string_view frame = in.line();
    remembers(frame, memory);
    circle(frame, hull::protocol::decode_client_message);
    circle(frame, [](std::string_view text) { return hull::protocol::decode_server_message(text); });
    if (!is_open) continue;
    const auto got = inbound.push(frame);
    is_open = got.has_value();  // After an error the client gives the socket up.
    if (is_open && got->message)
      require(!std::holds_alternative<hull::protocol::transition_chunk>(*got->message), "slices are put together");
  }
  return 0;
}
