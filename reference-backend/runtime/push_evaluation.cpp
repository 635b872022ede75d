// Loads a file in the surroundings of a push and has a glue file describe its exports as JSON.
#include "runtime/push_evaluation.hpp"

#include "runtime/bindings.hpp"
#include "runtime/errors.hpp"
#include "runtime/glue.hpp"

namespace hull::backend::runtime {
namespace {

const char* glue_of(surroundings s) {
  switch (s) {
    case surroundings::schema:
      return "describe_schema.js";
    case surroundings::auth_config:
      return "describe_auth_config.js";
    case surroundings::definition:
      return "describe_definition.js";
    default:
      return "describe_module.js";
  }
}

bool forbids_time(surroundings s) { return s == surroundings::auth_config || s == surroundings::definition; }

/// The JSON text that the glue made of the module; empty when the execution has ended.
std::optional<std::string> describe(execution& run, v8::Local<v8::Context> context, const std::string& path) {
  v8::Isolate* isolate = context->GetIsolate();
  v8::TryCatch caught(isolate);
  const v8::Local<v8::Value> host = make_host_object(context);
  if (forbids_time(run.where()) && run_glue(context, host, "forbid_time.js", extra_glue("forbid_time.js")).IsEmpty()) {
    run.step_failed(caught);
    return std::nullopt;
  }
  v8::Local<v8::Module> module;
  if (!run.loader().load(context, path).ToLocal(&module)) return std::nullopt;
  const char* glue = glue_of(run.where());
  v8::Local<v8::Value> describer;
  v8::Local<v8::Value> answer;
  v8::Local<v8::Value> args[] = {module->GetModuleNamespace(), js_string(isolate, path)};
  const bool done = run_glue(context, host, glue, extra_glue(glue)).ToLocal(&describer) && describer->IsFunction() &&
                    describer.As<v8::Function>()->Call(context, v8::Undefined(isolate), 2, args).ToLocal(&answer);
  if (run.step_failed(caught)) return std::nullopt;
  if (!done || !answer->IsString()) {
    run.end(plain_error("The export is no JSON value."));
    return std::nullopt;
  }
  return utf8_text(isolate, answer);
}

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

value analyzed(const value& described, const std::string& path, const module_set& modules) {
  object fields = described.as_object();
  for (const char* list : {"functions", "httpRoutes"})
    if (const value* items = fields.find(list)) fields.set(list, with_positions(*items, path, modules));
  fields.set("sourceMapped", value());
  return value(std::move(fields));
}

}  // namespace

json_options plain_json_options() {
  json_options o;
  o.any_names = true;
  o.plain = true;
  o.limits.max_array_length = 1u << 20;
  o.limits.max_object_fields = 1u << 16;
  return o;
}

outcome<value> answer_push_question(isolate_box& box, clock& wall, const push_question& q) {
  const v8::HandleScope handles(box.isolate());
  execution run(box, wall, q.setup);
  run.begin(nullptr);
  const v8::Local<v8::Context> context = box.new_context();
  const v8::Context::Scope entered(context);
  std::optional<std::string> text = describe(run, context, q.path);
  run_result r = run.finish(std::move(text));
  if (r.failed) return *r.failed;
  if (r.thrown)
    return bad_request(q.error_code, q.error_start + without_last_newline(r.thrown->display) + logs_text(r.log_lines));
  auto answer = read_json(*r.value_json, plain_json_options());
  if (!answer) return bad_request(q.error_code, q.error_start + answer.error().message);
  if (const value* refused = answer->find("refused"); refused != nullptr && refused->is_string())
    return bad_request(q.error_code, refused->as_string());
  const value* found = answer->find("found");
  if (found == nullptr) return bad_request(q.error_code, q.error_start + "The export is no JSON value.");
  if (q.setup.where == surroundings::analyze) return analyzed(*found, q.path, *q.setup.modules);
  return *found;
}

}  // namespace hull::backend::runtime
