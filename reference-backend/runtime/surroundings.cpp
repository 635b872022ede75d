// The rules, with the texts that users and the npm package know.
#include "runtime/surroundings.hpp"

namespace hull::backend::runtime {
namespace {

struct operation_name {
  const char* code;
  const char* shown;
};

operation_name name_of(web_operation operation) {
  switch (operation) {
    case web_operation::fetch:
      return {"Fetch", "fetch()"};
    case web_operation::set_timeout:
      return {"Sleep", "setTimeout"};
    case web_operation::set_interval:
      return {"Sleep", "setInterval"};
    case web_operation::storage_store:
      return {"Storage", "storage.store()"};
    case web_operation::storage_get:
      return {"Storage", "storage.get()"};
    case web_operation::form_data:
      return {"FormParse", "formData()"};
    case web_operation::stream:
      return {"Stream", "stream"};
  }
  return {"Operation", "this"};
}

/// For Date and Math.random where a result must not depend on them.
std::optional<failure> refuse_in_declarations(surroundings s, std::string_view code, std::string_view shown) {
  if (s == surroundings::auth_config)
    return bad_request("No" + std::string(code) + "DuringAuthConfig",
                       std::string(shown) + " unsupported when evaluating auth config file");
  if (s == surroundings::definition)
    return bad_request("No" + std::string(code) + "DuringDefinitionEvaluation",
                       std::string(shown) + " unsupported when evaluating app definition");
  return std::nullopt;
}

}  // namespace

web_operation web_operation_named(std::string_view name) {
  if (name == "setTimeout") return web_operation::set_timeout;
  if (name == "setInterval") return web_operation::set_interval;
  if (name == "storage.store") return web_operation::storage_store;
  if (name == "storage.get") return web_operation::storage_get;
  if (name == "formData") return web_operation::form_data;
  if (name == "stream") return web_operation::stream;
  return web_operation::fetch;
}

surroundings surroundings_of(function_kind k) {
  switch (k) {
    case function_kind::query:
      return surroundings::query;
    case function_kind::mutation:
      return surroundings::mutation;
    case function_kind::action:
      return surroundings::action;
  }
  return surroundings::query;
}

bool is_transaction(surroundings s) { return s == surroundings::query || s == surroundings::mutation; }

std::optional<failure> refuse_syscall(surroundings s, bool importing, std::string_view name) {
  const std::string start = "Syscall " + std::string(name) + " unsupported ";
  switch (s) {
    case surroundings::query:
    case surroundings::mutation:
      if (importing) return bad_request("NoDbDuringImport", "Can't use database at import time");
      return std::nullopt;
    case surroundings::action:
      if (importing) return bad_request("NoSyscallDuringImport", start + "at import time");
      return std::nullopt;
    case surroundings::analyze:
      return bad_request("NoSyscallDuringImport", start + "at import time");
    case surroundings::schema:
      return bad_request("NoSyscallInSchema", start + "when evaluating schema");
    case surroundings::auth_config:
      return bad_request("NoSyscallDuringAuthConfig", start + "when evaluating auth config file");
    case surroundings::definition:
      return bad_request("NoSyscallDuringAppDefinitionEvaluation", start + "when evaluating app definition");
  }
  return std::nullopt;
}

std::optional<failure> refuse_operation(surroundings s, bool importing, web_operation operation) {
  const auto [code, shown] = name_of(operation);
  if (importing || (!is_transaction(s) && s != surroundings::action))
    return bad_request("No" + std::string(code) + "DuringImport", std::string(shown) + " unsupported at import time");
  if (is_transaction(s))
    return bad_request("No" + std::string(code) + "InQueriesOrMutations",
                       "Can't use " + std::string(shown) +
                           " in queries and mutations. Please consider using an action. See "
                           "https://docs.convex.dev/functions/actions for more details.");
  return std::nullopt;
}

std::optional<failure> refuse_crypto_random(surroundings s, bool importing) {
  if (importing || (!is_transaction(s) && s != surroundings::action))
    return bad_request("NoCryptoRngDuringImport", "Cannot use cryptographic randomness at import time");
  if (is_transaction(s))
    return bad_request("NoCryptoRngInQueriesOrMutations",
                       "Can't use cryptographic randomness in queries and mutations. Please consider using an action. "
                       "See https://docs.convex.dev/functions/actions for more details.");
  return std::nullopt;
}

std::optional<failure> refuse_time(surroundings s) { return refuse_in_declarations(s, "Date", "Date"); }

std::optional<failure> refuse_random(surroundings s) { return refuse_in_declarations(s, "Random", "Math.random"); }

std::optional<failure> refuse_environment(surroundings s, bool has_environment) {
  if (s == surroundings::schema)
    return bad_request("NoEnvironmentVariablesInSchema", "Environment variables unsupported when evaluating schema");
  if (s == surroundings::definition && !has_environment)
    return bad_request("EnvironmentVariablesUnsupported",
                       "Environment variables unsupported when evaluating the definition of a component");
  return std::nullopt;
}

}  // namespace hull::backend::runtime
