// Reads what the glue of a push wrote, and maps places in bundles to the sources.
#include "runtime/module_description.hpp"

#include "runtime/module_set.hpp"

namespace hull::backend::runtime {
namespace {

std::string without_last_newline(std::string text) {
  if (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

std::string logs_text(const std::vector<log_line>& lines) {
  std::string out;
  for (const log_line& l : lines) out += "\n" + l.to_text();
  return out;
}

/// The position in the sources of [url, line, column] (from 0) if that is in `path`: the `pos` of the protocol.
value source_position(const value& origin, const std::string& path, const module_set& modules) {
  if (!origin.is_array() || origin.as_array().size() != 3) return value();
  const auto& parts = origin.as_array();
  const double* line = parts[1].if_double();
  const double* column = parts[2].if_double();
  if (!parts[0].is_string() || line == nullptr || column == nullptr || *line < 0 || *column < 0) return value();
  if (module_path_of(parts[0].as_string()) != path) return value();
  const auto map = source_map_of(modules, path);
  if (!map) return value();
  const auto found = map->find(static_cast<std::uint32_t>(*line), static_cast<std::uint32_t>(*column));
  if (!found) return value();
  return value::make_object({{"path", path}, {"start_lineno", found->line + 1}, {"start_col", found->column + 1}});
}

/// Replaces each "origin" of an array of functions or routes by its "pos".
value with_positions(const value& items, const std::string& path, const module_set& modules) {
  if (!items.is_array()) return items;
  array out;
  for (const value& item : items.as_array()) {
    object fields = item.as_object();
    const value* origin = fields.find("origin");
    fields.set("pos", origin == nullptr ? value() : source_position(*origin, path, modules));
    fields.erase("origin");
    out.push_back(value(std::move(fields)));
  }
  return value(std::move(out));
}

}  // namespace

value with_source_positions(const value& described, const std::string& path, const module_set& modules) {
  object fields = described.as_object();
  for (const char* list : {"functions", "httpRoutes"})
    if (const value* items = fields.find(list)) fields.set(list, with_positions(*items, path, modules));
  fields.set("sourceMapped", value());
  return value(std::move(fields));
}

json_options plain_json_options() {
  json_options o;
  o.any_names = true;
  o.plain = true;
  o.limits.max_array_length = 1u << 20;
  o.limits.max_object_fields = 1u << 16;
  return o;
}

failure description_failed(const description_texts& texts, const js_error& thrown,
                           const std::vector<log_line>& log_lines) {
  return bad_request(texts.error_code, texts.error_start + without_last_newline(thrown.display) + logs_text(log_lines));
}

outcome<value> read_description(const description_texts& texts, std::string_view json) {
  auto answer = read_json(json, plain_json_options());
  if (!answer) return bad_request(texts.error_code, texts.error_start + answer.error().message);
  if (const value* refused = answer->find("refused"); refused != nullptr && refused->is_string())
    return bad_request(texts.error_code, refused->as_string());
  const value* found = answer->find("found");
  if (found == nullptr) return bad_request(texts.error_code, texts.error_start + "The export is no JSON value.");
  return *found;
}

}  // namespace hull::backend::runtime
