// System queries: tables and their contents, environment variables, the functions that are deployed.
#include "functions/system_queries.hpp"

#include "common/random.hpp"
#include "functions/environment.hpp"

#include <hull/value/json.hpp>

#include <algorithm>
#include <cmath>
#include <utility>

namespace hull::backend::functions {
namespace {

using database::access;
using database::transaction;

/// One question: what it may look at, and the argument object.
struct question {
  const services& shared;
  const deployment& deployed;
  transaction& tx;
  value args;
};

std::optional<std::string> text_argument(const question& q, std::string_view name) {
  const value* field = q.args.find(name);
  if (field == nullptr || !field->is_string()) return std::nullopt;
  return field->as_string();
}

failure missing_argument(std::string_view name) {
  return bad_request("InvalidArguments", "The system query needs the text argument `" + std::string(name) + "`.");
}

access access_to(const std::string& table) { return table.rfind('_', 0) == 0 ? access::user_system : access::user; }

value table_scan(const std::string& table, const std::string& order) {
  return value::make_object(
      {{"source", value::make_object({{"type", "FullTableScan"}, {"tableName", table}, {"order", order}})},
       {"operators", array{}}});
}

outcome<value> tables(question& q) {
  auto rows = q.tx.lookup("_tables", "by_name", {});
  if (!rows) return rows.error();
  array page;
  for (const value& row : *rows) {
    const value* name = row.find("name");
    const value* state = row.find("state");
    const bool active = state == nullptr || *state == value("active");
    if (active && name != nullptr && name->is_string() && name->as_string().rfind('_', 0) != 0)
      page.push_back(value::make_object({{"name", *name}}));
  }
  return value::make_object({{"page", std::move(page)}, {"isDone", true}, {"continueCursor", "end"}});
}

outcome<value> table_data(question& q) {
  const auto table = text_argument(q, "table");
  if (!table) return missing_argument("table");
  const value* options = q.args.find("paginationOpts");
  const value* items = options != nullptr ? options->find("numItems") : nullptr;
  const value* cursor = options != nullptr ? options->find("cursor") : nullptr;
  database::page_request page;
  if (items != nullptr && items->if_double() != nullptr)
    page.page_size = static_cast<std::uint32_t>(std::clamp(items->as_double(), 0.0, 32'000.0));
  if (cursor != nullptr && cursor->is_string()) page.cursor = cursor->as_string();
  auto result =
      q.tx.paginate(access_to(*table), table_scan(*table, text_argument(q, "order").value_or("asc")), page, {});
  if (!result) return result.error();
  return value::make_object({{"page", array(std::move(result->page))},
                             {"isDone", result->is_done},
                             {"continueCursor", result->continue_cursor}});
}

outcome<value> table_size(question& q) {
  const auto table = text_argument(q, "tableName");
  if (!table) return missing_argument("tableName");
  auto rows = q.tx.count(access_to(*table), *table);
  if (!rows) return rows.error();
  return value(static_cast<double>(*rows));
}

/// Differs on every run and depends on the whole table: the CLI waits for it to change.
outcome<value> query_table(question& q) {
  const auto table = text_argument(q, "tableName");
  if (!table) return missing_argument("tableName");
  if (auto rows = q.tx.count(access_to(*table), *table); !rows) return rows.error();
  return value(random_unit(q.shared.random));
}

outcome<value> all_environment_variables(question& q) {
  auto rows = q.tx.lookup("_environment_variables", "by_name", {});
  if (!rows) return rows.error();
  return value(array(*std::move(rows)));
}

outcome<value> one_environment_variable(question& q) {
  const auto name = text_argument(q, "name");
  if (!name) return missing_argument("name");
  auto found = read_environment_variable(q.tx, q.shared.options, *name);
  if (!found) return found.error();
  if (!*found) return value();
  return value::make_object({{"name", *name}, {"value", **found}});
}

value validator_json(const value& function, std::string_view name) {
  const value* text = function.find(name);
  if (text == nullptr || !text->is_string()) return value::make_object({{"type", "any"}});
  auto parsed = read_json(text->as_string(), {.limits = {}, .any_names = true, .plain = true});
  if (!parsed || parsed->is_null()) return value::make_object({{"type", "any"}});
  return *std::move(parsed);
}

outcome<value> api_spec(question& q) {
  array functions;
  const auto copy = [](const value& from, std::string_view name) {
    const value* field = from.find(name);
    return field != nullptr ? *field : value();
  };
  for (const auto& [path, module] : q.deployed.analysis) {
    for (const value& function : deploy::analysed_list(module, "functions")) {
      const value name = copy(function, "name");
      functions.push_back(value::make_object({{"identifier", path + ":" + (name.is_string() ? name.as_string() : "")},
                                              {"functionType", copy(function, "udfType")},
                                              {"visibility", copy(function, "visibility")},
                                              {"args", validator_json(function, "args")},
                                              {"returns", validator_json(function, "returns")}}));
    }
    for (const value& analysed : deploy::analysed_list(module, "httpRoutes")) {
      const value route = copy(analysed, "route");
      functions.push_back(value::make_object(
          {{"functionType", "HttpAction"}, {"method", copy(route, "method")}, {"path", copy(route, "path")}}));
    }
  }
  return value(std::move(functions));
}

outcome<value> cloud_url(question& q) { return value(q.shared.options.origin); }

struct system_query {
  std::string_view module;
  std::string_view function;
  outcome<value> (*run)(question&);
};

constexpr system_query system_queries[] = {
    {"_system/cli/tables.js", "default", tables},
    {"_system/cli/tableData.js", "default", table_data},
    {"_system/cli/tableSize.js", "default", table_size},
    {"_system/cli/queryTable.js", "default", query_table},
    {"_system/cli/queryEnvironmentVariables.js", "default", all_environment_variables},
    {"_system/cli/queryEnvironmentVariables.js", "get", one_environment_variable},
    {"_system/cli/modules.js", "apiSpec", api_spec},
    {"_system/cli/convexUrl.js", "cloudUrl", cloud_url},
};

}  // namespace

bool is_system_path(const function_path& path) { return path.module.rfind("_system/", 0) == 0; }

outcome<value> run_system_query(const services& shared, const deployment& deployed, transaction& tx,
                                const function_path& path, const value& args, const identity& who) {
  const auto known = std::find_if(std::begin(system_queries), std::end(system_queries), [&](const system_query& q) {
    return q.module == path.module && q.function == path.function;
  });
  if (!who.admin || known == std::end(system_queries))
    return bad_request("FunctionNotFound", "Could not find function for '" + path.stripped() +
                                               "'. This version of hull-backend has no such system function.");
  question q{shared, deployed, tx, object{}};
  if (args.is_array() && !args.as_array().empty()) q.args = args.as_array().front();
  return known->run(q);
}

}  // namespace hull::backend::functions
