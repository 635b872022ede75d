// Bodies of query_key.hpp.
#pragma once

#include <hull/function/path.hpp>
#include <hull/sync/check_args.hpp>
#include <hull/sync/query_key.hpp>
#include <hull/value/json.hpp>

namespace hull {
namespace detail {

inline constexpr std::string_view token_head = "{\"udfPath\":";

HULL_INLINE std::string make_token(std::string_view canonical, const value& args) {
  std::string token(token_head);
  append_json_string(token, canonical);
  token += ",\"args\":";
  append_json(token, args);
  token += '}';
  token.shrink_to_fit();
  return token;
}

}  // namespace detail

HULL_INLINE std::string query_token(std::string_view path, const value& args) {
  return detail::make_token(canonical_path(path), args);
}

namespace sync {

HULL_INLINE result<query_key> query_key::make(std::string_view path, value args) {
  if (auto checked = check_path(path); checked.has_error()) return checked.error();
  if (auto checked = check_args(args); checked.has_error()) return checked.error();
  const std::string canonical = canonical_path(path);
  auto made = std::make_shared<data>();
  made->token = hull::detail::make_token(canonical, args);
  made->path_length = static_cast<std::uint32_t>(canonical.size());
  made->args = std::move(args);
  query_key key;
  key.data_ = std::move(made);
  return key;
}

HULL_INLINE std::string_view query_key::path() const noexcept {
  // A checked path has no character that JSON escapes, so the token holds it as it is: no second copy.
  return std::string_view(data_->token).substr(hull::detail::token_head.size() + 1, data_->path_length);
}

}  // namespace sync
}  // namespace hull
