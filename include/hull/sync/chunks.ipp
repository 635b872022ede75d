// Bodies of chunks.hpp.
#pragma once

#include <hull/sync/chunks.hpp>

#include <utility>

namespace hull::sync {

HULL_INLINE void chunk_assembler::clear() {
  text_.clear();
  transition_id_.clear();
  parts_ = total_ = 0;
}

HULL_INLINE result<std::optional<std::string>> chunk_assembler::add(protocol::transition_chunk chunk) {
  const auto refuse = [this](const std::string& why) {
    clear();
    return error{errc::bad_message, "TransitionChunk: " + why, {}, {}};
  };
  if (chunk.part_number >= chunk.total_parts)
    return refuse("part " + std::to_string(chunk.part_number) + " of " + std::to_string(chunk.total_parts));
  if (!empty() && (chunk.total_parts != total_ || chunk.transition_id != transition_id_))
    return refuse("a part of another transition came before the last part");
  if (chunk.part_number != parts_)
    return refuse("expected part " + std::to_string(parts_) + ", received " + std::to_string(chunk.part_number));
  if (chunk.chunk.size() > max_bytes_ - text_.size())
    return refuse("the transition is larger than " + std::to_string(max_bytes_) + " bytes");
  total_ = chunk.total_parts;
  transition_id_ = std::move(chunk.transition_id);
  text_ += chunk.chunk;
  if (++parts_ != total_) return std::optional<std::string>();
  std::optional<std::string> whole = std::move(text_);
  clear();
  return whole;
}

}  // namespace hull::sync
