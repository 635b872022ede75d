// Bodies of schema.hpp.
#include "database/schema.hpp"

#include "database/document.hpp"

#include <algorithm>
#include <set>

namespace hull::backend::database {
namespace {

constexpr std::size_t max_indexes = 64;
constexpr std::size_t max_index_fields = 16;  // With the creation time that is added.

failure wrong(std::string code, std::string text) { return bad_request(std::move(code), std::move(text)); }

const std::string* string_at(const value& json, std::string_view name) {
  const value* found = json.find(name);
  return found ? found->if_string() : nullptr;
}

outcome<std::vector<std::string>> strings_at(const value& json, std::string_view name, const std::string& where) {
  std::vector<std::string> out;
  const value* found = json.find(name);
  if (!found) return out;
  if (!found->is_array()) return wrong("InvalidSchema", where + ": `" + std::string(name) + "` is no array");
  for (const value& item : found->as_array()) {
    if (!item.is_string()) return wrong("InvalidSchema", where + ": `" + std::string(name) + "` holds a non-string");
    out.push_back(item.as_string());
  }
  return out;
}

value string_array(const std::vector<std::string>& items) {
  array out;
  for (const std::string& item : items) out.emplace_back(item);
  return value(std::move(out));
}

outcome<value> database_specification(const value& json, const std::string& where) {
  auto fields = strings_at(json, "fields", where);
  if (!fields) return fields.error();
  if (fields->empty()) return wrong("EmptyIndex", "In " + where + ": an index must have at least one field.");
  for (const std::string& field : *fields) {
    if (field == "_creationTime")
      return wrong("IndexFieldsContainCreationTime",
                   "In " + where +
                       ": `_creationTime` is automatically added to the end of each index so you don't need "
                       "to specify it explicitly in the index definition.");
    if (field == "_id") return wrong("IndexFieldsContainId", "In " + where + ": `_id` cannot be an index field.");
    for (std::size_t start = 0; start <= field.size();) {
      const std::size_t end = std::min(field.find('.', start), field.size());
      const std::string_view part = std::string_view(field).substr(start, end - start);
      if (start == 0 && part.starts_with('_'))
        return wrong("IndexFieldNameReserved",
                     "In " + where + ": index field `" + field + "` starts with an underscore, which is reserved.");
      if (!is_identifier(part))
        return wrong("InvalidIndexField", "In " + where + ": `" + field + "` is not a valid field path.");
      start = end + 1;
    }
  }
  if (std::set<std::string>(fields->begin(), fields->end()).size() != fields->size())
    return wrong("FieldsNotUniqueWithinIndex", "In " + where + ": a field occurs more than once.");
  fields->push_back("_creationTime");
  if (fields->size() > max_index_fields)
    return wrong("TooManyFieldsInIndex",
                 "In " + where + ": an index has at most " + std::to_string(max_index_fields - 1) + " fields.");
  return value::make_object({{"type", "database"}, {"fields", string_array(*fields)}});
}

outcome<value> search_specification(const value& json, const std::string& where) {
  const std::string* field = string_at(json, "searchField");
  if (!field) return wrong("InvalidSchema", where + ": a search index has no `searchField`");
  auto filters = strings_at(json, "filterFields", where);
  if (!filters) return filters.error();
  return value::make_object({{"type", "search"}, {"searchField", *field}, {"filterFields", string_array(*filters)}});
}

outcome<value> vector_specification(const value& json, const std::string& where) {
  const std::string* field = string_at(json, "vectorField");
  const value* dimensions = json.find("dimensions") ? json.find("dimensions") : json.find("dimension");
  if (!field || !dimensions || !dimensions->if_double())
    return wrong("InvalidSchema", where + ": a vector index has no `vectorField` or no `dimensions`");
  auto filters = strings_at(json, "filterFields", where);
  if (!filters) return filters.error();
  return value::make_object({{"type", "vector"},
                             {"vectorField", *field},
                             {"dimensions", *dimensions},
                             {"filterFields", string_array(*filters)}});
}

using read_specification = outcome<value> (*)(const value&, const std::string&);

outcome<void> read_indexes(const value& table, std::string_view key, bool staged, read_specification read,
                           const std::string& table_name, schema_table& out) {
  const value* list = table.find(key);
  if (!list || list->is_null()) return {};
  if (!list->is_array())
    return wrong("InvalidSchema", "table " + table_name + ": `" + std::string(key) + "` is no array");
  for (const value& json : list->as_array()) {
    const std::string* name = string_at(json, "indexDescriptor");
    if (!name) return wrong("InvalidSchema", "table " + table_name + ": an index has no name");
    const std::string where = "index \"" + *name + "\" of table \"" + table_name + "\"";
    if (*name == "by_id" || *name == "by_creation_time" || name->starts_with('_') || !is_identifier(*name))
      return wrong("InvalidIndexName",
                   "In table \"" + table_name + "\" the index name \"" + *name + "\" is invalid or reserved.");
    auto specification = read(json, where);
    if (!specification) return specification.error();
    for (const schema_index& other : out.indexes) {
      if (other.name == *name)
        return wrong("IndexNameNotUnique", "Table \"" + table_name + "\" has two indexes named \"" + *name + "\".");
      if (other.specification == *specification)
        return wrong("IndexNotUnique", "In table \"" + table_name + "\" the index \"" + *name +
                                           "\" has the same fields as the index \"" + other.name + "\".");
    }
    out.indexes.push_back({*name, *std::move(specification), staged});
  }
  if (out.indexes.size() > max_indexes)
    return wrong("TooManyIndexes", "Table \"" + table_name + "\" has " + std::to_string(out.indexes.size()) +
                                       " indexes; the limit is " + std::to_string(max_indexes) + ".");
  return {};
}

/// System fields are the backend's business: a declaration of them is dropped, as they are from the document.
std::shared_ptr<const validator> without_system_fields(validator v) {
  std::erase_if(v.fields, [](const auto& field) { return field.first.starts_with('_'); });
  for (auto& part : v.parts) part = without_system_fields(*part);
  return std::make_shared<const validator>(std::move(v));
}

bool is_document_type(const validator& v) {
  if (v.what == validator::type::object || v.what == validator::type::any) return true;
  return v.what == validator::type::union_ && std::all_of(v.parts.begin(), v.parts.end(), [](const auto& p) {
           return p->what == validator::type::object || is_document_type(*p);
         });
}

outcome<std::shared_ptr<const validator>> read_document_type(const value& table, const std::string& name) {
  const value* json = table.find("documentType");
  if (!json || json->is_null()) return std::shared_ptr<const validator>();
  auto parsed = parse_validator(*json);
  if (!parsed) return parsed.error();
  if (!is_document_type(*parsed))
    return wrong("InvalidTopLevelTypeInSchemaError", "The document validator of table \"" + name +
                                                         "\" must be an object, a union of objects, or any; it is " +
                                                         to_string(*parsed) + ".");
  return without_system_fields(*std::move(parsed));
}

/// Every document has `_id` and `_creationTime`, whatever its table declares.
bool is_system_field(std::string_view path) { return path == "_id" || path == "_creationTime"; }

using accepts = bool (*)(const validator& at_the_end);

/// True when some value that fits `v` has something at `path` ("a.b"), and `fits` what that is.
bool can_have(const validator& v, std::string_view path, accepts fits) {
  using type = validator::type;
  if (v.what == type::any) return true;
  if (v.what == type::union_)
    return std::any_of(v.parts.begin(), v.parts.end(), [&](const auto& p) { return can_have(*p, path, fits); });
  if (path.empty()) return fits(v);
  const std::size_t dot = path.find('.');
  const std::string_view rest = dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1);
  if (v.what == type::record) return can_have(*v.parts[1], rest, fits);
  if (v.what != type::object) return false;
  const auto field = v.fields.find(path.substr(0, dot));
  return field != v.fields.end() && can_have(*field->second.what, rest, fits);
}

bool can_be_anything(const validator&) { return true; }

bool can_be_number(const validator& v) {
  using type = validator::type;
  if (v.what == type::union_)
    return std::any_of(v.parts.begin(), v.parts.end(), [](const auto& p) { return can_be_number(*p); });
  return v.what == type::any || v.what == type::number || (v.what == type::literal && v.literal.if_double());
}

bool can_be_vector(const validator& v) { return v.what == validator::type::array && can_be_number(*v.parts[0]); }

bool can_be_text(const validator& v) {
  using type = validator::type;
  return v.what == type::string || v.what == type::id || (v.what == type::literal && v.literal.is_string());
}

outcome<void> check_index(const std::string& table, const validator& document, const schema_index& index) {
  const auto refuse = [&](const char* kind, std::string_view field, const char* why) {
    return wrong("SchemaDefinitionError", "In table \"" + table + "\" the " + kind + "index \"" + index.name +
                                              "\" is invalid because it references the field " + std::string(field) +
                                              " that " + why + ".");
  };
  for (const auto& list : {"fields", "filterFields"}) {
    const value* fields = index.specification.find(list);
    if (!fields) continue;
    for (const value& field : fields->as_array())
      if (!is_system_field(field.as_string()) && !can_have(document, field.as_string(), can_be_anything))
        return refuse("", field.as_string(), "does not exist");
  }
  struct needs {
    const char* field;
    const char* kind;
    accepts fits;
    const char* otherwise;
  };
  for (const needs& n : {needs{"searchField", "search ", can_be_text, "cannot be a string"},
                         needs{"vectorField", "vector ", can_be_vector,
                               "is neither an array of float64 or optional array of float64"}}) {
    const std::string* field = string_at(index.specification, n.field);
    if (!field) continue;
    if (!is_system_field(*field) && !can_have(document, *field, can_be_anything))
      return refuse("", *field, "does not exist");
    if (is_system_field(*field) || !can_have(document, *field, n.fits)) return refuse(n.kind, *field, n.otherwise);
  }
  return {};
}

}  // namespace

