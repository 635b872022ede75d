// From the query expression of the `convex` package to a plan.
#include "database/query_plan.hpp"

#include "database/virtual_tables.hpp"

#include <hull/value/json.hpp>

#include <openssl/evp.h>

#include <algorithm>
#include <cmath>

namespace hull::backend::database {
namespace {

constexpr std::size_t max_operators = 256;
constexpr std::string_view by_creation_time = "by_creation_time";

failure wrong(std::string text) { return bad_request("InvalidQuery", "Invalid query: " + std::move(text)); }

const std::string* string_at(const value& json, std::string_view name) {
  const value* found = json.find(name);
  return found ? found->if_string() : nullptr;
}

struct comparison {
  enum class kind { eq, gt, gte, lt, lte } what;
  field_path path;
  maybe_value operand;

  bool is_lower() const { return what == kind::gt || what == kind::gte; }
  bool is_upper() const { return what == kind::lt || what == kind::lte; }
};

outcome<comparison> read_comparison(const value& json) {
  const std::string* type = string_at(json, "type");
  const std::string* path = string_at(json, "fieldPath");
  const value* operand = json.find("value");
  if (!type || !path) return wrong("a range expression lacks its type or its field");
  comparison out{};
  using k = comparison::kind;
  if (*type == "Eq")
    out.what = k::eq;
  else if (*type == "Gt")
    out.what = k::gt;
  else if (*type == "Gte")
    out.what = k::gte;
  else if (*type == "Lt")
    out.what = k::lt;
  else if (*type == "Lte")
    out.what = k::lte;
  else
    return wrong("unknown range expression " + *type);
  out.path = parse_field_path(*path);
  const bool undefined =
      !operand || (operand->is_object() && operand->as_object().size() == 1 && operand->find("$undefined"));
  if (!undefined) out.operand = *operand;
  return out;
}

std::string list_of(const std::vector<field_path>& fields) {
  std::string out = "[";
  for (const field_path& f : fields) out += (out.size() > 1 ? ", \"" : "\"") + to_string(f) + "\"";
  return out + "]";
}

std::string list_of(const std::vector<comparison>& all) {
  std::vector<field_path> fields;
  for (const comparison& c : all) fields.push_back(c.path);
  return list_of(fields);
}

/// The comparisons of one range, sorted by what they do.
struct range_parts {
  std::vector<comparison> equal;
  std::optional<comparison> lower, upper;
};

outcome<range_parts> sort_out(const std::vector<comparison>& all, const std::vector<field_path>& fields,
                              const std::string& index) {
  range_parts out;
  for (const comparison& c : all) {
    if (std::find(fields.begin(), fields.end(), c.path) == fields.end())
      return bad_request("FieldNotInIndex", "The index range included a comparison with \"" + to_string(c.path) +
                                                "\", but " + index + " with fields " + list_of(fields) +
                                                " doesn't index this field. For more information see "
                                                "https://docs.convex.dev/using/indexes.");
    if (!c.is_lower() && !c.is_upper()) {
      for (const comparison& other : out.equal)
        if (other.path == c.path)
          return bad_request("DuplicateField",
                             "The index range compares \"" + to_string(c.path) + "\" for equality more than once.");
      out.equal.push_back(c);
      continue;
    }
    std::optional<comparison>& bound = c.is_lower() ? out.lower : out.upper;
    const std::string side = c.is_lower() ? "lower" : "upper";
    if (bound)
      return bad_request("AlreadyDefinedBound", "Already defined " + side + " bound in index range. Can't add \"" +
                                                    to_string(c.path) + "\" as another " + side + " bound.");
    bound = c;
  }
  if (out.lower && out.upper && out.lower->path != out.upper->path)
    return bad_request("BoundsOnMultipleFields",
                       "Upper and lower bounds in `range` can only be applied to a single index field. This query "
                       "against index " +
                           index + " attempted to set a range bound on both \"" + to_string(out.lower->path) +
                           "\" and \"" + to_string(out.upper->path) + "\". Consider using `filter` instead.");
  return out;
}

outcome<interval> range_of(const std::vector<comparison>& all, const index_info& index, const std::string& name) {
  std::vector<field_path> fields = index.fields;
  fields.push_back({"_id"});
  auto parts = sort_out(all, fields, name);
  if (!parts) return parts.error();
  const auto out_of_order = [&] {
    return bad_request("InvalidIndexRange", "Tried to query index " + name +
                                                " but the query didn't use the index fields in order.\nIndex fields: " +
                                                list_of(fields) + "\nQuery fields: " + list_of(all) +
                                                "\nFirst incorrect field is not the next one of the index. For more "
                                                "information see https://docs.convex.dev/using/indexes.");
  };
  // Equalities may come in any textual order, but must be the first fields of the index.
  std::string prefix;
  for (std::size_t i = 0; i < parts->equal.size(); ++i) {
    const auto match = std::find_if(parts->equal.begin(), parts->equal.end(),
                                    [&](const comparison& c) { return c.path == fields[i]; });
    if (match == parts->equal.end()) return out_of_order();
    append_key(prefix, match->operand);
  }
  const comparison* bound = parts->lower ? &*parts->lower : parts->upper ? &*parts->upper : nullptr;
  if (bound && (parts->equal.size() >= fields.size() || bound->path != fields[parts->equal.size()]))
    return out_of_order();

  const bool complete = parts->equal.size() == fields.size();
  interval out{prefix, std::nullopt};
  if (!prefix.empty()) out.end = complete ? prefix + '\0' : behind_values(prefix);
  if (const auto& lower = parts->lower) {
    std::string key = prefix + key_of(lower->operand);
    if (lower->what == comparison::kind::gt) key = behind_values(std::move(key));
    out.start = std::move(key);
  }
  if (const auto& upper = parts->upper) {
    std::string key = prefix + key_of(upper->operand);
    out.end = upper->what == comparison::kind::lte ? behind_values(std::move(key)) : std::move(key);
  }
  return out;
}

outcome<void> read_operators(const value& query, query_plan& plan) {
  const value* operators = query.find("operators");
  if (!operators) return {};
  if (!operators->is_array()) return wrong("`operators` is no array");
  if (operators->as_array().size() > max_operators)
    return bad_request("TooManyOperators",
                       "Query has too many operators: " + std::to_string(operators->as_array().size()) + " > maximum " +
                           std::to_string(max_operators));
  for (const value& o : operators->as_array()) {
    if (const value* filter = o.find("filter")) {
      auto parsed = expression::parse(*filter);
      if (!parsed) return parsed.error();
      plan.operators.emplace_back(*std::move(parsed));
    } else if (const value* limit = o.find("limit")) {
      const double* n = limit->if_double();
      if (!n || !(*n >= 0) || *n > 4294967295.0 || std::floor(*n) != *n)
        return bad_request("InvalidArgument", "Invalid query: a limit must be a non-negative integer");
      plan.operators.emplace_back(static_cast<std::uint64_t>(*n));
    } else {
      return wrong("unknown operator " + write_json(o));
    }
  }
  return {};
}

failure index_problem(const index_info* index, const std::string& name) {
  if (!index) return bad_request("IndexNotFoundError", "Index " + name + " not found.");
  if (!index->is_database())
    return bad_request("IndexNotADatabaseIndex",
                       "Index " + name +
                           " is not a database index: text and vector search are not supported by this "
                           "backend yet.");
  if (index->staged)
    return bad_request("IndexStagedError",
                       "Index " + name + " is currently staged and not available to query until it is enabled.");
  return bad_request("IndexBackfillingError",
                     "Index " + name + " is currently backfilling and not available to query yet.");
}

}  // namespace

outcome<bool> may_access(access who, std::string_view table_name) {
  const bool system = table_name.starts_with('_');
  if (who == access::backend) return true;
  if (who == access::user_system && !system)
    return bad_request("SystemTableError", "User tables cannot be accessed with db.system.");
  if (!system) return true;
  const bool visible = physical_table(table_name).has_value();
  if (who == access::user && visible)
    return bad_request("SystemTableError", "System tables can only be accessed with db.system.");
  return visible;
}

outcome<query_plan> plan_query(access who, const value& query, const catalog& tables) {
  const value* source = query.find("source");
  const std::string* type = source ? string_at(*source, "type") : nullptr;
  if (!type) return wrong("there is no source");

  query_plan plan;
  std::string index_name;
  if (*type == "FullTableScan") {
    const std::string* table = string_at(*source, "tableName");
    if (!table) return wrong("there is no table name");
    plan.table_name = *table;
    index_name = by_creation_time;
  } else if (*type == "IndexRange" || *type == "Search") {
    const std::string* name = string_at(*source, "indexName");
    const std::size_t dot = name ? name->find('.') : std::string::npos;
    if (dot == std::string::npos) return wrong("the index name is not of the form \"table.index\"");
    plan.table_name = name->substr(0, dot);
    index_name = name->substr(dot + 1);
  } else {
    return wrong("unknown source " + *type);
  }
  if (const value* order = source->find("order"); order && !order->is_null()) {
    const std::string* text = order->if_string();
    if (!text || (*text != "asc" && *text != "desc")) return wrong("the order must be \"asc\" or \"desc\"");
    plan.descending = *text == "desc";
  }
  auto visible = may_access(who, plan.table_name);
  if (!visible) return visible.error();

  std::vector<comparison> comparisons;
  if (const value* range = source->find("range"); range && range->is_array()) {
    for (const value& json : range->as_array()) {
      auto c = read_comparison(json);
      if (!c) return c.error();
      comparisons.push_back(*std::move(c));
    }
  }
  if (auto done = read_operators(query, plan); !done) return done.error();

  const std::string full_name = plan.table_name + "." + index_name;
  if (*type == "Search")
    return bad_request("SearchNotSupported",
                       "Cannot use search index " + full_name + ": text search is not supported by this backend yet.");
  const auto physical = physical_table(plan.table_name);
  if (physical) plan.view = plan.table_name;
  const table_info* table = *visible ? tables.find_table(physical.value_or(plan.table_name)) : nullptr;
  const bool implicit = index_name == by_creation_time || index_name == "by_id";
  if (physical && !implicit && who != access::backend) return index_problem(nullptr, full_name);

  index_info absent;
  if (index_name == by_creation_time) absent.fields = {{"_creationTime"}};
  const index_info* index = table ? table->find_index(index_name) : implicit ? &absent : nullptr;
  if (!index || !index->is_database() || index->where != index_info::state::enabled)
    return index_problem(index, full_name);

  auto range = range_of(comparisons, *index, full_name);
  if (!range) return range.error();
  plan.range = *std::move(range);
  if (table) {
    plan.index = *index;
    plan.system = table->is_system();
  }
  return plan;
}

std::string fingerprint_of(const value& query, const query_plan& plan) {
  std::string text = write_json(query);
  if (plan.index) text += std::to_string(plan.index->number) + list_of(plan.index->fields);
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  EVP_Digest(text.data(), text.size(), digest, &size, EVP_sha256(), nullptr);
  return std::string(reinterpret_cast<const char*>(digest), 16);
}

}  // namespace hull::backend::database
