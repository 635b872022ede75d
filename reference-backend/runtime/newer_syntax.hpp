// Syntax that the hosted service's V8 knows and ours does not.
#pragma once

#include <string_view>

namespace hull::backend::runtime {

/// What in this line is newer than V8 10.2, for "does not know …"; empty when nothing is. The compiler said `message`
/// and stopped between `before` and `after`.
std::string_view newer_syntax(std::string_view message, std::string_view before, std::string_view after);

}  // namespace hull::backend::runtime
