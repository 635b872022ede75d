// The answers of the push protocol, with every key that the CLI insists on.
#pragma once

#include "deploy/evaluate.hpp"

#include <hull/value/value.hpp>

#include <map>
#include <optional>
#include <string>

namespace hull::backend::deploy {

value config_hashes_response(const module_map& modules, const array& auth, const std::string& functions_directory,
                             const std::optional<std::string>& server_version,
                             const std::optional<std::string>& node_version);

/// `schemaChange`: one entry, for the root component.
value schema_change(const std::optional<std::string>& schema_id, const value& index_diff);

value start_push_response(const evaluated_push& push, const std::map<std::string, std::string>& environment,
                          const value& change, const std::string& push_token);

/// A schema as the CLI gets it back: every database index ends with `_creationTime`.
value shown_schema(const value& schema);

/// Index diff without any index.
value empty_index_diff();

/// What is compared when a push is finished.
struct deployed_parts {
  const module_map* modules = nullptr;
  array auth;
  std::optional<std::string> server_version;
  value schema;
  std::map<std::string, value, std::less<>> crons;  ///< Identifier to spec.
};

/// The crons of an analysis, by identifier.
std::map<std::string, value, std::less<>> crons_of(const std::map<std::string, value, std::less<>>& analysis);

value finish_push_response(const deployed_parts& before, const deployed_parts& after, const value& index_diff);
/// The answer to a dry run.
value empty_finish_push_response();

}  // namespace hull::backend::deploy
