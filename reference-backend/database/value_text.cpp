// Bodies of value_text.hpp.
#include "database/value_text.hpp"

#include "database/document.hpp"

#include <hull/value/base64.hpp>
#include <hull/value/json.hpp>

#include <cmath>

namespace hull::backend::database {
namespace {

void append(std::string& out, const value& v) {
  switch (v.kind()) {
    case kind::null:
      out += "null";
      break;
    case kind::boolean:
      out += v.as_bool() ? "true" : "false";
      break;
    case kind::int64:
      out += std::to_string(v.as_int64()) + 'n';
      break;
    case kind::float64: {
      const double d = v.as_double();
      if (!std::isfinite(d)) {
        out += std::isnan(d) ? "NaN" : d > 0 ? "Infinity" : "-Infinity";
        break;
      }
      if (d == 0 && std::signbit(d)) out += '-';
      std::string digits;
      append_js_number(digits, d);
      out += digits;
      if (digits.find_first_of(".e") == std::string::npos) out += ".0";
      break;
    }
    case kind::string:
      append_json_string(out, v.as_string());
      break;
    case kind::bytes:
      append_json_string(out, encode_base64(v.as_bytes()));
      break;
    case kind::array: {
      out += '[';
      bool first = true;
      for (const value& item : v.as_array()) {
        if (!std::exchange(first, false)) out += ", ";
        append(out, item);
      }
      out += ']';
      break;
    }
    case kind::object: {
      out += '{';
      bool first = true;
      for (const auto& [name, field] : v.as_object()) {
        if (!std::exchange(first, false)) out += ", ";
        out += field_text(name) + ": ";
        append(out, field);
      }
      out += '}';
      break;
    }
  }
}

}  // namespace

std::string to_text(const value& v) {
  std::string out;
  append(out, v);
  return out;
}

std::string to_text(const maybe_value& v) { return v ? to_text(*v) : "undefined"; }

std::string_view type_name(const maybe_value& v) { return v ? to_string(v->kind()) : "undefined"; }

std::string field_text(std::string_view name) {
  if (is_identifier(name)) return std::string(name);
  std::string out;
  append_json_string(out, name);
  return out;
}

}  // namespace hull::backend::database
