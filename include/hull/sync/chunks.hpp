// Puts the slices of a large transition together.
#pragma once

#include <hull/config.hpp>
#include <hull/error.hpp>
#include <hull/protocol/server_message.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace hull::sync {

class chunk_assembler {
 public:
  explicit chunk_assembler(std::size_t max_bytes) : max_bytes_(max_bytes) {}

  /// The whole text once the last slice came; errc::bad_message when a slice does not continue what is there.
  result<std::optional<std::string>> add(protocol::transition_chunk chunk);
  bool empty() const noexcept { return parts_ == 0; }
  void clear();

 private:
  std::size_t max_bytes_;
  std::string text_;
  std::string transition_id_;
  std::uint32_t parts_ = 0;
  std::uint32_t total_ = 0;
};

}  // namespace hull::sync

#ifndef HULL_SEPARATE_COMPILATION
#include <hull/sync/chunks.ipp>
#endif
