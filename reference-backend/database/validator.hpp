// Validators: `v.object({...})` as JSON, checked against values, printed as their author wrote them.
#pragma once

#include "common/failure.hpp"

#include <hull/value/value.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hull::backend::database {

/// Which tables there are, for `v.id`.
class table_numbers {
 public:
  virtual ~table_numbers() = default;
  /// The number of a user table, or of a virtual one ("_storage", "_scheduled_functions").
  virtual std::optional<std::uint32_t> number_of(std::string_view table) const = 0;
  /// Name of the user or virtual table of that number.
  virtual std::optional<std::string> name_of(std::uint32_t number) const = 0;
  /// True for the backend's own tables that user code does not see.
  virtual bool is_private(std::uint32_t number) const = 0;
};

/// Immutable; copies share.
struct validator {
  enum class type {
    null,
    boolean,
    number,
    bigint,
    commit_ts,
    string,
    bytes,
    any,
    literal,
    id,
    array,
    record,
    object,
    union_
  };
  struct field;

  type what = type::any;
  value literal;                                        ///< literal
  std::string table;                                    ///< id
  std::vector<std::shared_ptr<const validator>> parts;  ///< array: element; record: key, value; union: branches
  std::map<std::string, field, std::less<>> fields;     ///< object
};

struct validator::field {
  std::shared_ptr<const validator> what;
  bool optional = false;
};

/// Reads the JSON form ({"type": "object", "value": {...}}). Failures have code "InvalidValidator".
outcome<validator> parse_validator(const value& json);

/// Nothing when `v` fits; else the detail text, as after "ArgumentValidationError: ".
std::optional<std::string> check(const validator& what, const value& v, const table_numbers& tables);

/// `v.object({a: v.optional(v.string())})`
std::string to_string(const validator& v);

/// True when every value that fits `inner` surely fits `outer`. False may be a wrong guess.
bool is_subset(const validator& inner, const validator& outer);

/// Every table that an id validator names.
void collect_tables(const validator& v, std::vector<std::string>& out);

}  // namespace hull::backend::database
