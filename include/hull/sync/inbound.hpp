// From frames to messages: decoding and the assembly of chunks, for one socket. Runs where the socket is read, so
// that no text is parsed on the home executor.
#pragma once

#include <hull/config.hpp>
#include <hull/protocol/codec.hpp>
#include <hull/sync/chunks.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace hull::sync {

class inbound {
 public:
  /// `max_remembered_bytes`: see client_options::max_remembered_bytes.
  explicit inbound(std::size_t max_message_bytes, std::size_t max_remembered_bytes = std::size_t{64} << 20)
      : chunks_(max_message_bytes), results_(max_remembered_bytes) {}

  struct outcome {
    std::optional<protocol::server_message> message;  ///< Nothing while a transition is still in pieces.
    std::string warning;                              ///< For the log, when not empty.
  };
  result<outcome> push(std::string_view frame);

 private:
  chunk_assembler chunks_;
  protocol::result_memory results_;
};

}  // namespace hull::sync

#ifndef HULL_SEPARATE_COMPILATION
#include <hull/sync/inbound.ipp>
#endif
