// Evaluates the glue once and keeps the resulting heap as a snapshot, so that a new context costs no evaluation.
#include "runtime/bindings.hpp"
#include "runtime/glue.hpp"
#include "runtime/platform.hpp"

#include <stdexcept>

namespace hull::backend::runtime {
namespace {

/// host.units: the lazy files as functions. lazy.js calls each once, which leaves their code in the snapshot.
void add_units(v8::Local<v8::Context> context, v8::Local<v8::Object> host) {
  v8::Isolate* isolate = context->GetIsolate();
  const v8::Local<v8::Object> units = v8::Object::New(isolate);
  for (const glue_file& file : lazy_glue()) {
    const std::string_view name(file.name);
    v8::Local<v8::Function> unit;
    if (!compile_glue(context, file.name, file.source).ToLocal(&unit))
      throw std::logic_error(std::string(name) + " cannot be compiled");
    units->Set(context, js_name(isolate, name.substr(0, name.rfind('.'))), unit).Check();
  }
  host->Set(context, js_name(isolate, "units"), units).Check();
}

v8::StartupData make_snapshot() {
  start_v8();
  v8::SnapshotCreator creator(external_references());
  v8::Isolate* isolate = creator.GetIsolate();
  {
    const v8::HandleScope handles(isolate);
    const v8::Local<v8::Context> context = v8::Context::New(isolate);
    const v8::Context::Scope entered(context);
    const v8::TryCatch caught(isolate);
    const v8::Local<v8::Object> host = make_host_object(context);
    add_units(context, host);
    for (const glue_file& file : context_glue()) {
      if (run_glue(context, host, file.name, file.source).IsEmpty()) {
        const v8::String::Utf8Value text(isolate, caught.Exception());
        throw std::logic_error(std::string(file.name) + ": " + (*text != nullptr ? *text : "failed"));
      }
    }
    creator.SetDefaultContext(context);
  }
  return creator.CreateBlob(v8::SnapshotCreator::FunctionCodeHandling::kKeep);
}

}  // namespace

v8::StartupData& glue_snapshot() {
  static v8::StartupData snapshot = make_snapshot();
  return snapshot;
}

v8::MaybeLocal<v8::Function> compile_glue(v8::Local<v8::Context> context, const char* name, std::string_view source) {
  v8::Isolate* isolate = context->GetIsolate();
  const v8::ScriptOrigin origin(isolate, js_string(isolate, std::string("hull:") + name));
  v8::ScriptCompiler::Source code(js_string(isolate, source), origin);
  v8::Local<v8::String> parameter = js_name(isolate, "host");
  return v8::ScriptCompiler::CompileFunctionInContext(context, &code, 1, &parameter, 0, nullptr);
}

v8::MaybeLocal<v8::Value> run_glue(v8::Local<v8::Context> context, v8::Local<v8::Value> host, const char* name,
                                   std::string_view source) {
  v8::Local<v8::Function> function;
  if (!compile_glue(context, name, source).ToLocal(&function)) return {};
  return function->Call(context, v8::Undefined(context->GetIsolate()), 1, &host);
}

}  // namespace hull::backend::runtime