std::optional<std::string> schema::check_document(std::string_view table, const value& document,
                                                  const table_numbers& numbers) const {
  const auto found = tables.find(table);
  if (!validation || found == tables.end() || !found->second.document) return std::nullopt;
  object fields = document.as_object();
  fields.erase("_id");
  fields.erase("_creationTime");
  return check(*found->second.document, value(std::move(fields)), numbers);
}

outcome<schema> parse_schema(const value& json) {
  schema out;
  const value* validation = json.find("schemaValidation");
  out.validation = validation && validation->if_bool() && validation->as_bool();
  const value* tables = json.find("tables");
  if (!tables || !tables->is_array()) return wrong("InvalidSchema", "The schema has no `tables`.");
  for (const value& table : tables->as_array()) {
    const std::string* name = string_at(table, "tableName");
    if (!name || !is_identifier(*name) || name->starts_with('_'))
      return wrong("InvalidTableName",
                   "The schema has a table with an invalid name" + (name ? ": \"" + *name + "\"." : std::string(".")));
    schema_table parsed;
    struct list {
      std::string_view key;
      bool staged;
      read_specification read;
    };
    const list lists[] = {
        {"indexes", false, database_specification},     {"stagedDbIndexes", true, database_specification},
        {"searchIndexes", false, search_specification}, {"stagedSearchIndexes", true, search_specification},
        {"vectorIndexes", false, vector_specification}, {"stagedVectorIndexes", true, vector_specification}};
    for (const list& l : lists)
      if (auto done = read_indexes(table, l.key, l.staged, l.read, *name, parsed); !done) return done.error();
    auto document = read_document_type(table, *name);
    if (!document) return document.error();
    parsed.document = *std::move(document);
    if (!out.tables.emplace(*name, std::move(parsed)).second)
      return wrong("InvalidSchema", "The schema has the table \"" + *name + "\" twice.");
  }
  return out;
}

outcome<void> check_indexes(const schema& pushed) {
  if (!pushed.validation) return {};
  for (const auto& [name, table] : pushed.tables) {
    if (!table.document) continue;
    for (const schema_index& index : table.indexes)
      if (auto done = check_index(name, *table.document, index); !done) return done;
  }
  return {};
}

bool admits_all_of(const schema& after, const schema* before, std::string_view table) {
  const auto wanted = after.tables.find(table);
  if (!after.validation || wanted == after.tables.end() || !wanted->second.document) return true;
  if (!before || !before->validation) return false;
  const auto enforced = before->tables.find(table);
  return enforced != before->tables.end() && enforced->second.document &&
         is_subset(*enforced->second.document, *wanted->second.document);
}

}  // namespace hull::backend::database
