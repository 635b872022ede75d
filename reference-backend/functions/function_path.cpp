// Syntax of function paths.
#include "functions/function_path.hpp"

#include "database/document.hpp"

#include <algorithm>
#include <cctype>

namespace hull::backend::functions {
namespace {

constexpr std::size_t max_name = 64;

bool is_alphanumeric(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }

bool is_module_segment(std::string_view segment) {
  return !segment.empty() && segment.size() <= max_name && std::all_of(segment.begin(), segment.end(), [](char c) {
    return is_alphanumeric(c) || c == '_' || c == '.';
  }) && std::any_of(segment.begin(), segment.end(), is_alphanumeric);
}

bool is_module(std::string_view module) {
  for (;;) {
    const std::size_t slash = module.find('/');
    if (!is_module_segment(module.substr(0, slash))) return false;
    if (slash == std::string_view::npos) return true;
    module.remove_prefix(slash + 1);
  }
}

}  // namespace

std::string function_path::stripped() const {
  std::string text = module.substr(0, module.size() - 3);
  if (function != "default") text += ":" + function;
  return text;
}

std::string function_path::canonical() const { return module + ":" + function; }

outcome<function_path> parse_function_path(std::string_view text) {
  const auto refuse = [&](std::string_view why) {
    return bad_request(
        "BadConvexFunctionIdentifier",
        std::string(text.substr(0, 256)) + " is not a valid path to a Convex function. " + std::string(why));
  };
  const std::size_t colon = text.rfind(':');
  std::string_view module = text.substr(0, colon);
  const std::string_view function = colon == std::string_view::npos ? "default" : text.substr(colon + 1);
  if (module.size() > 3 && module.substr(module.size() - 3) == ".js") module.remove_suffix(3);

  if (!is_module(module))
    return refuse("The module is a relative path of letters, digits, underscores and slashes, like \"messages:list\".");
  const std::string_view file = module.substr(module.rfind('/') + 1);
  if (file.find('.') != std::string_view::npos)
    return refuse("A module has the extension .js or none; a function follows after a colon, like \"messages:list\".");
  if (!database::is_identifier(function)) return refuse("The function after the colon is an identifier, like \"messages:list\".");
  return function_path{std::string(module) + ".js", std::string(function)};
}

}  // namespace hull::backend::functions
