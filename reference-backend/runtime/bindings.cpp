// Puts the tables of bindings together.
#include "runtime/bindings.hpp"

#include <vector>

namespace hull::backend::runtime {
namespace {

std::vector<binding> all_bindings() {
  std::vector<binding> all;
  for (const auto table : {core_bindings(), crypto_bindings(), data_bindings(), encoding_bindings(), stream_bindings(),
                           fetch_bindings(), file_bindings(), lazy_bindings()})
    all.insert(all.end(), table.begin(), table.end());
  return all;
}

}  // namespace

v8::Local<v8::Object> make_host_object(v8::Local<v8::Context> context) {
  v8::Isolate* isolate = context->GetIsolate();
  const v8::Local<v8::Object> host = v8::Object::New(isolate);
  for (const binding& b : all_bindings()) {
    const auto function =
        v8::Function::New(context, b.function, {}, 0, v8::ConstructorBehavior::kThrow).ToLocalChecked();
    function->SetName(js_name(isolate, b.name));
    host->Set(context, js_name(isolate, b.name), function).Check();
  }
  return host;
}

const std::intptr_t* external_references() {
  static const std::vector<std::intptr_t> all = [] {
    std::vector<std::intptr_t> out;
    for (const binding& b : all_bindings()) out.push_back(reinterpret_cast<std::intptr_t>(b.function));
    out.push_back(reinterpret_cast<std::intptr_t>(lazy_global_getter()));
    out.push_back(0);
    return out;
  }();
  return all.data();
}

}  // namespace hull::backend::runtime
