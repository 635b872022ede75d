// Texts of the server's messages that carry values. The values are JSON already and are put in as they are.
#pragma once

#include <hull/protocol/server_message.hpp>
#include <hull/serve/effect.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hull::serve {

/// Writes one transition, modification by modification.
class transition_text {
 public:
  transition_text(const protocol::state_version& start, const protocol::state_version& end);
  void add(query_id id, const query_result& result);
  void add_removed(query_id id);
  /// `client_clock_skew` in milliseconds, `server_ts` in nanoseconds.
  std::string finish(std::optional<std::int64_t> client_clock_skew, std::optional<std::int64_t> server_ts);

 private:
  void begin_modification(std::string_view type, query_id id);
  std::string text_;
  bool first_ = true;
};

std::string mutation_response_text(request_id id, const call_result& result);
std::string action_response_text(request_id id, const call_result& result);

/// Cuts the text of a large transition into TransitionChunk messages of at most `chunk_bytes` of it each, between
/// characters.
std::vector<std::string> chunk_texts(std::string_view transition, std::size_t chunk_bytes);

}  // namespace hull::serve

#include <hull/serve/frames.ipp>
