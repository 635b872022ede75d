// Checking values against validators, with the texts that users see.
#include "database/validator.hpp"

#include "common/ids.hpp"
#include "database/value_text.hpp"

#include <algorithm>

namespace hull::backend::database {
namespace {

using detail = std::optional<std::string>;

/// Way from the root to the value that is being checked, for "Path: .a[3].b".
class context {
 public:
  /// Adds a segment while it lives.
  class step {
   public:
    step(context& c, const std::string& segment) : context_(c), length_(c.path_.size()) { c.path_ += segment; }
    ~step() { context_.path_.resize(length_); }
    step(const step&) = delete;
    step& operator=(const step&) = delete;

   private:
    context& context_;
    std::size_t length_;
  };

  std::string line() const { return path_.empty() ? std::string() : "Path: " + path_; }
  /// For texts that end with the path.
  std::string tail() const { return path_.empty() ? std::string() : "\nPath: " + path_; }

 private:
  std::string path_;
};

class checker {
 public:
  explicit checker(const table_numbers& tables) : tables_(tables) {}

  detail check(const validator& what, const value& v) {
    switch (what.what) {
      case validator::type::any:
        return std::nullopt;
      case validator::type::null:
        return check_kind(what, v, kind::null);
      case validator::type::boolean:
        return check_kind(what, v, kind::boolean);
      case validator::type::number:
        return check_kind(what, v, kind::float64);
      case validator::type::bigint:
      case validator::type::commit_ts:
        return check_kind(what, v, kind::int64);
      case validator::type::string:
        return check_kind(what, v, kind::string);
      case validator::type::bytes:
        return check_kind(what, v, kind::bytes);
      case validator::type::literal:
        if (what.literal == v) return std::nullopt;
        return "`" + to_text(v) + "` does not match literal validator `" + to_string(what) + "`." + context_.tail();
      case validator::type::id:
        return check_id(what, v);
      case validator::type::array:
        return check_array(what, v);
      case validator::type::record:
        return check_record(what, v);
      case validator::type::object:
        return check_object(what, v);
      case validator::type::union_:
        return check_union(what, v);
    }
    return mismatch(what, v);
  }

 private:
  detail mismatch(const validator& what, const value& v) const {
    return "Value does not match validator.\n" + context_.line() + "\nValue: " + to_text(v) +
           "\nValidator: " + to_string(what);
  }

  detail check_kind(const validator& what, const value& v, kind wanted) const {
    return v.kind() == wanted ? std::nullopt : mismatch(what, v);
  }

  detail check_id(const validator& what, const value& v) const {
    const auto id = v.is_string() ? document_id::parse(v.as_string()) : std::nullopt;
    if (!id) return mismatch(what, v);
    const auto wanted = tables_.number_of(what.table);
    if (wanted == id->table) return std::nullopt;
    const std::string rest = ", which does not match the table name in validator `" + to_string(what) + "`.";
    const std::string found = "Found ID \"" + v.as_string() + "\" from ";
    if (tables_.is_private(id->table)) return found + "a system table" + rest + context_.tail();
    const auto name = tables_.name_of(id->table);
    if (!name) return mismatch(what, v);
    return found + "table `" + *name + "`" + rest + context_.tail();
  }

  detail check_array(const validator& what, const value& v) {
    if (!v.is_array()) return mismatch(what, v);
    std::size_t i = 0;
    for (const value& item : v.as_array()) {
      const context::step step(context_, "[" + std::to_string(i++) + "]");
      if (auto wrong = check(*what.parts[0], item)) return wrong;
    }
    return std::nullopt;
  }

  detail check_record(const validator& what, const value& v) {
    if (!v.is_object()) return mismatch(what, v);
    for (const auto& [name, item] : v.as_object()) {
      {
        const context::step step(context_, ".keys()");
        if (auto wrong = check(*what.parts[0], value(name))) return wrong;
      }
      const context::step step(context_, ".values()");
      if (auto wrong = check(*what.parts[1], item)) return wrong;
    }
    return std::nullopt;
  }

  detail check_object(const validator& what, const value& v) {
    if (!v.is_object()) return mismatch(what, v);
    const auto explain = [&](const std::string& text) {
      return text + "\n" + context_.line() + "\nObject: " + to_text(v) + "\nValidator: " + to_string(what);
    };
    for (const auto& [name, field] : what.fields) {
      const value* found = v.find(name);
      if (!found) {
        if (field.optional) continue;
        return explain("Object is missing the required field `" + name +
                       "`. Consider wrapping the field validator in `v.optional(...)` if this is expected.");
      }
      const context::step step(context_, "." + field_text(name));
      if (auto wrong = check(*field.what, *found)) return wrong;
    }
    for (const auto& [name, field] : v.as_object())
      if (!what.fields.contains(name))
        return explain("Object contains extra field `" + name + "` that is not in the validator.");
    return std::nullopt;
  }

  detail check_union(const validator& what, const value& v) {
    // One branch explains itself; of several none is the one that was meant.
    if (what.parts.size() == 1) return check(*what.parts[0], v);
    for (const auto& branch : what.parts)
      if (!check(*branch, v)) return std::nullopt;
    return mismatch(what, v);
  }

  const table_numbers& tables_;
  context context_;
};

bool is_object_subset(const validator& inner, const validator& outer) {
  for (const auto& [name, field] : inner.fields) {
    const auto other = outer.fields.find(name);
    if (other == outer.fields.end()) return false;
    if (field.optional && !other->second.optional) return false;
    if (!is_subset(*field.what, *other->second.what)) return false;
  }
  for (const auto& [name, field] : outer.fields)
    if (!field.optional && !inner.fields.contains(name)) return false;
  return true;
}

bool literal_fits(const value& literal, validator::type type) {
  switch (type) {
    case validator::type::string:
      return literal.is_string();
    case validator::type::number:
      return literal.kind() == kind::float64;
    case validator::type::bigint:
    case validator::type::commit_ts:
      return literal.kind() == kind::int64;
    case validator::type::boolean:
      return literal.kind() == kind::boolean;
    default:
      return false;
  }
}

}  // namespace

std::optional<std::string> check(const validator& what, const value& v, const table_numbers& tables) {
  return checker(tables).check(what, v);
}

bool is_subset(const validator& inner, const validator& outer) {
  using type = validator::type;
  if (outer.what == type::any) return true;
  if (inner.what == type::union_)
    return std::all_of(inner.parts.begin(), inner.parts.end(), [&](const auto& p) { return is_subset(*p, outer); });
  if (outer.what == type::union_)
    return std::any_of(outer.parts.begin(), outer.parts.end(), [&](const auto& p) { return is_subset(inner, *p); });
  switch (inner.what) {
    case type::literal:
      return outer.what == type::literal ? inner.literal == outer.literal : literal_fits(inner.literal, outer.what);
    case type::id:
      return outer.what == type::string || (outer.what == type::id && inner.table == outer.table);
    case type::bigint:
    case type::commit_ts:
      return outer.what == type::bigint || outer.what == type::commit_ts;
    case type::array:
      return outer.what == type::array && is_subset(*inner.parts[0], *outer.parts[0]);
    case type::record:
      return outer.what == type::record && is_subset(*inner.parts[0], *outer.parts[0]) &&
             is_subset(*inner.parts[1], *outer.parts[1]);
    case type::object:
      return outer.what == type::object && is_object_subset(inner, outer);
    default:
      return inner.what == outer.what;
  }
}

}  // namespace hull::backend::database
