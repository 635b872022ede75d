// The name of a function: "dir/file:function".
#pragma once

#include <hull/error.hpp>

#include <string>
#include <string_view>

namespace hull {

/// "m" -> "m:default", "a/b.js:f" -> "a/b:f". Only for comparing: the wire carries queries in this form and
/// mutations and actions as the caller wrote them.
std::string canonical_path(std::string_view path);

/// Checks the syntax that a deployment accepts. A bad path would make it drop the whole connection, so it is
/// refused here: errc::bad_argument, with what is wrong and how a path looks.
result<void> check_path(std::string_view path);

namespace detail {
/// What is wrong with a path, and the part of it that is; as a constant expression, for paths in the program's text.
struct path_flaw {
  enum reason { none, function, module_missing, module } what = none;
  std::string_view part;
};
constexpr path_flaw find_path_flaw(std::string_view path);
}  // namespace detail

}  // namespace hull

#include <hull/function/path.ipp>
