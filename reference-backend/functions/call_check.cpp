// Look-up of functions, and validation of what goes in and what comes out.
#include "functions/call_check.hpp"

#include "functions/json_problem.hpp"

#include "database/commit_ts.hpp"
#include "database/document.hpp"
#include "database/validator.hpp"
#include "database/value_text.hpp"

#include <hull/value/json.hpp>

#include <utility>

namespace hull::backend::functions {
namespace {

constexpr std::size_t max_json = 16u << 20;

std::string_view type_name(runtime::function_kind kind) {
  switch (kind) {
    case runtime::function_kind::query:
      return "Query";
    case runtime::function_kind::mutation:
      return "Mutation";
    case runtime::function_kind::action:
      return "Action";
  }
  return "Function";
}

std::string mebibytes(std::size_t size) {
  const std::size_t tenths = size * 10 / (1u << 20);
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " MiB";
}

std::string too_large(const std::string& what, std::size_t size) {
  return what + " too large (actual: " + mebibytes(size) + ", limit: 16 MiB)";
}

failure argument_failure(const std::string& detail) {
  return bad_request("InvalidArgs", "ArgumentValidationError: " + detail);
}

json_options values_within_size() {
  json_options options;
  options.limits.max_text_bytes = 4 * max_json;
  return options;
}

}  // namespace

outcome<const deployed_function*> find_function(const deployment& deployed, const function_path& path,
                                                std::optional<runtime::function_kind> kind, bool allow_internal) {
  const auto found = deployed.functions.find(path.canonical());
  if (found == deployed.functions.end() || (!found->second.is_public && !allow_internal))
    return bad_request("FunctionNotFound", std::string("Could not find ") + (allow_internal ? "" : "public ") +
                                               "function for '" + path.stripped() +
                                               "'. Did you forget to run `npx convex dev` or `npx convex deploy`?");
  const deployed_function& function = found->second;
  if (kind && *kind != function.kind)
    return bad_request("WrongFunctionType", "Trying to execute " + path.canonical() + " as " +
                                                std::string(type_name(*kind)) + ", but it is defined as " +
                                                std::string(type_name(function.kind)) + ".");
  return &function;
}

outcome<value> read_arguments(const function_path& path, std::string_view json) {
  if (json.size() > max_json)
    return bad_request("ArgumentsTooLarge", too_large("Arguments for " + path.canonical() + " are", json.size()));
  auto args = read_json(json, values_within_size());
  if (!args)
    return bad_request("InvalidArguments", "Invalid arguments for " + path.canonical() + ": " + args.error().message);
  if (!args->is_array())
    return bad_request("InvalidArguments", "Invalid arguments for " + path.canonical() + ": expected an array");
  return *std::move(args);
}

outcome<void> check_arguments(const deployed_function& function, const value& args, database::transaction& tx) {
  if (function.args.what != database::validator::type::object) return {};
  const array& list = args.as_array();
  if (list.size() != 1)
    return argument_failure("Expected to receive a single object as the function's argument. Instead received " +
                            std::to_string(list.size()) + " arguments: " + database::to_text(args));
  if (!list[0].is_object())
    return argument_failure("Expected to receive an object as the function's argument. Instead received: " +
                            database::to_text(list[0]));
  if (const auto wrong = database::check(function.args, database::before_commit(list[0]), tx.tables()))
    return argument_failure(*wrong);
  return {};
}

outcome<value> check_result(const deployed_function& function, std::string_view json, database::transaction& tx,
                            bool in_mutation) {
  const std::string path = function.path.stripped();
  if (json.size() > max_json)
    return bad_request("FunctionReturnTooLarge", too_large("Function " + path + " return value is", json.size()));
  auto result = read_json(json, values_within_size());
  if (!result && json.find("\"$commitTs\"") != std::string_view::npos) {
    if (!in_mutation)
      return bad_request("FunctionReturnInvalid", "Function " + path +
                                                      " return value invalid: queries cannot return an unresolved "
                                                      "commit timestamp");
    json_options options = values_within_size();
    options.any_names = true;
    result = read_json(json, options);
    if (result) {
      const value seen = database::before_commit(*result);
      if (auto ok = database::check_value(seen, value_limits{}.max_nesting); !ok)
        return bad_request("FunctionReturnInvalid",
                           "Function " + path + " return value invalid: " + ok.error().message);
    }
  }
  if (!result) {
    const json_problem problem = problem_of(json, result.error().message);
    if (!problem.is_json)
      return bad_request("FunctionReturnInvalidJson",
                         "Function " + path + " failed. Could not parse return value as json: " + problem.cause);
    return bad_request("FunctionReturnInvalid", "Function " + path + " return value invalid: " + problem.cause);
  }
  if (!function.returns) return *std::move(result);
  if (const auto wrong = database::check(*function.returns, database::before_commit(*result), tx.tables()))
    return bad_request("InvalidReturnValue", "ReturnsValidationError: " + *wrong);
  return *std::move(result);
}

}  // namespace hull::backend::functions
