// Globals that exist from the start but are made when they are first read, so that a new context stays cheap. To
// JavaScript they are plain data properties.
#include "runtime/bindings.hpp"

namespace hull::backend::runtime {
namespace {

using call = const v8::FunctionCallbackInfo<v8::Value>&;

constexpr int maker_slot = 1;  // V8 keeps slot 0 for debuggers

void make_global(v8::Local<v8::Name> name, const v8::PropertyCallbackInfo<v8::Value>& info) {
  const v8::Local<v8::Context> context = info.GetIsolate()->GetCurrentContext();
  const v8::Local<v8::Value> maker = context->GetEmbedderData(maker_slot);
  if (!maker->IsFunction()) return;
  v8::Local<v8::Value> argument = name;
  v8::Local<v8::Value> made;
  if (maker.As<v8::Function>()->Call(context, v8::Undefined(info.GetIsolate()), 1, &argument).ToLocal(&made))
    info.GetReturnValue().Set(made);
}

/// lazyGlobals([names], maker, attributes): `maker(name)` gives the value; `maker()` makes everything. The attributes
/// are a sum of v8::ReadOnly and v8::DontEnum.
void lazy_globals(call info) {
  const v8::Local<v8::Context> context = info.GetIsolate()->GetCurrentContext();
  if (!info[0]->IsArray() || !info[1]->IsFunction() || !info[2]->IsInt32()) return;
  context->SetEmbedderData(maker_slot, info[1]);
  const auto attributes = static_cast<v8::PropertyAttribute>(info[2].As<v8::Int32>()->Value());
  const auto names = info[0].As<v8::Array>();
  for (std::uint32_t i = 0; i < names->Length(); ++i) {
    v8::Local<v8::Value> name;
    if (!names->Get(context, i).ToLocal(&name) || !name->IsName()) return;
    if (context->Global()->SetLazyDataProperty(context, name.As<v8::Name>(), make_global, {}, attributes).IsNothing())
      return;
  }
}

constexpr binding table[] = {{"lazyGlobals", lazy_globals}};

}  // namespace

std::span<const binding> lazy_bindings() { return table; }
v8::AccessorNameGetterCallback lazy_global_getter() { return make_global; }

void make_lazy_globals(v8::Local<v8::Context> context) {
  const v8::TryCatch caught(context->GetIsolate());
  const v8::Local<v8::Value> maker = context->GetEmbedderData(maker_slot);
  if (maker->IsFunction())
    maker.As<v8::Function>()->Call(context, v8::Undefined(context->GetIsolate()), 0, nullptr).IsEmpty();
}

}  // namespace hull::backend::runtime
