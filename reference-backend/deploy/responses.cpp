// Builds the answers of the push protocol.
#include "deploy/responses.hpp"

#include "common/fields.hpp"
#include "common/sha256.hpp"

#include <hull/value/json.hpp>

#include <utility>

namespace hull::backend::deploy {
namespace {

value with_creation_time(const value& index) {
  const value* fields = index.find("fields");
  if (fields == nullptr || !fields->is_array()) return index;
  array extended = fields->as_array();
  extended.emplace_back("_creationTime");
  object copy = index.as_object();
  copy.set("fields", std::move(extended));
  return value(std::move(copy));
}

value shown_table(const value& table) {
  if (!table.is_object()) return table;
  object copy = table.as_object();
  for (const char* list : {"indexes", "stagedDbIndexes"}) {
    const value* indexes = copy.find(list);
    if (indexes == nullptr || !indexes->is_array()) continue;
    array shown;
    for (const value& index : indexes->as_array()) shown.push_back(with_creation_time(index));
    copy.set(list, std::move(shown));
  }
  return value(std::move(copy));
}

/// Names a set of packages to the CLI, which only hands it back; null where there are none.
value packages_id(const runtime::module_set& modules) {
  if (modules.packages().empty()) return nullptr;
  return sha256_hex(list_of(modules.packages()));
}

value source_package(const evaluated_push& push) {
  const runtime::module_set& modules = *push.modules;
  std::string digests;
  double size = 0;
  for (const auto& [path, module] : modules.all()) {
    digests += path + ' ' + module.sha256 + '\n';
    size += static_cast<double>(module.source.size() + module.source_map.value_or("").size());
  }
  const std::string digest = sha256_hex(digests);
  return value::make_object({{"storageKey", digest},
                             {"sha256", digest},
                             {"externalPackageId", packages_id(modules)},
                             {"packageSize", value::make_object({{"unzippedSizeBytes", size}})},
                             {"nodeVersion", text_or_null(push.node_version)}});
}

value http_module_routes(const evaluated_push& push) {
  const auto http = push.analysis.find("http.js");
  if (http == push.analysis.end()) return nullptr;
  array routes;
  for (const value& analysed : analysed_list(http->second, "httpRoutes")) {
    const value* route = analysed.find("route");
    if (route != nullptr) routes.push_back(*route);
  }
  return routes;
}

value checked_root(const evaluated_push& push) {
  const value* prefix = push.definition.find("httpPrefix");
  return value::make_object(
      {{"definitionPath", ""},
       {"componentPath", ""},
       {"httpPrefix", prefix != nullptr ? *prefix : value()},
       {"args", object{}},
       {"env", object{}},
       {"childComponents", object{}},
       {"httpRoutes", value::make_object({{"httpModuleRoutes", http_module_routes(push)}, {"mounts", array{}}})},
       {"exports", object{}}});
}

value evaluated_root(const evaluated_push& push) {
  std::vector<object::field> functions(push.analysis.begin(), push.analysis.end());
  return value::make_object({{"definition", push.definition},
                             {"schema", shown_schema(push.schema)},
                             {"functions", object(std::move(functions))},
                             {"udfConfig", push.config.to_value()}});
}

value modules_added_and_removed(const module_map& before, const module_map& after) {
  array added, removed;
  for (const auto& [path, module] : after)
    if (!is_dependency_module(path) && before.find(path) == before.end()) added.emplace_back(path);
  for (const auto& [path, module] : before)
    if (!is_dependency_module(path) && after.find(path) == after.end()) removed.emplace_back(path);
  return value::make_object({{"added", std::move(added)}, {"removed", std::move(removed)}});
}

value auth_diff(const array& before, const array& after) {
  const auto missing_in = [](const array& these, const array& those) {
    array out;
    for (const value& provider : these) {
      bool found = false;
      for (const value& other : those) found = found || other == provider;
      if (!found) out.emplace_back(write_json(provider));
    }
    return out;
  };
  return value::make_object({{"added", missing_in(after, before)}, {"removed", missing_in(before, after)}});
}

value cron_diff(const deployed_parts& before, const deployed_parts& after) {
  array added, updated, deleted;
  for (const auto& [name, spec] : after.crons) {
    const auto old = before.crons.find(name);
    if (old == before.crons.end())
      added.emplace_back(name);
    else if (!(old->second == spec))
      updated.emplace_back(name);
  }
  for (const auto& [name, spec] : before.crons)
    if (after.crons.find(name) == after.crons.end()) deleted.emplace_back(name);
  return value::make_object(
      {{"added", std::move(added)}, {"updated", std::move(updated)}, {"deleted", std::move(deleted)}});
}

value version_diff(const deployed_parts& before, const deployed_parts& after) {
  if (!before.server_version || before.server_version == after.server_version) return nullptr;
  return value::make_object(
      {{"previous_version", *before.server_version}, {"next_version", after.server_version.value_or("")}});
}

value schema_diff(const value& before, const value& after) {
  if (before == after) return nullptr;
  const auto shown = [](const value& schema) { return schema.is_null() ? value() : value(write_json(schema)); };
  return value::make_object({{"previous_schema", shown(before)}, {"next_schema", shown(after)}});
}

}  // namespace

value config_hashes_response(const module_map& modules, const array& auth, const std::string& functions_directory,
                             const std::optional<std::string>& server_version,
                             const std::optional<std::string>& node_version) {
  array hashes;
  for (const auto& [path, module] : modules) {
    hashes.push_back(value::make_object(
        {{"path", path}, {"hash", module.sha256}, {"environment", module.node ? "node" : "isolate"}}));
  }
  return value::make_object({{"config", value::make_object({{"functions", functions_directory}, {"authInfo", auth}})},
                             {"moduleHashes", std::move(hashes)},
                             {"udfServerVersion", text_or_null(server_version)},
                             {"nodeVersion", text_or_null(node_version)}});
}

value schema_change(const std::optional<std::string>& schema_id, const value& index_diff) {
  return value::make_object({{"allocatedComponentIds", object{}},
                             {"schemaIds", value::make_object({{"", schema_id ? value(*schema_id) : value()}})},
                             {"indexDiffs", value::make_object({{"", index_diff}})}});
}

value start_push_response(const evaluated_push& push, const std::map<std::string, std::string>& environment,
                          const value& change, const std::string& push_token) {
  std::vector<object::field> variables(environment.begin(), environment.end());
  return value::make_object({{"environmentVariables", object(std::move(variables))},
                             {"externalDepsId", packages_id(*push.modules)},
                             {"componentDefinitionPackages", value::make_object({{"", source_package(push)}})},
                             {"appAuth", push.auth},
                             {"analysis", value::make_object({{"", evaluated_root(push)}})},
                             {"app", checked_root(push)},
                             {"schemaChange", change},
                             {"pushToken", push_token}});
}

value shown_schema(const value& schema) {
  const value* tables = schema.find("tables");
  if (tables == nullptr || !tables->is_array()) return schema;
  array shown;
  for (const value& table : tables->as_array()) shown.push_back(shown_table(table));
  object copy = schema.as_object();
  copy.set("tables", std::move(shown));
  if (!copy.contains("schemaValidation")) copy.set("schemaValidation", false);
  return value(std::move(copy));
}

value empty_index_diff() {
  return value::make_object({{"added_indexes", array{}},
                             {"removed_indexes", array{}},
                             {"enabled_indexes", array{}},
                             {"disabled_indexes", array{}}});
}

std::map<std::string, value, std::less<>> crons_of(const std::map<std::string, value, std::less<>>& analysis) {
  std::map<std::string, value, std::less<>> crons;
  for (const auto& [path, module] : analysis) {
    for (const value& cron : analysed_list(module, "cronSpecs")) {
      const value* name = cron.find("identifier");
      const value* spec = cron.find("spec");
      if (name != nullptr && name->is_string() && spec != nullptr) crons.emplace(name->as_string(), *spec);
    }
  }
  return crons;
}

value finish_push_response(const deployed_parts& before, const deployed_parts& after, const value& index_diff) {
  const bool first = !before.server_version;
  const value component =
      value::make_object({{"diffType", value::make_object({{"type", first ? "create" : "modify"}})},
                          {"moduleDiff", modules_added_and_removed(*before.modules, *after.modules)},
                          {"udfConfigDiff", version_diff(before, after)},
                          {"cronDiff", cron_diff(before, after)},
                          {"indexDiff", index_diff.is_object() ? index_diff : empty_index_diff()},
                          {"schemaDiff", schema_diff(before.schema, after.schema)}});
  return value::make_object({{"authDiff", auth_diff(before.auth, after.auth)},
                             {"definitionDiffs", value::make_object({{"", object{}}})},
                             {"componentDiffs", value::make_object({{"", component}})}});
}

value empty_finish_push_response() {
  return value::make_object({{"authDiff", value::make_object({{"added", array{}}, {"removed", array{}}})},
                             {"definitionDiffs", object{}},
                             {"componentDiffs", object{}}});
}

}  // namespace hull::backend::deploy
