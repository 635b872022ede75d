// Bodies of value_format.hpp.
#include "http/value_format.hpp"

#include <hull/value/json.hpp>

#include <cmath>
#include <limits>

namespace hull::backend::http {
namespace {

void append_export(std::string& out, const value& v) {
  if (const auto* i = v.if_int64()) {
    out += std::to_string(*i);
  } else if (const auto* d = v.if_double()) {
    if (!std::isfinite(*d)) return append_json(out, v);
    const std::size_t start = out.size();
    if (*d == 0 && std::signbit(*d)) out.push_back('-');
    append_js_number(out, *d);
    if (out.find_first_of(".e", start) == std::string::npos) out += ".0";
  } else if (const auto* items = v.if_array()) {
    out.push_back('[');
    for (std::size_t i = 0; i < items->size(); ++i) {
      if (i != 0) out.push_back(',');
      append_export(out, (*items)[i]);
    }
    out.push_back(']');
  } else if (const auto* fields = v.if_object()) {
    out.push_back('{');
    for (const auto& [name, field] : *fields) {
      if (out.back() != '{') out.push_back(',');
      append_json_string(out, name);
      out.push_back(':');
      append_export(out, field);
    }
    out.push_back('}');
  } else {
    append_json(out, v);
  }
}

}  // namespace

outcome<value_format> parse_format(std::string_view name) {
  if (name == "convex_encoded_json" || name == "convex_json") return value_format::encoded;
  if (name == "json" || name == "convex_clean_json") return value_format::clean;
  if (name == "export_json") return value_format::export_;
  return bad_request("BadFormat", "Unknown format \"" + std::string(name.substr(0, 50)) +
                                      "\". Use \"json\", \"convex_encoded_json\" or \"export_json\".");
}

std::string format_value(const value& v, value_format format) {
  if (format == value_format::encoded) return write_json(v);
  if (format == value_format::clean) return write_clean_json(v);
  std::string out;
  append_export(out, v);
  return out;
}

std::string reformat(const std::string& encoded_json, value_format format) {
  if (format == value_format::encoded) return encoded_json;
  json_options options;
  options.limits.max_nesting += 8;
  options.any_names = true;
  options.limits.max_array_length = std::numeric_limits<std::size_t>::max();
  options.limits.max_object_fields = std::numeric_limits<std::size_t>::max();
  return format_value(read_json(encoded_json, options).value(), format);
}

}  // namespace hull::backend::http
