// A schema as the app declares it: tables, their document types and their indexes.
#pragma once

#include "common/failure.hpp"
#include "database/validator.hpp"

#include <hull/value/value.hpp>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace hull::backend::database {

struct schema_index {
  std::string name;
  /// {"type": "database", "fields": [..., "_creationTime"]}, or of type "search" or "vector". Equal specifications
  /// are the same index.
  value specification;
  bool staged = false;
};

struct schema_table {
  std::vector<schema_index> indexes;
  std::shared_ptr<const validator> document;  ///< Null: anything goes.
};

struct schema {
  bool validation = false;
  std::map<std::string, schema_table, std::less<>> tables;

  /// Why `document` may not be in `table`; nothing when it may.
  std::optional<std::string> check_document(std::string_view table, const value& document,
                                            const table_numbers& tables) const;
};

/// Reads the JSON of a schema module. Failures name what is wrong with it.
outcome<schema> parse_schema(const value& json);

/// Whether documents that fit the schema can have the fields that its indexes name, and of the kind that an index
/// needs. For schemas that are pushed: one that was stored before this was asked stays readable. Failures:
/// SchemaDefinitionError.
outcome<void> check_indexes(const schema& pushed);

/// True when the documents that `before` (null: no schema) let into `table` surely fit `after`.
bool admits_all_of(const schema& after, const schema* before, std::string_view table);

}  // namespace hull::backend::database
