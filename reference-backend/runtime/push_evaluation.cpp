// Loads a file in the surroundings of a push and has a glue file describe its exports as JSON.
#include "runtime/push_evaluation.hpp"

#include "runtime/bindings.hpp"
#include "runtime/errors.hpp"
#include "runtime/glue.hpp"
#include "runtime/module_description.hpp"

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

}  // namespace

outcome<value> answer_push_question(isolate_box& box, clock& wall, const push_question& q) {
  const v8::HandleScope handles(box.isolate());
  execution run(box, wall, q.setup);
  run.begin(nullptr);
  const v8::Local<v8::Context> context = box.new_context();
  const v8::Context::Scope entered(context);
  std::optional<std::string> text = describe(run, context, q.path);
  run_result r = run.finish(std::move(text));
  if (r.failed) return *r.failed;
  const description_texts texts{q.error_code, q.error_start};
  if (r.thrown) return description_failed(texts, *r.thrown, r.log_lines);
  auto found = read_description(texts, *r.value_json);
  if (found && q.setup.where == surroundings::analyze) return with_source_positions(*found, q.path, *q.setup.modules);
  return found;
}

}  // namespace hull::backend::runtime
