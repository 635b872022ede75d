// Bodies of expression.hpp.
#include "database/expression.hpp"

#include "database/commit_ts.hpp"
#include "database/value_text.hpp"

#include <cmath>
#include <limits>

namespace hull::backend::database {
namespace {

constexpr std::size_t max_depth = 64;

failure wrong_query(std::string text) { return bad_request("InvalidQuery", "Invalid query: " + std::move(text)); }
failure wrong_evaluation(std::string text) { return bad_request("EvalError", std::move(text)); }

std::string described(const maybe_value& v) { return to_text(v) + " (type " + std::string(type_name(v)) + ")"; }

outcome<bool> as_condition(const maybe_value& v) {
  if (v && v->if_bool()) return v->as_bool();
  return wrong_evaluation("Cannot use value " + described(v) + " as a Boolean");
}

enum class arithmetic { add, sub, mul, div, mod };
constexpr std::string_view arithmetic_names[] = {"add", "subtract", "multiply", "divide", "mod"};

outcome<maybe_value> calculate_int(arithmetic what, std::int64_t l, std::int64_t r) {
  const bool divides = what == arithmetic::div || what == arithmetic::mod;
  if (divides && r == 0) return wrong_evaluation("Cannot divide " + to_text(value::int64(l)) + " by zero");
  std::int64_t out = 0;
  bool overflow = false;
  switch (what) {
    case arithmetic::add:
      overflow = __builtin_add_overflow(l, r, &out);
      break;
    case arithmetic::sub:
      overflow = __builtin_sub_overflow(l, r, &out);
      break;
    case arithmetic::mul:
      overflow = __builtin_mul_overflow(l, r, &out);
      break;
    case arithmetic::div:
    case arithmetic::mod:
      overflow = l == std::numeric_limits<std::int64_t>::min() && r == -1;
      if (!overflow) out = what == arithmetic::div ? l / r : l % r;
      break;
  }
  if (overflow)
    return wrong_evaluation("Cannot " + std::string(arithmetic_names[static_cast<int>(what)]) + " " +
                            to_text(value::int64(l)) + " and " + to_text(value::int64(r)) +
                            ": the result is out of range for Int64");
  return maybe_value(value::int64(out));
}

double calculate_float(arithmetic what, double l, double r) {
  switch (what) {
    case arithmetic::add:
      return l + r;
    case arithmetic::sub:
      return l - r;
    case arithmetic::mul:
      return l * r;
    case arithmetic::div:
      return l / r;
    case arithmetic::mod:
      return std::fmod(l, r);
  }
  return 0;
}

outcome<maybe_value> calculate(arithmetic what, const maybe_value& l, const maybe_value& r) {
  if (l && r && l->if_int64() && r->if_int64()) return calculate_int(what, l->as_int64(), r->as_int64());
  if (l && r && l->if_double() && r->if_double())
    return maybe_value(value(calculate_float(what, l->as_double(), r->as_double())));
  return wrong_evaluation("Cannot " + std::string(arithmetic_names[static_cast<int>(what)]) + " " + described(l) +
                          " and " + described(r));
}

outcome<maybe_value> negate(const maybe_value& v) {
  if (v && v->if_double()) return maybe_value(value(-v->as_double()));
  if (v && v->if_int64() && v->as_int64() != std::numeric_limits<std::int64_t>::min())
    return maybe_value(value::int64(-v->as_int64()));
  return wrong_evaluation("Cannot negate " + described(v));
}

maybe_value truth(bool b) { return value(b); }

}  // namespace

struct expression::named_op {
  std::string_view name;
  op what;
};

const expression::named_op* expression::find_op(std::string_view name) {
  static constexpr named_op all[] = {
      {"$eq", op::eq},   {"$neq", op::neq}, {"$lt", op::lt},        {"$lte", op::lte}, {"$gt", op::gt},
      {"$gte", op::gte}, {"$add", op::add}, {"$sub", op::sub},      {"$mul", op::mul}, {"$div", op::div},
      {"$mod", op::mod}, {"$neg", op::neg}, {"$not", op::negation}, {"$and", op::all}, {"$or", op::any},
  };
  for (const named_op& n : all)
    if (n.name == name) return &n;
  return nullptr;
}

outcome<expression> expression::parse(const value& json) { return parse(json, 0); }

outcome<expression> expression::parse(const value& json, std::size_t depth) {
  if (depth > max_depth) return wrong_query("the filter is nested too deep");
  if (!json.is_object() || json.as_object().size() != 1)
    return wrong_query("an expression must be an object with one field");
  const auto& [name, inner] = *json.as_object().begin();

  expression out;
  if (name == "$literal") {
    const bool undefined = inner.is_object() && inner.as_object().size() == 1 && inner.find("$undefined");
    if (!undefined) out.literal_ = before_commit(inner);
    return out;
  }
  if (name == "$field") {
    if (!inner.is_string()) return wrong_query("$field must name a field");
    out.op_ = op::field;
    out.path_ = parse_field_path(inner.as_string());
    return out;
  }
  const named_op* known = find_op(name);
  if (!known) return wrong_query("unknown operator " + name);
  out.op_ = known->what;

  const bool unary = out.op_ == op::neg || out.op_ == op::negation;
  if (unary) {
    auto operand = parse(inner, depth + 1);
    if (!operand) return operand.error();
    out.operands_.push_back(*std::move(operand));
    return out;
  }
  const bool any_count = out.op_ == op::all || out.op_ == op::any;
  if (!inner.is_array() || (!any_count && inner.as_array().size() != 2))
    return wrong_query(name + " has the wrong number of operands");
  for (const value& item : inner.as_array()) {
    auto operand = parse(item, depth + 1);
    if (!operand) return operand.error();
    out.operands_.push_back(*std::move(operand));
  }
  return out;
}

outcome<maybe_value> expression::evaluate_logic(const value& document) const {
  if (op_ == op::negation) {
    auto holds = operands_[0].holds(document);
    if (!holds) return holds.error();
    return truth(!*holds);
  }
  // The first operand that decides the result ends the evaluation.
  const bool deciding = op_ == op::any;
  for (const expression& operand : operands_) {
    auto holds = operand.holds(document);
    if (!holds) return holds.error();
    if (*holds == deciding) return truth(deciding);
  }
  return truth(!deciding);
}

outcome<maybe_value> expression::evaluate(const value& document) const {
  switch (op_) {
    case op::literal:
      return literal_;
    case op::field: {
      auto found = field_at(document, path_);
      if (found) found = before_commit(*found);
      return found;
    }
    case op::negation:
    case op::all:
    case op::any:
      return evaluate_logic(document);
    default:
      break;
  }
  auto l = operands_[0].evaluate(document);
  if (!l) return l;
  if (op_ == op::neg) return negate(*l);
  auto r = operands_[1].evaluate(document);
  if (!r) return r;
  switch (op_) {
    case op::eq:
      return truth(compare(*l, *r) == 0);
    case op::neq:
      return truth(compare(*l, *r) != 0);
    case op::lt:
      return truth(compare(*l, *r) < 0);
    case op::lte:
      return truth(compare(*l, *r) <= 0);
    case op::gt:
      return truth(compare(*l, *r) > 0);
    case op::gte:
      return truth(compare(*l, *r) >= 0);
    case op::add:
      return calculate(arithmetic::add, *l, *r);
    case op::sub:
      return calculate(arithmetic::sub, *l, *r);
    case op::mul:
      return calculate(arithmetic::mul, *l, *r);
    case op::div:
      return calculate(arithmetic::div, *l, *r);
    default:
      return calculate(arithmetic::mod, *l, *r);
  }
}

outcome<bool> expression::holds(const value& document) const {
  auto v = evaluate(document);
  if (!v) return v.error();
  return as_condition(*v);
}

}  // namespace hull::backend::database
