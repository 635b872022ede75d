// Log lines and where they go.
#pragma once

#include <functional>
#include <string_view>

namespace hull {

/// How urgent a log line is.
enum class log_level { debug, info, warning, error };

/// Receives log lines on the home executor. Tokens are never part of a line.
using log_sink = std::function<void(log_level, std::string_view)>;

}  // namespace hull
