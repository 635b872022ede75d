// What a function logged on the server, as the npm client prints it.
#pragma once

#include <hull/log.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace hull::detail {

/// "[WARN] 'late'" of the query "m:f" is a warning, "[CONVEX Q(m:f)] [WARN] 'late'". `kind` is the letter of the
/// function's kind: Q, M, A, or '?' where it is unknown.
inline std::pair<log_level, std::string> function_log_line(char kind, std::string_view path, std::string_view line) {
  const log_level level = line.starts_with("[ERROR]")   ? log_level::error
                          : line.starts_with("[WARN]")  ? log_level::warning
                          : line.starts_with("[DEBUG]") ? log_level::debug
                                                        : log_level::info;
  std::string text = "[CONVEX ";
  text += kind;
  text += '(';
  text += path;
  text += ")] ";
  text += line;
  return {level, std::move(text)};
}

}  // namespace hull::detail
