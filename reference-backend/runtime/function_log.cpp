// Log lines: their limits.
#include "runtime/function_log.hpp"

#include "runtime/text_limit.hpp"

namespace hull::backend::runtime {
namespace {
constexpr std::size_t max_line_bytes = 32768;
}

log_line make_log_line(std::string level, std::vector<std::string> messages, std::int64_t timestamp_ms) {
  log_line line{std::move(level), std::move(messages), false, timestamp_ms};
  std::size_t room = max_line_bytes;
  for (std::size_t i = 0; i < line.messages.size(); ++i) {
    std::string& m = line.messages[i];
    if (m.size() > room) {
      cut_utf8(m, room);
      line.messages.resize(i + 1);
      line.truncated = true;
      break;
    }
    room -= m.size();
    if (room > 0) --room;  // the space between messages
  }
  return line;
}

std::optional<log_line> log_allowance::admit(log_line line) {
  if (left_ == 0) return std::nullopt;
  if (--left_ > 0) return line;
  return log_line{"ERROR",
                  {"Log overflow (maximum " + std::to_string(limit_) + "). Remaining log lines omitted."},
                  false,
                  line.timestamp_ms};
}

}  // namespace hull::backend::runtime
