// Validators from JSON and as text.
#include "database/document.hpp"
#include "database/validator.hpp"
#include "database/value_text.hpp"

#include <cmath>

namespace hull::backend::database {
namespace {

constexpr std::size_t max_depth = 64;

struct simple_type {
  std::string_view json;
  validator::type what;
};
constexpr simple_type simple_types[] = {
    {"null", validator::type::null},
    {"boolean", validator::type::boolean},
    {"number", validator::type::number},
    {"bigint", validator::type::bigint},
    {"commitTs", validator::type::commit_ts},
    {"string", validator::type::string},
    {"bytes", validator::type::bytes},
    {"any", validator::type::any},
    {"map", validator::type::any},
    {"set", validator::type::any},
};

outcome<validator> wrong(std::string text) { return bad_request("InvalidValidator", std::move(text)); }

outcome<std::shared_ptr<const validator>> parse_part(const value* json, std::string_view what, std::size_t depth);
outcome<validator> parse(const value& json, std::size_t depth);

outcome<validator::field> parse_field(const value* json, std::string_view what, std::size_t depth) {
  if (!json || !json->is_object())
    return bad_request("InvalidValidator", "validator: " + std::string(what) + " is no object");
  auto part = parse_part(json->find("fieldType"), what, depth);
  if (!part) return part.error();
  const value* optional = json->find("optional");
  const bool* flag = optional ? optional->if_bool() : nullptr;
  return validator::field{*std::move(part), flag && *flag};
}

outcome<std::shared_ptr<const validator>> parse_part(const value* json, std::string_view what, std::size_t depth) {
  if (!json) return bad_request("InvalidValidator", "validator: " + std::string(what) + " has no type");
  auto part = parse(*json, depth + 1);
  if (!part) return part.error();
  return std::make_shared<const validator>(*std::move(part));
}

/// Record keys are strings of some kind, but not particular strings.
bool is_record_key(const validator& v) {
  if (v.what == validator::type::string || v.what == validator::type::id) return true;
  if (v.what != validator::type::union_) return false;
  for (const auto& branch : v.parts)
    if (!is_record_key(*branch)) return false;
  return true;
}

outcome<validator> parse_record(const value& json, std::size_t depth) {
  validator out;
  out.what = validator::type::record;
  auto key = parse_part(json.find("keys"), "the key of a record", depth);
  if (!key) return key.error();
  if (!is_record_key(**key))
    return wrong("Records can only have keys of type string or id, got " + to_string(**key) + ".");
  auto item = parse_field(json.find("values"), "the value of a record", depth);
  if (!item) return item.error();
  if (item->optional) return wrong("Records can only have required values.");
  out.parts = {*std::move(key), std::move(item->what)};
  return out;
}

outcome<validator> parse_object(const value& json, std::size_t depth) {
  validator out;
  out.what = validator::type::object;
  const value* fields = json.find("value");
  if (!fields || !fields->is_object()) return wrong("validator: an object has no `value`");
  for (const auto& [name, field] : fields->as_object()) {
    auto parsed = parse_field(&field, "field `" + name + "`", depth);
    if (!parsed) return parsed.error();
    out.fields.emplace(name, *std::move(parsed));
  }
  return out;
}

outcome<validator> parse(const value& json, std::size_t depth) {
  if (depth > max_depth) return wrong("validator is nested too deep");
  const value* type = json.find("type");
  if (!type || !type->is_string()) return wrong("validator has no `type`");
  const std::string& name = type->as_string();

  validator out;
  for (const simple_type& s : simple_types) {
    if (name != s.json) continue;
    out.what = s.what;
    return out;
  }
  const value* inner = json.find("value");
  if (name == "literal") {
    out.what = validator::type::literal;
    if (!inner) return wrong("validator: a literal has no `value`");
    out.literal = *inner;
    const bool fits = inner->is_string() || inner->if_bool() || inner->if_int64() ||
                      (inner->if_double() && std::isfinite(inner->as_double()));
    if (!fits) return wrong("validator: a literal must be a string, a finite number, a bigint or a boolean");
    return out;
  }
  if (name == "id") {
    const value* table = json.find("tableName");
    if (!table || !table->is_string()) return wrong("validator: an id has no `tableName`");
    out.what = validator::type::id;
    out.table = table->as_string();
    return out;
  }
  if (name == "array") {
    auto element = parse_part(inner, "the element of an array", depth);
    if (!element) return element.error();
    out.what = validator::type::array;
    out.parts = {*std::move(element)};
    return out;
  }
  if (name == "union") {
    out.what = validator::type::union_;
    if (!inner || !inner->is_array()) return wrong("validator: a union has no `value`");
    for (const value& branch : inner->as_array()) {
      auto part = parse_part(&branch, "a branch of a union", depth);
      if (!part) return part.error();
      out.parts.push_back(*std::move(part));
    }
    return out;
  }
  if (name == "record") return parse_record(json, depth);
  if (name == "object") return parse_object(json, depth);
  return wrong("validator: unknown type `" + name + "`");
}

}  // namespace

outcome<validator> parse_validator(const value& json) { return parse(json, 0); }

std::string to_string(const validator& v) {
  switch (v.what) {
    case validator::type::null:
      return "v.null()";
    case validator::type::boolean:
      return "v.boolean()";
    case validator::type::number:
      return "v.float64()";
    case validator::type::bigint:
      return "v.int64()";
    case validator::type::commit_ts:
      return "v.commitTs()";
    case validator::type::string:
      return "v.string()";
    case validator::type::bytes:
      return "v.bytes()";
    case validator::type::any:
      return "v.any()";
    case validator::type::literal:
      return "v.literal(" + to_text(v.literal) + ")";
    case validator::type::id:
      return "v.id(\"" + v.table + "\")";
    case validator::type::array:
      return "v.array(" + to_string(*v.parts[0]) + ")";
    case validator::type::record:
      return "v.record(" + to_string(*v.parts[0]) + ", " + to_string(*v.parts[1]) + ")";
    case validator::type::union_: {
      std::string out = "v.union(";
      for (std::size_t i = 0; i < v.parts.size(); ++i) out += (i ? ", " : "") + to_string(*v.parts[i]);
      return out + ")";
    }
    case validator::type::object: {
      std::string out = "v.object({";
      bool first = true;
      for (const auto& [name, field] : v.fields) {
        if (!std::exchange(first, false)) out += ", ";
        const std::string inner = to_string(*field.what);
        out += field_text(name) + ": " + (field.optional ? "v.optional(" + inner + ")" : inner);
      }
      return out + "})";
    }
  }
  return {};
}

void collect_tables(const validator& v, std::vector<std::string>& out) {
  if (v.what == validator::type::id) out.push_back(v.table);
  for (const auto& part : v.parts) collect_tables(*part, out);
  for (const auto& [name, field] : v.fields) collect_tables(*field.what, out);
}

}  // namespace hull::backend::database
