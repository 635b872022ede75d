// Bodies of query_key.hpp.
#pragma once

#include <hull/function/path.hpp>
#include <hull/sync/check_args.hpp>
#include <hull/sync/query_key.hpp>
#include <hull/value/json.hpp>

#include <cstring>
#include <limits>

namespace hull {
namespace detail {

inline constexpr std::string_view token_head = "{\"udfPath\":";
inline constexpr std::string_view token_middle = ",\"args\":";

HULL_INLINE std::string make_token(std::string_view canonical, const value& args) {
  std::string token(token_head);
  append_json_string(token, canonical);
  token += token_middle;
  append_json(token, args);
  token += '}';
  return token;
}

}  // namespace detail

HULL_INLINE std::string query_token(std::string_view path, const value& args) {
  return detail::make_token(canonical_path(path), args);
}

namespace sync {

HULL_INLINE query_key::data::data(std::string_view token, std::size_t length_of_path)
    : token_length(static_cast<std::uint32_t>(token.size())), path_length(static_cast<std::uint32_t>(length_of_path)) {
  std::memcpy(text(), token.data(), token.size());
}

HULL_INLINE result<query_key> query_key::make(std::string_view path, const value& args) {
  if (auto checked = check_path(path); checked.has_error()) return checked.error();
  if (auto checked = check_args(args); checked.has_error()) return checked.error();
  const std::string canonical = canonical_path(path);
  const std::string token = hull::detail::make_token(canonical, args);
  if (token.size() > std::numeric_limits<std::uint32_t>::max())
    return error{errc::bad_argument, "The arguments to a Convex function must be less than 4 GiB of JSON.", {}, {}};
  query_key key;
  key.data_.reset(new (token.size()) data(token, canonical.size()));
  return key;
}

HULL_INLINE std::string_view query_key::path() const noexcept {
  // A checked path has no character that JSON escapes, so the token holds it as it is: no second copy.
  return token().substr(hull::detail::token_head.size() + 1, data_->path_length);
}

HULL_INLINE value query_key::args() const {
  std::string_view text = token();
  text.remove_prefix(hull::detail::token_head.size() + 1 + data_->path_length + 1 + hull::detail::token_middle.size());
  text.remove_suffix(1);
  json_options options;  // They passed the checks: no bound can be in their way.
  options.limits.max_text_bytes = options.limits.max_values = std::numeric_limits<std::size_t>::max();
  auto args = read_json(text, options);
  return args.has_error() ? value(object()) : std::move(*args);
}

}  // namespace sync
}  // namespace hull
