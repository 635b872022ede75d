// Reads and checks the body of a push.
#include "deploy/push_request.hpp"

#include "common/sha256.hpp"

#include <algorithm>
#include <cctype>
#include <utility>

namespace hull::backend::deploy {
namespace {

constexpr std::size_t max_modules = 4096;
constexpr std::size_t max_segment = 64;
constexpr std::size_t max_package_text = 214;  // npm's limit for names

outcome<std::string> text_field(const value& from, std::string_view name, const std::string& where) {
  const value* field = from.find(name);
  if (field == nullptr || !field->is_string())
    return push_failure("InvalidConfig", where + " needs a text field `" + std::string(name) + "`.");
  return field->as_string();
}

bool flag(const value& body, std::string_view name) {
  const value* field = body.find(name);
  const bool* set = field != nullptr ? field->if_bool() : nullptr;
  return set != nullptr && *set;
}

bool is_segment(std::string_view segment) {
  if (segment.empty() || segment.size() > max_segment) return false;
  const auto allowed = [](unsigned char c) { return std::isalnum(c) != 0 || c == '_' || c == '.'; };
  const auto alphanumeric = [](unsigned char c) { return std::isalnum(c) != 0; };
  return std::all_of(segment.begin(), segment.end(), allowed) &&
         std::any_of(segment.begin(), segment.end(), alphanumeric);
}

/// "dir/file.js"; the extension may be absent in what old versions of the CLI send.
outcome<std::string> module_path(std::string path) {
  bool good = path.size() <= 1024;
  std::string_view rest = path;
  while (good) {
    const std::size_t slash = rest.find('/');
    good = is_segment(rest.substr(0, slash));
    if (slash == std::string_view::npos) break;
    rest.remove_prefix(slash + 1);
  }
  const std::string_view file = std::string_view(path).substr(path.rfind('/') + 1);
  const std::size_t dot = file.rfind('.');
  if (good && dot == std::string_view::npos)
    path += ".js";
  else if (good)
    good = file.substr(dot) == ".js";
  if (!good)
    return push_failure("InvalidModulePath",
                        "\"" + path +
                            "\" is not a valid path of a module. Use letters, digits, underscores and dots, "
                            "at most 64 in each part, and the extension .js.");
  return path;
}

bool is_node(const value& module, const std::string& path) {
  const value* environment = module.find("environment");
  if (environment == nullptr || !environment->is_string()) return path.rfind("actions/", 0) == 0;
  return environment->as_string() == "node";
}

outcome<runtime::module_source> read_module(const value& from, const std::string& where) {
  auto path = text_field(from, "path", where);
  if (!path) return path.error();
  auto checked = module_path(*path);
  if (!checked) return checked.error();
  auto source = text_field(from, "source", "Module \"" + *path + "\"");
  if (!source) return source.error();

  runtime::module_source module;
  module.path = *std::move(checked);
  module.source = *std::move(source);
  if (const value* map = from.find("sourceMap"); map != nullptr && map->is_string())
    module.source_map = map->as_string();
  module.node = is_node(from, module.path);
  module.sha256 = sha256_hex(module.source, module.source_map.value_or(""));
  return module;
}

outcome<std::optional<runtime::module_source>> optional_module(const value& from, std::string_view name) {
  const value* field = from.find(name);
  if (field == nullptr || field->is_null()) return std::optional<runtime::module_source>{};
  auto module = read_module(*field, "The " + std::string(name));
  if (!module) return module.error();
  return std::optional<runtime::module_source>(*std::move(module));
}

/// The array `name`, or an empty one where it is absent.
outcome<array> list_field(const value& from, std::string_view name) {
  const value* field = from.find(name);
  if (field == nullptr || field->is_null()) return array{};
  if (!field->is_array()) return push_failure("InvalidConfig", "`" + std::string(name) + "` must be an array.");
  if (field->as_array().size() > max_modules)
    return push_failure("InvalidModules", "A deployment can have at most " + std::to_string(max_modules) + " modules.");
  return field->as_array();
}

/// Files that the CLI never bundles for Node.js, because their meaning is for the backend itself.
outcome<void> check_environment(const runtime::module_source& module) {
  for (const std::string_view path : {"http.js", "crons.js", "schema.js", "auth.config.js"})
    if (module.node && module.path == path)
      return push_failure("InvalidModules", "\"use node\" directive is not allowed in " + module.path + ".");
  return {};
}

/// As npm has it: "name" or "@scope/name" of letters, digits, '-', '_', '.' and '~', not starting with '.' or '_'.
bool is_package_name(std::string_view name) {
  if (name.size() > max_package_text) return false;
  if (name.starts_with('@')) {
    const std::size_t slash = name.find('/');
    if (slash == std::string_view::npos || slash == 1) return false;
    const bool scoped =
        is_package_name(name.substr(1, slash - 1)) && name.find('/', slash + 1) == std::string_view::npos;
    return scoped && is_package_name(name.substr(slash + 1));
  }
  const auto allowed = [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.' || c == '~';
  };
  return !name.empty() && name.front() != '.' && name.front() != '_' && std::all_of(name.begin(), name.end(), allowed);
}

/// "1.2.3-beta.1+build": what a package.json can have as its version, and never a range, a tag, an address or a path.
bool is_package_version(std::string_view version) {
  const auto allowed = [](unsigned char c) { return std::isalnum(c) != 0 || c == '.' || c == '-' || c == '+'; };
  return !version.empty() && version.size() <= max_package_text &&
         std::isdigit(static_cast<unsigned char>(version[0])) && std::all_of(version.begin(), version.end(), allowed);
}

outcome<std::vector<runtime::npm_package>> read_packages(const value& body) {
  auto listed = list_field(body, "nodeDependencies");
  if (!listed) return listed.error();
  std::vector<runtime::npm_package> packages;
  for (const value& item : *listed) {
    auto name = text_field(item, "name", "Each of `nodeDependencies`");
    if (!name) return name.error();
    auto version = text_field(item, "version", "Package \"" + *name + "\"");
    if (!version) return version.error();
    if (!is_package_name(*name) || !is_package_version(*version))
      return push_failure("InvalidExternalModules", "\"" + *name + "\" in version \"" + *version +
                                                        "\" cannot be taken from the npm registry. Remove it from "
                                                        "node.externalPackages in convex.json, so that it is bundled.");
    packages.push_back({*std::move(name), *std::move(version)});
  }
  std::sort(packages.begin(), packages.end());
  const auto same_name = [](const auto& a, const auto& b) { return a.name == b.name; };
  if (const auto twice = std::adjacent_find(packages.begin(), packages.end(), same_name); twice != packages.end())
    return push_failure("InvalidExternalModules", "The package \"" + twice->name + "\" is listed twice.");
  return packages;
}

/// The CLI passes on what convex.json says.
outcome<std::optional<std::string>> read_node_version(const value& body) {
  const value* field = body.find("nodeVersion");
  if (field == nullptr || field->is_null()) return std::optional<std::string>{};
  if (!field->is_string()) return push_failure("InvalidConfig", "`nodeVersion` must be a string.");
  const std::string& version = field->as_string();
  for (const char* supported : {"20", "22", "24"})
    if (version == supported) return std::optional<std::string>(version);
  if (version == "18")
    return push_failure("NodeVersionNotSupported",
                        "Node 18 is no longer supported. Set node.nodeVersion in convex.json to \"20\", \"22\" or "
                        "\"24\", or remove it.");
  return push_failure("NodeVersionNotSupported", "\"" + version +
                                                     "\" is no version of Node.js that can be asked for. Set "
                                                     "node.nodeVersion in convex.json to \"20\", \"22\" or \"24\", or "
                                                     "remove it.");
}

/// The deployment is no longer what the CLI has seen a moment ago.
failure stale(std::string code, const std::string& message) {
  failure f = push_failure(std::move(code), message);
  f.status = 409;
  return f;
}

outcome<void> read_app_modules(const value& app, push_request& push) {
  auto changed = list_field(app, app.find("changedModules") != nullptr ? "changedModules" : "functions");
  if (!changed) return changed.error();
  for (const value& item : *changed) {
    auto module = read_module(item, "Each of the changed modules");
    if (!module) return module.error();
    if (auto checked = check_environment(*module); !checked) return checked.error();
    push.changed.push_back(*std::move(module));
  }
  auto unchanged = list_field(app, "unchangedModuleHashes");
  if (!unchanged) return unchanged.error();
  for (const value& item : *unchanged) {
    auto path = text_field(item, "path", "Each of the unchanged modules");
    if (!path) return path.error();
    auto checked = module_path(*path);
    if (!checked) return checked.error();
    auto hash = text_field(item, "sha256", "Unchanged module \"" + *path + "\"");
    if (!hash) return hash.error();
    push.unchanged.push_back({*std::move(checked), is_node(item, *path), *std::move(hash)});
  }
  return {};
}

outcome<void> refuse_components(const value& body) {
  auto components = list_field(body, "componentDefinitions");
  if (!components) return components.error();
  if (components->empty()) return {};
  const value* path = components->front().find("definitionPath");
  const std::string name = path != nullptr && path->is_string() ? path->as_string() : "(without a path)";
  return push_failure("ComponentsNotSupported", "The app uses the component \"" + name +
                                                    "\". This version of hull-backend runs the root app only; "
                                                    "remove the component from convex.config.ts.");
}

}  // namespace

failure push_failure(std::string code, const std::string& message) {
  return bad_request(std::move(code), "Hit an error while pushing:\n" + message);
}

failure push_failure(const failure& cause, std::string code) {
  if (!cause.deterministic()) return cause;
  failure wrapped = push_failure(std::move(code), cause.message);
  wrapped.data = cause.data;
  wrapped.status = cause.status;
  return wrapped;
}

outcome<push_request> parse_push(const value& body) {
  const value* app = body.find("appDefinition");
  if (app == nullptr || !app->is_object())
    return push_failure("InvalidConfig", "The request has no object `appDefinition`.");

  push_request push;
  push.dry_run = flag(body, "dryRun");
  push.for_codegen = flag(body, "forCodegen");
  if (const value* functions = body.find("functions"); functions != nullptr && functions->is_string())
    push.functions_directory = functions->as_string();
  auto version = text_field(*app, "udfServerVersion", "The app definition");
  if (!version) return version.error();
  push.server_version = *std::move(version);

  if (auto refused = refuse_components(body); !refused) return refused.error();
  auto packages = read_packages(body);
  if (!packages) return packages.error();
  push.packages = *std::move(packages);
  auto node_version = read_node_version(body);
  if (!node_version) return node_version.error();
  push.node_version = *std::move(node_version);
  auto definition = optional_module(*app, "definition");
  if (!definition) return definition.error();
  push.definition = *std::move(definition);
  auto schema = optional_module(*app, "schema");
  if (!schema) return schema.error();
  push.schema = *std::move(schema);
  if (auto read = read_app_modules(*app, push); !read) return read.error();
  return push;
}

outcome<module_map> assemble_modules(const push_request& push, const module_map& deployed) {
  module_map all;
  for (const runtime::module_source& module : push.changed) {
    if (!all.emplace(module.path, module).second)
      return push_failure("CanonicalizationConflict", "Two modules have the path \"" + module.path + "\".");
  }
  for (const unchanged_module& wanted : push.unchanged) {
    const auto existing = deployed.find(wanted.path);
    if (existing == deployed.end())
      return stale("MissingExistingModule",
                   "The deployment has no module \"" + wanted.path + "\", which the CLI did not send. Deploy again.");
    if (existing->second.sha256 != wanted.sha256)
      return stale("ExistingModuleHashConflict", "The deployment has another version of the module \"" + wanted.path +
                                                     "\" than the CLI expected. Deploy again.");
    if (existing->second.node != wanted.node)
      return stale("ExistingModuleEnvConflict", "The deployment runs the module \"" + wanted.path +
                                                    "\" in another environment than the CLI expected. Deploy again.");
    if (!all.emplace(wanted.path, existing->second).second)
      return push_failure("CanonicalizationConflict", "Two modules have the path \"" + wanted.path + "\".");
  }
  if (all.size() > max_modules)
    return push_failure("InvalidModules", "A deployment can have at most " + std::to_string(max_modules) + " modules.");
  return all;
}

}  // namespace hull::backend::deploy
