// From a request to its result: load the module, check the export, call it, run the loop.
#include "runtime/run_function.hpp"

#include "runtime/errors.hpp"
#include "runtime/prepared_runs.hpp"

#include <hull/value/json.hpp>

namespace hull::backend::runtime {
namespace {

struct kind_names {
  const char* flag;
  const char* invoke;
  const char* shown;
};

constexpr kind_names names_of(function_kind k) {
  switch (k) {
    case function_kind::query:
      return {"isQuery", "invokeQuery", "query"};
    case function_kind::mutation:
      return {"isMutation", "invokeMutation", "mutation"};
    case function_kind::action:
      return {"isAction", "invokeAction", "action"};
  }
  return {"", "", ""};
}

bool is_true(v8::Local<v8::Context> context, v8::Local<v8::Object> object, const char* name) {
  v8::Local<v8::Value> v;
  return object->Get(context, js_name(context->GetIsolate(), name)).ToLocal(&v) && v->IsTrue();
}

/// Why the export may not run as `what`; empty when it may.
std::string refuse_export(v8::Local<v8::Context> context, v8::Local<v8::Object> exported, const run_request& r) {
  if (is_true(context, exported, names_of(r.what).flag)) return "";
  const std::string function = "Function " + r.module_path + ":" + r.function;
  if (r.what == function_kind::action) return function + " is not an action. Did you forget to wrap it with `action`?";
  const bool query = r.what == function_kind::query;
  if (!is_true(context, exported, names_of(query ? function_kind::mutation : function_kind::query).flag))
    return function + " is neither a query or mutation. Did you forget to wrap it with `query` or `mutation`?";
  return function + (query ? " is registered as a mutation but is being run as a query."
                           : " is registered as a query but is being run as a mutation.");
}

/// Calls the export; the promise it returned. Empty when the execution has ended.
v8::MaybeLocal<v8::Promise> invoke(execution& run, v8::Local<v8::Context> context, v8::Local<v8::Module> module,
                                   const run_request& r) {
  v8::Isolate* isolate = context->GetIsolate();
  v8::TryCatch caught(isolate);
  v8::Local<v8::Value> exported;
  const bool found =
      module->GetModuleNamespace().As<v8::Object>()->Get(context, js_string(isolate, r.function)).ToLocal(&exported);
  if (run.step_failed(caught)) return {};
  if (!found || !exported->IsObject()) {
    run.end(plain_error("Couldn't find \"" + r.function + "\" in module \"" + r.module_path + "\"."));
    return {};
  }
  const auto function = exported.As<v8::Object>();
  const std::string refusal = refuse_export(context, function, r);
  if (run.step_failed(caught)) return {};
  if (!refusal.empty()) {
    run.end(plain_error(refusal));
    return {};
  }
  const kind_names names = names_of(r.what);
  v8::Local<v8::Value> invoker;
  const bool got = function->Get(context, js_name(isolate, names.invoke)).ToLocal(&invoker);
  if (run.step_failed(caught)) return {};
  if (!got || !invoker->IsFunction()) {
    run.end(plain_error("Function " + r.module_path + ":" + r.function + " has no " + names.invoke + " method."));
    return {};
  }
  const v8::Local<v8::Value> args = js_string(isolate, r.args_json);
  v8::Local<v8::Value> with_id[] = {js_string(isolate, "hull"), args};  // actions get an opaque request id first
  v8::Local<v8::Value> plain[] = {args};
  const bool action = r.what == function_kind::action;
  v8::Local<v8::Value> result;
  const bool returned = invoker.As<v8::Function>()
                            ->Call(context, context->Global(), action ? 2 : 1, action ? with_id : plain)
                            .ToLocal(&result);
  if (run.step_failed(caught)) return {};
  if (!returned || !result->IsPromise()) {
    run.end(
        plain_error(std::string(names.invoke) + " of " + r.module_path + ":" + r.function + " returned no promise."));
    return {};
  }
  return result.As<v8::Promise>();
}

/// Calls `object[name](...args)`. Empty when the execution has ended.
v8::MaybeLocal<v8::Value> call_method(execution& run, v8::Local<v8::Context> context, v8::Local<v8::Object> object,
                                      const char* name, std::vector<v8::Local<v8::Value>> args) {
  v8::Isolate* isolate = context->GetIsolate();
  const v8::TryCatch caught(isolate);
  v8::Local<v8::Value> method, result;
  if (object->Get(context, js_name(isolate, name)).ToLocal(&method) && method->IsFunction() &&
      method.As<v8::Function>()->Call(context, object, static_cast<int>(args.size()), args.data()).ToLocal(&result))
    return result;
  if (!run.step_failed(caught))
    run.end(plain_error(std::string("The router of `convex/http.js` has no ") + name + "()."));
  return {};
}

/// The router's [handler, method, pattern] in words; nothing when it is no such list.
std::optional<std::string> shown_route(v8::Local<v8::Context> context, v8::Local<v8::Value> route) {
  if (!route->IsArray()) return std::nullopt;
  const auto parts = route.As<v8::Array>();
  v8::Local<v8::Value> method, pattern;
  if (!parts->Get(context, 1).ToLocal(&method) || !parts->Get(context, 2).ToLocal(&pattern)) return std::nullopt;
  if (!method->IsString() || !pattern->IsString()) return std::nullopt;
  return utf8_text(context->GetIsolate(), method) + " " + utf8_text(context->GetIsolate(), pattern);
}

/// Asks the router of http.js for the route, then runs the request; the promise of the response.
v8::MaybeLocal<v8::Promise> invoke_http(execution& run, v8::Local<v8::Context> context, v8::Local<v8::Module> module,
                                        const run_request& r) {
  v8::Isolate* isolate = context->GetIsolate();
  v8::TryCatch caught(isolate);
  v8::Local<v8::Value> exported;
  const bool found =
      module->GetModuleNamespace().As<v8::Object>()->Get(context, js_name(isolate, "default")).ToLocal(&exported);
  if (run.step_failed(caught)) return {};
  if (!found || exported->IsUndefined()) {
    run.end(plain_error("`convex/http.js` must have a default export of a Router."));
    return {};
  }
  if (!exported->IsObject() || !is_true(context, exported.As<v8::Object>(), "isRouter")) {
    if (!run.step_failed(caught)) run.end(plain_error("The default export of `convex/http.js` is not a Router."));
    return {};
  }
  const auto router = exported.As<v8::Object>();
  const v8::Local<v8::Value> path = js_string(isolate, r.http->routed_path);
  v8::Local<v8::Value> route;
  if (!call_method(run, context, router, "lookup", {path, js_string(isolate, r.http->method)}).ToLocal(&route))
    return {};
  if (route->IsNullOrUndefined()) {
    run.end(failure{blame::not_found, "NoMatchingRoute", "No matching routes found", std::nullopt});
    return {};
  }
  auto shown = shown_route(context, route);
  if (run.step_failed(caught)) return {};
  if (shown && r.http->on_route) r.http->on_route(*std::move(shown));
  run.begin_executing();
  v8::Local<v8::Value> result;
  if (!call_method(run, context, router, "runRequest", {js_string(isolate, r.args_json), path}).ToLocal(&result))
    return {};
  if (result->IsPromise()) return result.As<v8::Promise>();
  run.end(plain_error("runRequest of the router of `convex/http.js` returned no promise."));
  return {};
}

std::optional<std::string> run_in(execution& run, v8::Local<v8::Context> context, v8::MaybeLocal<v8::Module> loaded,
                                  const run_request& r) {
  v8::Local<v8::Module> module;
  if (!loaded.ToLocal(&module)) return std::nullopt;
  context->SetContinuationPreservedEmbedderData(v8::Undefined(context->GetIsolate()));
  v8::Local<v8::Promise> main;
  if (r.http) {
    if (!invoke_http(run, context, module, r).ToLocal(&main)) return std::nullopt;
  } else {
    run.begin_executing();
    if (!invoke(run, context, module, r).ToLocal(&main)) return std::nullopt;
  }
  run.run_to_end(context, main);
  if (run.has_ended()) return std::nullopt;
  if (!main->Result()->IsString()) {
    run.end(plain_error("Function " + r.module_path + ":" + r.function + " returned no text."));
    return std::nullopt;
  }
  std::string text = utf8_text(context->GetIsolate(), main->Result());
  run.loader().keep_code(context->GetIsolate());
  return text;
}

execution_setup setup_of(const run_request& r) {
  execution_setup s;
  s.where = surroundings_of(r.what);
  s.modules = r.modules;
  s.import_seed = r.import_seed;
  s.import_time_ms = r.import_timestamp_ms;
  s.random_seed = r.random_seed;
  s.time_ms = r.unix_timestamp_ms;
  s.host = r.host;
  s.limits = r.limits;
  s.incoming = r.incoming;
  if (r.http && r.http->on_response)
    s.on_response = [tell = r.http->on_response](const std::string& json, const host_streams& streams) {
      const auto read = read_json(json);
      const value* id = read && read->is_object() ? read->find("streamId") : nullptr;
      tell(json, id != nullptr && id->is_string() ? streams.outgoing(id->as_string()) : nullptr);
    };
  return s;
}

}  // namespace

run_result run_function(isolate_box& box, clock& wall, const run_request& request, execution* parent) {
  const v8::HandleScope handles(box.isolate());
  execution_setup setup = setup_of(request);
  if (parent == nullptr && box.prepared().wants_lasting()) box.prepared().prepare(box, wall);
  if (std::optional<prepared_run> ready = box.prepared().take(box, setup, request.module_path)) {
    execution& run = *ready->run;
    run.adopt(std::move(setup));
    run.begin(parent, ready->used);
    run_result result;
    {
      const v8::Local<v8::Context> context = ready->context.Get(box.isolate());
      const v8::Context::Scope entered(context);
      result = run.finish(run_in(run, context, ready->module.Get(box.isolate()), request));
    }
    box.prepared().give_back(box, wall, request.module_path, *std::move(ready));
    return result;
  }
  execution run(box, wall, std::move(setup));
  run.begin(parent);
  const v8::Local<v8::Context> context = box.new_context();
  const v8::Context::Scope entered(context);
  return run.finish(run_in(run, context, load_for_run(run, context, request.module_path), request));
}

run_result execution::run_nested(const run_request& request) {
  run_request child = request;
  child.random_seed = random_.next_seed();
  child.unix_timestamp_ms = setup_.time_ms;
  const timer_work running(box_.timer());
  return run_function(box_, wall_, child, this);
}

}  // namespace hull::backend::runtime
