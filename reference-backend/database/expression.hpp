// Filter expressions of queries: read from JSON once, evaluated against many documents.
#pragma once

#include "common/failure.hpp"
#include "database/index_key.hpp"

#include <hull/value/value.hpp>

#include <vector>

namespace hull::backend::database {

class expression {
 public:
  static outcome<expression> parse(const value& json);

  /// Failures are the user's: adding a string to a number, using a string as a condition, ...
  outcome<maybe_value> evaluate(const value& document) const;
  /// The same, for a filter: the result must be a boolean.
  outcome<bool> holds(const value& document) const;

 private:
  enum class op { eq, neq, lt, lte, gt, gte, add, sub, mul, div, mod, neg, negation, all, any, field, literal };
  struct named_op;
  static const named_op* find_op(std::string_view name);
  static outcome<expression> parse(const value& json, std::size_t depth);
  outcome<maybe_value> evaluate_logic(const value& document) const;

  op op_ = op::literal;
  std::vector<expression> operands_;
  field_path path_;
  maybe_value literal_;
};

}  // namespace hull::backend::database
