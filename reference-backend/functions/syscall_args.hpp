// Arguments of one syscall: JSON text in, typed fields out, with the failures that functions are used to.
#pragma once

#include "common/failure.hpp"

#include <hull/value/value.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace hull::backend::functions {

class syscall_args {
 public:
  /// `method` is the name that users know: "db.get".
  static outcome<syscall_args> parse(std::string method, std::string_view json);

  const value* find(std::string_view name) const noexcept { return all_.find(name); }
  /// Null counts as absent in all of these.
  outcome<std::string> text(std::string_view name) const;
  outcome<std::optional<std::string>> optional_text(std::string_view name) const;
  outcome<std::optional<std::uint64_t>> optional_count(std::string_view name) const;
  outcome<std::uint32_t> count(std::string_view name) const;
  outcome<value> required(std::string_view name) const;
  outcome<value> document(std::string_view name) const;
  bool flag(std::string_view name) const noexcept;

  const std::string& method() const noexcept { return method_; }
  /// "Invalid argument `id` for `db.get`: cause"
  failure wrong(std::string_view name, std::string_view cause) const;

 private:
  syscall_args(std::string method, value all) : method_(std::move(method)), all_(std::move(all)) {}
  failure missing(std::string_view name) const;

  std::string method_;
  value all_;
};

}  // namespace hull::backend::functions
