// Loads and stores deployments in the system tables, through transactions like everything else.
#include "functions/deployment.hpp"

#include "common/fields.hpp"
#include "functions/stored_text.hpp"

#include <hull/value/json.hpp>

#include <algorithm>
#include <utility>

namespace hull::backend::functions {
namespace {

using database::access;
using database::transaction;

constexpr std::string_view config_table = "_udf_config";
constexpr std::string_view modules_table = "_modules";
constexpr std::string_view sources_table = "_source_packages";
constexpr std::string_view auth_table = "_auth";

outcome<std::vector<value>> all_rows(transaction& tx, std::string_view table) {
  return tx.lookup(table, "by_creation_time", {});
}

failure damaged(const std::string& what) { return internal_failure("The stored deployment is damaged: " + what + "."); }

outcome<value> parse(const std::string& text) {
  auto parsed = read_json(text, {.limits = {}, .any_names = true, .plain = false});
  if (!parsed) return damaged(parsed.error().message);
  return *std::move(parsed);
}

outcome<void> erase_row(transaction& tx, const value& row) {
  auto removed = tx.remove(access::backend, text_of(row, "_id"), std::nullopt);
  if (!removed) return removed.error();
  return {};
}

/// The validator that an analysed function exports as JSON text; nothing when it exports none.
outcome<std::optional<database::validator>> validator_of(const value& analysed, std::string_view name) {
  const std::string text = text_of(analysed, name);
  if (text.empty()) return std::optional<database::validator>{};
  auto json = parse(text);
  if (!json) return json.error();
  if (json->is_null()) return std::optional<database::validator>{};
  auto validator = database::parse_validator(*json);
  if (!validator) return validator.error();
  return std::optional<database::validator>(*std::move(validator));
}

/// Key of the text that is the app definition; those of modules have a colon.
constexpr std::string_view definition_key = "definition";

/// Key of a text that belongs to a module: "source:messages.js".
std::string source_key(const std::string& path, std::string_view what) { return std::string(what) + ":" + path; }

outcome<std::vector<runtime::npm_package>> load_packages(const value& config) {
  std::vector<runtime::npm_package> packages;
  const value* listed = config.find("nodeDependencies");
  if (listed == nullptr) return packages;  // stored before there were any
  if (!listed->is_array()) return damaged("the list of packages for Node.js is not a list");
  for (const value& item : listed->as_array()) packages.push_back({text_of(item, "name"), text_of(item, "version")});
  return packages;
}

array packages_value(const deployment& d) {
  array listed;
  for (const runtime::npm_package& p : d.modules->packages())
    listed.push_back(value::make_object({{"name", p.name}, {"version", p.version}}));
  return listed;
}

/// Sources, analyses and the app definition.
outcome<void> load_modules(transaction& tx, std::vector<runtime::npm_package> packages, deployment& into) {
  auto texts = load_texts(tx, sources_table);
  if (!texts) return texts.error();
  if (const auto text = texts->find(std::string(definition_key)); text != texts->end()) {
    auto definition = parse(text->second.text);
    if (!definition) return definition.error();
    into.definition = *std::move(definition);
  }
  auto rows = all_rows(tx, modules_table);
  if (!rows) return rows.error();
  deploy::module_map modules;
  for (const value& row : *rows) {
    runtime::module_source module;
    module.path = text_of(row, "path");
    module.sha256 = text_of(row, "sha256");
    module.node = text_of(row, "environment") == "node";
    const auto source = texts->find(source_key(module.path, "source"));
    if (source == texts->end()) return damaged("module \"" + module.path + "\" has no source");
    module.source = source->second.text;
    if (const auto map = texts->find(source_key(module.path, "map")); map != texts->end())
      module.source_map = map->second.text;
    if (const auto analysis = texts->find(source_key(module.path, "analysis")); analysis != texts->end()) {
      auto parsed = parse(analysis->second.text);
      if (!parsed) return parsed.error();
      into.analysis.emplace(module.path, *std::move(parsed));
    }
    std::string path = module.path;
    modules.emplace(std::move(path), std::move(module));
  }
  into.modules = std::make_shared<const runtime::module_set>(std::move(modules), std::move(packages));
  return {};
}

outcome<void> load_config(const value& row, deployment& into) {
  into.generation = text_of(row, "generation");
  into.config.server_version = text_of(row, "serverVersion");
  into.functions_directory = text_of(row, "functionsDirectory");
  if (const value* version = row.find("nodeVersion"); version != nullptr && version->is_string())
    into.node_version = version->as_string();
  const value* seed = row.find("importPhaseRngSeed");
  const value* time = row.find("importPhaseUnixTimestamp");
  const bool complete = seed != nullptr && seed->if_bytes() != nullptr && time != nullptr &&
                        time->if_int64() != nullptr && seed->as_bytes().size() == into.config.import_seed.size();
  if (!complete) return damaged("the import seed or time is missing");
  std::copy(seed->as_bytes().begin(), seed->as_bytes().end(), into.config.import_seed.begin());
  into.config.import_time_ns = time->as_int64();
  return {};
}

outcome<void> store_config(transaction& tx, const deployment& next) {
  auto rows = all_rows(tx, config_table);
  if (!rows) return rows.error();
  const value row =
      value::make_object({{"generation", next.generation},
                          {"serverVersion", next.config.server_version},
                          {"importPhaseRngSeed", bytes(next.config.import_seed.begin(), next.config.import_seed.end())},
                          {"importPhaseUnixTimestamp", value::int64(next.config.import_time_ns)},
                          {"functionsDirectory", next.functions_directory},
                          {"nodeVersion", next.node_version ? value(*next.node_version) : value()},
                          {"nodeDependencies", packages_value(next)}});
  if (rows->empty()) {
    auto inserted = tx.insert(access::backend, config_table, row);
    if (!inserted) return inserted.error();
    return {};
  }
  auto replaced = tx.replace(access::backend, text_of(rows->front(), "_id"), std::nullopt, row);
  if (!replaced) return replaced.error();
  return {};
}

outcome<void> store_auth(transaction& tx, const deployment& next) {
  auto rows = all_rows(tx, auth_table);
  if (!rows) return rows.error();
  array stored;
  for (const value& row : *rows) {
    const value* provider = row.find("provider");
    stored.push_back(provider != nullptr ? *provider : value());
  }
  if (value(stored) == value(next.auth)) return {};
  for (const value& row : *rows)
    if (auto erased = erase_row(tx, row); !erased) return erased;
  for (const value& provider : next.auth) {
    auto inserted = tx.insert(access::backend, auth_table, value::make_object({{"provider", provider}}));
    if (!inserted) return inserted.error();
  }
  return {};
}

outcome<void> store_module_rows(transaction& tx, const deployment& next) {
  auto rows = all_rows(tx, modules_table);
  if (!rows) return rows.error();
  std::map<std::string, value> stored;
  for (const value& row : *rows) stored.emplace(text_of(row, "path"), row);
  for (const auto& [path, row] : stored) {
    if (next.modules->find(path) != nullptr) continue;
    if (auto erased = erase_row(tx, row); !erased) return erased;
  }
  for (const auto& [path, module] : next.modules->all()) {
    const value row = value::make_object(
        {{"path", path}, {"environment", module.node ? "node" : "isolate"}, {"sha256", module.sha256}});
    const auto old = stored.find(path);
    if (old == stored.end()) {
      auto inserted = tx.insert(access::backend, modules_table, row);
      if (!inserted) return inserted.error();
    } else if (text_of(old->second, "sha256") != module.sha256 ||
               text_of(old->second, "environment") != text_of(row, "environment")) {
      auto replaced = tx.replace(access::backend, text_of(old->second, "_id"), std::nullopt, row);
      if (!replaced) return replaced.error();
    }
  }
  return {};
}

std::map<std::string, std::string> texts_of(const deployment& next) {
  std::map<std::string, std::string> texts;
  if (!next.definition.is_null()) texts.emplace(definition_key, write_json(next.definition));
  for (const auto& [path, module] : next.modules->all()) {
    texts.emplace(source_key(path, "source"), module.source);
    if (module.source_map) texts.emplace(source_key(path, "map"), *module.source_map);
  }
  for (const auto& [path, analysis] : next.analysis) texts.emplace(source_key(path, "analysis"), write_json(analysis));
  return texts;
}

}  // namespace

std::string deployment::http_prefix() const { return text_of(definition, "httpPrefix"); }

outcome<function_map> functions_of(const std::map<std::string, value, std::less<>>& analysis) {
  function_map functions;
  for (const auto& [path, module] : analysis) {
    for (const value& analysed : deploy::analysed_list(module, "functions")) {
      deployed_function f;
      f.path = {path, text_of(analysed, "name")};
      const std::string type = text_of(analysed, "udfType");
      f.kind = type == "Query"      ? runtime::function_kind::query
               : type == "Mutation" ? runtime::function_kind::mutation
                                    : runtime::function_kind::action;
      const value* visibility = analysed.find("visibility");
      // Very old packages declare no visibility; what they export is public.
      f.is_public = visibility == nullptr || visibility->is_null() || text_of(*visibility, "kind") == "public";
      auto args = validator_of(analysed, "args");
      if (!args) return args.error();
      if (*args) f.args = **std::move(args);
      if (f.args.what != database::validator::type::object && f.args.what != database::validator::type::any)
        return bad_request("InvalidValidator", "The arguments of " + f.path.stripped() + " must be an object or any.");
      auto returns = validator_of(analysed, "returns");
      if (!returns) return returns.error();
      f.returns = *std::move(returns);
      functions.emplace(f.path.canonical(), std::move(f));
    }
  }
  return functions;
}

outcome<std::string> read_generation(transaction& tx) {
  auto rows = all_rows(tx, config_table);
  if (!rows) return rows.error();
  return rows->empty() ? std::string() : text_of(rows->front(), "generation");
}

outcome<std::shared_ptr<const deployment>> load_deployment(transaction& tx) {
  auto loaded = std::make_shared<deployment>();
  auto config = all_rows(tx, config_table);
  if (!config) return config.error();
  std::vector<runtime::npm_package> packages;
  if (!config->empty()) {
    if (auto read = load_config(config->front(), *loaded); !read) return read.error();
    auto listed = load_packages(config->front());
    if (!listed) return listed.error();
    packages = *std::move(listed);
  }
  if (auto read = load_modules(tx, std::move(packages), *loaded); !read) return read.error();
  auto functions = functions_of(loaded->analysis);
  if (!functions) return functions.error();
  loaded->functions = *std::move(functions);
  auto declared = declared_in(loaded->definition);
  if (!declared) return damaged(declared.error().message);
  loaded->declared = *std::move(declared);
  auto providers = all_rows(tx, auth_table);
  if (!providers) return providers.error();
  for (const value& row : *providers)
    if (const value* provider = row.find("provider")) loaded->auth.push_back(*provider);
  return std::shared_ptr<const deployment>(std::move(loaded));
}

outcome<void> store_deployment(transaction& tx, const deployment& next) {
  if (auto stored = store_config(tx, next); !stored) return stored;
  if (auto stored = store_auth(tx, next); !stored) return stored;
  if (auto stored = store_module_rows(tx, next); !stored) return stored;
  return store_texts(tx, sources_table, texts_of(next));
}

}  // namespace hull::backend::functions
