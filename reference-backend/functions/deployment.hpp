// What is deployed right now: modules, what analysis found in them, and configuration. One immutable object per push.
#pragma once

#include "common/failure.hpp"
#include "database/transaction.hpp"
#include "database/validator.hpp"
#include "deploy/evaluate.hpp"
#include "functions/declared_environment.hpp"
#include "functions/function_path.hpp"
#include "runtime/runtime.hpp"

#include <hull/value/value.hpp>

#include <map>
#include <memory>
#include <optional>
#include <string>

namespace hull::backend::functions {

struct deployed_function {
  function_path path;
  runtime::function_kind kind = runtime::function_kind::query;
  bool is_public = false;
  database::validator args;  ///< `any` when the function declares none.
  std::optional<database::validator> returns;
};

using function_map = std::map<std::string, deployed_function, std::less<>>;  ///< By canonical path.

struct deployment {
  std::string generation;  ///< Changes with every push that changes anything; empty before the first.
  std::shared_ptr<const runtime::module_set> modules;
  std::map<std::string, value, std::less<>> analysis;
  function_map functions;
  deploy::udf_config config;
  std::string functions_directory = "convex/";
  array auth;
  value definition;                         ///< Of the app, as it was evaluated; null when an old version stored it.
  declared_environment declared;            ///< From the definition.
  std::optional<std::string> node_version;  ///< That the push asked for; what runs is what the backend has.

  /// What http.js answers below ("/api/"), from the definition; empty: everywhere.
  std::string http_prefix() const;
  bool empty() const noexcept { return generation.empty(); }
};

/// Lists the functions of an analysis. Failures are those of a module that declares no proper validators.
outcome<function_map> functions_of(const std::map<std::string, value, std::less<>>& analysis);

/// Which deployment a transaction sees. Notes a read of the one row that every push rewrites, so that a push
/// invalidates whatever ran before it.
outcome<std::string> read_generation(database::transaction& tx);

outcome<std::shared_ptr<const deployment>> load_deployment(database::transaction& tx);
/// Replaces what the transaction sees by `next`; writes only what differs.
outcome<void> store_deployment(database::transaction& tx, const deployment& next);

}  // namespace hull::backend::functions
