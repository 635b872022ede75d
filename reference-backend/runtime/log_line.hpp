// One line that a function has logged, or that the backend has logged about it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace hull::backend::runtime {

struct log_line {
  std::string level;  ///< DEBUG, ERROR, WARN, INFO or LOG
  std::vector<std::string> messages;
  bool truncated = false;
  std::int64_t timestamp_ms = 0;
  std::string code = {};  ///< Of a line of the backend's own: "warning:TooManyReads". Empty: the function's.

  /// "[LEVEL] text", as clients get it.
  std::string to_text() const {
    std::string out = "[" + level + "]";
    for (const std::string& m : messages) out += " " + m;
    if (truncated) out += " (truncated due to length)";
    return out;
  }
};

}  // namespace hull::backend::runtime
