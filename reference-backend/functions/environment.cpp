// Reads, checks and writes environment variables.
#include "functions/environment.hpp"

#include "common/fields.hpp"
#include "common/variable_name.hpp"

namespace hull::backend::functions {
namespace {

using database::access;

constexpr std::string_view table = "_environment_variables";
constexpr std::size_t max_value = 8192;
constexpr std::size_t max_variables = 512;
constexpr std::size_t max_total = 512u << 10;

outcome<void> check_change(const std::string& name, const std::optional<std::string>& text) {
  if (name.size() > max_variable_name)
    return bad_request("EnvironmentVariableNameTooLong", "The name of an environment variable can have at most " +
                                                             std::to_string(max_variable_name) + " characters.");
  if (!is_variable_name(name))
    return bad_request("EnvironmentVariableNameInvalid",
                       "\"" + name +
                           "\" is no name of an environment variable: use letters, digits and underscores, "
                           "and do not start with a digit.");
  if (name == "CONVEX_CLOUD_URL" || name == "CONVEX_SITE_URL")
    return bad_request("EnvironmentVariableNameReserved", "The environment variable " + name + " is built in.");
  if (text && text->size() > max_value)
    return bad_request("EnvironmentVariableValueTooLarge",
                       "The value of " + name + " is larger than " + std::to_string(max_value) + " bytes.");
  return {};
}

}  // namespace

std::optional<std::string> built_in_variable(const application_options& options, std::string_view name) {
  if (name == "CONVEX_CLOUD_URL") return options.origin;
  if (name == "CONVEX_SITE_URL") return options.site_origin;
  return std::nullopt;
}

environment_map with_built_in_variables(const application_options& options, environment_map variables) {
  for (const char* name : {"CONVEX_CLOUD_URL", "CONVEX_SITE_URL"})
    variables.insert_or_assign(name, *built_in_variable(options, name));
  return variables;
}

outcome<std::optional<std::string>> read_environment_variable(database::transaction& tx,
                                                              const application_options& options,
                                                              std::string_view name) {
  if (auto built_in = built_in_variable(options, name)) return built_in;
  auto rows = tx.lookup(table, "by_name", {value(name)}, 1);
  if (!rows) return rows.error();
  if (rows->empty()) return std::optional<std::string>{};
  return std::optional<std::string>(text_of(rows->front(), "value"));
}

outcome<environment_map> read_environment(database::transaction& tx) {
  auto rows = tx.lookup(table, "by_name", {});
  if (!rows) return rows.error();
  environment_map all;
  for (const value& row : *rows) all.emplace(text_of(row, "name"), text_of(row, "value"));
  return all;
}

outcome<void> apply_changes(environment_map& current, const environment_changes& changes) {
  for (const auto& [name, text] : changes) {
    if (auto checked = check_change(name, text); !checked) return checked;
    if (text)
      current[name] = *text;
    else
      current.erase(name);
  }
  std::size_t total = 0;
  for (const auto& [name, text] : current) total += name.size() + text.size();
  if (current.size() > max_variables || total > max_total)
    return bad_request("EnvVarLimitMet",
                       "A deployment can have at most 512 environment variables of 512 KiB together.");
  return {};
}

outcome<void> write_environment(database::transaction& tx, const environment_changes& changes) {
  for (const auto& [name, text] : changes) {
    auto rows = tx.lookup(table, "by_name", {value(name)}, 1);
    if (!rows) return rows.error();
    for (const value& row : *rows) {
      if (text && text_of(row, "value") == *text) continue;
      auto removed = tx.remove(access::backend, text_of(row, "_id"), std::nullopt);
      if (!removed) return removed.error();
    }
    const bool unchanged = !rows->empty() && text && text_of(rows->front(), "value") == *text;
    if (!text || unchanged) continue;
    auto inserted = tx.insert(access::backend, table, value::make_object({{"name", name}, {"value", *text}}));
    if (!inserted) return inserted.error();
  }
  return {};
}

}  // namespace hull::backend::functions
