// What went over the sockets of a mock server, as a file that people can read: one JSON object a line.
//
//   {"hull_trace":1}
//   {"at_us":0,"event":"open"}
//   {"at_us":412,"from":"client","frame":{"type":"Connect",...}}
//   {"at_us":977,"from":"server","text":"what is no JSON"}
//   {"at_us":5000,"event":"close","code":1005}
#pragma once

#include <hull/error.hpp>
#include <hull/mock/mock_server.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace hull::mock {

/// How much is recorded or read.
struct trace_limits {
  std::size_t max_entries = 100'000;  ///< Opens, frames and closes together.
  std::size_t max_bytes = 64u << 20;  ///< Of all frames together.
};

/// One line of a trace.
struct trace_entry {
  /// What happened: a socket opened, a frame went through, the socket closed.
  enum class kind { opened, frame, closed };
  kind what = kind::frame;               ///< Says which members count.
  std::chrono::microseconds at{0};       ///< Since the first entry.
  direction way = direction::to_server;  ///< Of a frame.
  std::string text = {};                 ///< Of a frame.
  std::uint16_t code = 1005;             ///< Of a close; 1006 when the connection broke.
  std::size_t line = 0;                  ///< In the file it came from; 0 for none.
};

/// What was recorded.
struct trace {
  std::vector<trace_entry> entries;  ///< In the order in which it happened.
  bool truncated = false;  ///< The limits kept the rest out.
};

/// Reads and writes the file. errc::bad_value names the line that is wrong and why; more than the limits is wrong too.
result<trace> parse_trace(std::string_view text, const trace_limits& limits = {});
std::string write_trace(const trace& t);
/// errc::bad_argument when the file cannot be read or written.
result<trace> load_trace(const std::string& file, const trace_limits& limits = {});
result<void> save_trace(const trace& t, const std::string& file);

}  // namespace hull::mock
