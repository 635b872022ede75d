// The name of one query: function and arguments, as one canonical text.
#pragma once

#include <hull/config.hpp>
#include <hull/error.hpp>
#include <hull/value/value.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace hull {

/// Text that is equal for equal queries: {"udfPath":<canonical path>,"args":<arguments>}. It never leaves the client.
std::string query_token(std::string_view path, const value& args);

namespace sync {

/// Path and arguments of a query that passed the checks, with their token. Cheap to copy.
class query_key {
 public:
  query_key() = default;
  /// errc::bad_argument for a bad path or bad arguments.
  static result<query_key> make(std::string_view path, value args);

  const std::string& token() const noexcept { return data_->token; }
  std::string_view path() const noexcept;  ///< Canonical.
  const value& args() const noexcept { return data_->args; }

 private:
  struct data {
    std::string token;
    std::uint32_t path_length = 0;
    value args;
  };
  std::shared_ptr<const data> data_;
};

}  // namespace sync
}  // namespace hull

#ifndef HULL_SEPARATE_COMPILATION
#include <hull/sync/query_key.ipp>
#endif
