// Runs what a push brought: analyses every module, evaluates schema, auth and app definition. Stores nothing.
#pragma once

#include "common/failure.hpp"
#include "deploy/push_request.hpp"
#include "runtime/runtime.hpp"

#include <hull/value/value.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace hull::backend::deploy {

/// Seed and time of the import phase: stable as long as the version of the npm package stays, so that what a
/// module computes while it is imported does not change from push to push.
struct udf_config {
  std::string server_version;
  runtime::seed import_seed{};
  std::int64_t import_time_ns = 0;

  double import_time_ms() const noexcept { return static_cast<double>(import_time_ns / 1'000'000); }
  value to_value() const;  ///< As the push protocol writes it.
};

/// With the built-in variables.
using environment = runtime::environment_variables;
/// A name to its value, or nothing.
std::function<std::optional<std::string>(std::string_view)> lookup_in(environment env);

struct evaluated_push {
  std::shared_ptr<const runtime::module_set> modules;
  std::map<std::string, value, std::less<>> analysis;  ///< Module path to ANALYZED_MODULE, without `_deps`.
  value definition;                                    ///< EVALUATED definition of the app.
  value schema;                                        ///< As schema.js exports it, or null.
  array auth;                                          ///< Providers, normalised.
  udf_config config;
  std::optional<std::string> node_version;  ///< See push_request.
};

outcome<evaluated_push> evaluate_push(runtime::runtime& js, const push_request& push, module_map modules,
                                      const udf_config& config, const environment& env);

/// The providers of an auth.config.js in the form that is stored and compared.
outcome<array> normalise_auth_config(const value& exported);

/// True for "_deps/X.js" and the like, which hold no functions.
bool is_dependency_module(std::string_view path);

/// The crons or the HTTP routes of an analysed module; empty when there are none.
array analysed_list(const value& analysis, std::string_view name);

}  // namespace hull::backend::deploy
