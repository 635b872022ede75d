// Decodes syscall arguments.
#include "functions/syscall_args.hpp"

#include "functions/json_problem.hpp"

#include <hull/value/json.hpp>

#include <cmath>
#include <utility>

namespace hull::backend::functions {
outcome<syscall_args> syscall_args::parse(std::string method, std::string_view json) {
  auto parsed = read_json(json, {.limits = {}, .any_names = true, .plain = false});
  if (!parsed) {
    const json_problem problem = problem_of(json, parsed.error().message);
    if (!problem.is_json) return bad_request("SyscallArgsInvalidJson", "Received invalid json: " + problem.cause);
    return bad_request("InvalidArgument", "Invalid arguments for `" + method + "`: " + problem.cause);
  }
  if (!parsed->is_object())
    return bad_request("InvalidArgument", "Invalid arguments for `" + method + "`: expected an object");
  return syscall_args(std::move(method), *std::move(parsed));
}

failure syscall_args::wrong(std::string_view name, std::string_view cause) const {
  return bad_request("InvalidArgument",
                     "Invalid argument `" + std::string(name) + "` for `" + method_ + "`: " + std::string(cause));
}

failure syscall_args::missing(std::string_view name) const {
  return bad_request("InvalidArgument",
                     "Invalid arguments for `" + method_ + "`: missing field `" + std::string(name) + "`");
}

outcome<value> syscall_args::required(std::string_view name) const {
  const value* field = all_.find(name);
  if (field == nullptr) return missing(name);
  return *field;
}

outcome<std::string> syscall_args::text(std::string_view name) const {
  auto field = optional_text(name);
  if (!field) return field.error();
  if (!*field) return missing(name);
  return **std::move(field);
}

outcome<std::optional<std::string>> syscall_args::optional_text(std::string_view name) const {
  const value* field = all_.find(name);
  if (field == nullptr || field->is_null()) return std::optional<std::string>{};
  if (!field->is_string()) return wrong(name, "expected a string");
  return std::optional<std::string>(field->as_string());
}

outcome<std::optional<std::uint64_t>> syscall_args::optional_count(std::string_view name) const {
  const value* field = all_.find(name);
  if (field == nullptr || field->is_null()) return std::optional<std::uint64_t>{};
  const double* number = field->if_double();
  constexpr double largest = 9007199254740991.0;
  if (number == nullptr || !(*number >= 0) || *number > largest || std::floor(*number) != *number)
    return wrong(name, "expected a whole number that is not negative");
  return std::optional<std::uint64_t>(static_cast<std::uint64_t>(*number));
}

outcome<std::uint32_t> syscall_args::count(std::string_view name) const {
  auto number = optional_count(name);
  if (!number) return number.error();
  if (!*number) return missing(name);
  if (**number > UINT32_MAX) return wrong(name, "the number is too large");
  return static_cast<std::uint32_t>(**number);
}

outcome<value> syscall_args::document(std::string_view name) const {
  auto field = required(name);
  if (field && !field->is_object()) return wrong(name, "Value must be an Object");
  return field;
}

bool syscall_args::flag(std::string_view name) const noexcept {
  const value* field = all_.find(name);
  const bool* set = field != nullptr ? field->if_bool() : nullptr;
  return set != nullptr && *set;
}

}  // namespace hull::backend::functions
