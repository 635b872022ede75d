// import() in actions: modules of the same component, loaded between two steps of JavaScript.
#include "runtime/errors.hpp"
#include "runtime/execution.hpp"

namespace hull::backend::runtime {
namespace {

using v8_promise = v8::Local<v8::Promise::Resolver>;

void give_module(v8::Local<v8::Context> context, v8::Local<v8::Module> module, v8_promise promise) {
  v8::Isolate* isolate = context->GetIsolate();
  switch (module->GetStatus()) {
    case v8::Module::kEvaluated:
      promise->Resolve(context, module->GetModuleNamespace()).FromMaybe(false);
      return;
    case v8::Module::kErrored:
      promise->Reject(context, module->GetException()).FromMaybe(false);
      return;
    default:
      promise->Reject(context, v8::Exception::Error(js_name(isolate, "Module could not be linked"))).FromMaybe(false);
  }
}

/// The path of the module that imports, from the URL of its script.
std::string importer_path(const std::string& url) {
  constexpr std::string_view start = "convex:/";
  return url.compare(0, start.size(), start) == 0 ? url.substr(start.size()) : url;
}

/// The text of an error as the program that catches it should see it.
std::string without_uncaught(std::string text) {
  for (const std::string_view start : {std::string_view("Uncaught "), std::string_view("Error: ")})
    if (text.compare(0, start.size(), start) == 0) text.erase(0, start.size());
  return text;
}

}  // namespace

v8::MaybeLocal<v8::Promise> execution::import_later(v8::Local<v8::Context> context, const std::string& specifier,
                                                    const std::string& importer_url) {
  v8_promise made;
  if (!v8::Promise::Resolver::New(context).ToLocal(&made)) return {};
  const auto promise = std::make_shared<v8::Global<v8::Promise::Resolver>>(box_.isolate(), made);
  const auto path = resolve_specifier(specifier, importer_path(importer_url));
  wait_for({"", [] { return true; },
            [this, path, promise](v8::Local<v8::Context> here) {
              const v8_promise waiting = promise->Get(here->GetIsolate());
              v8::Local<v8::Module> module;
              if (path && loader_.load(here, *path).ToLocal(&module)) return give_module(here, module, waiting);
              if (failed_ || box_.spent()) return;
              const js_error why =
                  std::exchange(thrown_, std::nullopt).value_or(js_error());  // the program may catch it
              const std::string text = path ? without_uncaught(why.message) : path.error().message;
              waiting->Reject(here, v8::Exception::Error(js_string(here->GetIsolate(), text))).FromMaybe(false);
            }});
  return made->GetPromise();
}

}  // namespace hull::backend::runtime
