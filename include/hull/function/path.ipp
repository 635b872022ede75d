// Bodies of path.hpp.
#pragma once

#include <algorithm>

namespace hull {
namespace detail {

constexpr bool is_ascii_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
constexpr bool is_ascii_digit(char c) { return c >= '0' && c <= '9'; }

/// Splits at the last ':'; without one the function is "default".
constexpr std::pair<std::string_view, std::string_view> split_path(std::string_view path) {
  const auto colon = path.rfind(':');
  if (colon == std::string_view::npos) return {path, "default"};
  return {path.substr(0, colon), path.substr(colon + 1)};
}

constexpr bool is_identifier(std::string_view name) {
  if (name.empty() || name.size() > 64 || is_ascii_digit(name[0])) return false;
  bool only_underscores = true;
  for (const char c : name) {
    if (c != '_' && !is_ascii_letter(c) && !is_ascii_digit(c)) return false;
    only_underscores = only_underscores && c == '_';
  }
  return !only_underscores;
}

constexpr bool is_module_component(std::string_view part) {
  return !part.empty() && part.size() <= 64 && std::all_of(part.begin(), part.end(), [](char c) {
    return is_ascii_letter(c) || is_ascii_digit(c) || c == '_';
  }) && std::any_of(part.begin(), part.end(), [](char c) { return is_ascii_letter(c) || is_ascii_digit(c); });
}

constexpr path_flaw find_path_flaw(std::string_view path) {
  auto [module, function] = split_path(path);
  if (module.ends_with(".js")) module.remove_suffix(3);
  if (!is_identifier(function)) return {path_flaw::function, function};
  if (module.empty()) return {path_flaw::module_missing, module};
  for (std::size_t start = 0; start <= module.size();) {
    const auto slash = std::min(module.find('/', start), module.size());
    const auto part = module.substr(start, slash - start);
    // A dot would be taken for a file extension and end the connection.
    if (!is_module_component(part)) return {path_flaw::module, part};
    start = slash + 1;
  }
  return {};
}

}  // namespace detail

inline std::string canonical_path(std::string_view path) {
  auto [module, function] = detail::split_path(path);
  if (module.ends_with(".js")) module.remove_suffix(3);
  return std::string(module).append(":").append(function);
}

inline result<void> check_path(std::string_view path) {
  const auto flaw = detail::find_path_flaw(path);
  std::string why;
  switch (flaw.what) {
    case detail::path_flaw::none:
      return {};
    case detail::path_flaw::function:
      why = "\"" + std::string(flaw.part) + "\" is no name of a function.";
      break;
    case detail::path_flaw::module_missing:
      why = "the module is missing.";
      break;
    case detail::path_flaw::module:
      why = "\"" + std::string(flaw.part) + "\" is no name of a module or folder.";
      break;
  }
  return hull::error{errc::bad_argument,
                     "\"" + std::string(path) + "\" is no function path: " + why +
                         " A path looks like \"messages:list\" or \"folder/file:function\".",
                     {},
                     {}};
}

}  // namespace hull
