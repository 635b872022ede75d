// The lines that functions log: cut to size, counted over the whole run with everything it called.
#pragma once

#include "runtime/runtime.hpp"

namespace hull::backend::runtime {

/// Cuts the messages so that the line has at most 32768 bytes; says so in `truncated`.
log_line make_log_line(std::string level, std::vector<std::string> messages, std::int64_t timestamp_ms);

/// How many lines one top-level run may still log.
class log_allowance {
 public:
  explicit log_allowance(std::size_t lines) : left_(lines), limit_(lines) {}
  /// The line to keep in place of `line`: itself, the notice that the rest is omitted, or nothing.
  std::optional<log_line> admit(log_line line);

 private:
  std::size_t left_;
  std::size_t limit_;
};

}  // namespace hull::backend::runtime
