// Reads and applies the declarations of environment variables.
#include "functions/declared_environment.hpp"

#include "common/fields.hpp"
#include "common/variable_name.hpp"

#include <hull/value/json.hpp>

#include <algorithm>
#include <set>
#include <utility>

namespace hull::backend::functions {
namespace {

using database::validator;

bool is_text_like(const validator& v) {
  if (v.what == validator::type::union_)
    return std::all_of(v.parts.begin(), v.parts.end(), [](const auto& part) { return is_text_like(*part); });
  return v.what == validator::type::string || (v.what == validator::type::literal && v.literal.is_string());
}

/// For validators that are text-like.
bool fits(const validator& v, const std::string& text) {
  if (v.what == validator::type::union_)
    return std::any_of(v.parts.begin(), v.parts.end(), [&](const auto& part) { return fits(*part, text); });
  return v.what == validator::type::string || v.literal.as_string() == text;
}

failure bad_declaration(const std::string& message) { return bad_request("InvalidEnvVarDeclaration", message); }

/// [NAME, {"type": "value", "value": "<validator as JSON text>", "optional"?: true}]
outcome<declared_environment::value_type> read_declaration(const value& pair) {
  const bool whole = pair.is_array() && pair.as_array().size() == 2 && pair.as_array()[0].is_string();
  if (!whole) return bad_declaration("An env var of the app is not declared as a name with a validator.");
  const std::string& name = pair.as_array()[0].as_string();
  const value& given = pair.as_array()[1];
  if (!is_variable_name(name))
    return bad_declaration("Env var `" + name +
                           "` on the app has a name that cannot be set: use letters, digits and underscores, and do "
                           "not start with a digit.");
  const auto json = read_json(text_of(given, "value"), {.limits = {}, .any_names = true, .plain = false});
  if (!json) return bad_declaration("Env var `" + name + "` on the app has no validator.");
  auto what = database::parse_validator(*json);
  if (!what)
    return bad_declaration("Env var `" + name + "` on the app has an invalid validator: " + what.error().message);
  if (!is_text_like(*what))
    return bad_declaration("Env var `" + name +
                           "` on the app has a non-string validator. Env vars must be declared with `v.string()`, "
                           "`v.literal(\"...\")`, or a union of those.");
  const value* optional = given.find("optional");
  const bool is_optional = optional != nullptr && optional->if_bool() != nullptr && optional->as_bool();
  return declared_environment::value_type(name, {*std::move(what), is_optional});
}

/// Without the value: it may be a secret, and the caller knows it.
failure unfit(const std::string& name, const validator& what) {
  return bad_request(
      "InvalidEnvironmentVariable",
      "Environment variable " + name + " does not match its declared validator: it must be " + to_string(what) + ".");
}

std::string listed(const std::set<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out += (out.empty() ? "" : ", ") + name;
  return out;
}

}  // namespace

outcome<declared_environment> declared_in(const value& definition) {
  declared_environment declared;
  const value* list = definition.find("envVars");
  if (list == nullptr || list->is_null()) return declared;
  if (!list->is_array()) return bad_declaration("The env vars of the app are no list.");
  for (const value& pair : list->as_array()) {
    auto one = read_declaration(pair);
    if (!one) return one.error();
    declared.insert(*std::move(one));
  }
  return declared;
}

outcome<void> check_variables(const declared_environment& declared, const environment_map& variables) {
  std::set<std::string> missing;
  for (const auto& [name, variable] : declared)
    if (!variable.optional && variables.count(name) == 0) missing.insert(name);
  if (!missing.empty())
    // The CLI reads the names out of this very sentence.
    return bad_request("MissingEnvironmentVariables", "Required environment variables are not set: " + listed(missing) +
                                                          ". Set them in the Convex dashboard or CLI before pushing.");
  for (const auto& [name, variable] : declared)
    if (const auto set = variables.find(name); set != variables.end() && !fits(variable.what, set->second))
      return unfit(name, variable.what);
  return {};
}

outcome<void> check_changes(const declared_environment& declared, const environment_changes& changes) {
  std::set<std::string> gone;
  for (const auto& [name, text] : changes) {
    const auto variable = declared.find(name);
    if (variable == declared.end()) continue;
    if (text) {
      if (!fits(variable->second.what, *text)) return unfit(name, variable->second.what);
      gone.erase(name);
    } else if (!variable->second.optional) {
      gone.insert(name);
    }
  }
  if (gone.empty()) return {};
  return bad_request("RequiredEnvironmentVariable", "Cannot delete required environment variables: " + listed(gone) +
                                                        ". These are declared as required in the app definition.");
}

}  // namespace hull::backend::functions
