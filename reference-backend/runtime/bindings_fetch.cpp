// fetch as the guest JavaScript asks for it: one request, its answer's head, and the answer's body as a stream.
#include "runtime/bindings.hpp"
#include "runtime/errors.hpp"
#include "runtime/execution.hpp"

namespace hull::backend::runtime {
namespace {

using call = const v8::FunctionCallbackInfo<v8::Value>&;

execution& current(call info) { return *isolate_box::of(info.GetIsolate()).current; }

/// A string whose characters are bytes.
std::string latin1_bytes(v8::Isolate* isolate, v8::Local<v8::Value> v) {
  if (!v->IsString()) return {};
  const auto s = v.As<v8::String>();
  std::string out(static_cast<std::size_t>(s->Length()), '\0');
  s->WriteOneByte(isolate, reinterpret_cast<std::uint8_t*>(out.data()), 0, static_cast<int>(out.size()),
                  v8::String::NO_NULL_TERMINATION);
  return out;
}

v8::Local<v8::String> latin1_string(v8::Isolate* isolate, std::string_view bytes) {
  return v8::String::NewFromOneByte(isolate, reinterpret_cast<const std::uint8_t*>(bytes.data()),
                                    v8::NewStringType::kNormal, static_cast<int>(bytes.size()))
      .FromMaybe(v8::String::Empty(isolate));
}

bool has_line_break(const std::string& text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos;
}

/// [name, value, name, value, ...]; empty when something in it would break the request apart.
std::optional<header_list> headers_from(v8::Local<v8::Context> context, v8::Local<v8::Value> list) {
  header_list headers;
  if (!list->IsArray()) return headers;
  const auto array = list.As<v8::Array>();
  for (std::uint32_t i = 0; i + 1 < array->Length(); i += 2) {
    v8::Local<v8::Value> name, text;
    if (!array->Get(context, i).ToLocal(&name) || !array->Get(context, i + 1).ToLocal(&text)) return std::nullopt;
    headers.emplace_back(latin1_bytes(context->GetIsolate(), name), latin1_bytes(context->GetIsolate(), text));
    if (has_line_break(headers.back().first) || has_line_break(headers.back().second)) return std::nullopt;
  }
  return headers;
}

/// {status, headers: [name, value, ...], streamId}
v8::Local<v8::Value> head_object(v8::Local<v8::Context> context, const fetch_response& r,
                                 const std::string& stream_id) {
  v8::Isolate* isolate = context->GetIsolate();
  std::vector<v8::Local<v8::Value>> list;
  for (const auto& [name, text] : r.headers) {
    list.push_back(latin1_string(isolate, name));
    list.push_back(latin1_string(isolate, text));
  }
  v8::Local<v8::Name> names[] = {js_name(isolate, "status"), js_name(isolate, "headers"), js_name(isolate, "streamId")};
  v8::Local<v8::Value> values[] = {v8::Integer::New(isolate, static_cast<int>(r.status)),
                                   v8::Array::New(isolate, list.data(), list.size()), js_string(isolate, stream_id)};
  return v8::Object::New(isolate, v8::Null(isolate), names, values, 3);
}

/// fetchStart(id, method, url, [name, value, ...], streamId or null, size or -1): a promise of the head.
void fetch_start(call info) {
  v8::Isolate* isolate = info.GetIsolate();
  const v8::Local<v8::Context> context = isolate->GetCurrentContext();
  execution& run = current(info);
  v8::Local<v8::Promise::Resolver> resolver;
  if (!v8::Promise::Resolver::New(context).ToLocal(&resolver)) return;
  info.GetReturnValue().Set(resolver->GetPromise());
  fetch_request request;
  request.method = utf8_text(isolate, info[1]);
  request.url = utf8_text(isolate, info[2]);
  auto headers = headers_from(context, info[3]);
  if (!headers) {
    const auto why = v8::Exception::TypeError(js_name(isolate, "A header of the request is not valid"));
    resolver->Reject(context, why).FromMaybe(false);
    return;
  }
  request.headers = *std::move(headers);
  if (info[4]->IsString()) request.body = run.streams().outgoing(utf8_text(isolate, info[4]));
  if (info[5]->IsNumber() && info[5].As<v8::Number>()->Value() >= 0)
    request.body_size = static_cast<std::uint64_t>(info[5].As<v8::Number>()->Value());
  run.start_fetch(info[0]->IsNumber() ? info[0].As<v8::Number>()->Value() : 0, std::move(request), resolver,
                  head_object);
}

void fetch_abort(call info) {
  if (info[0]->IsNumber()) current(info).abort_fetch(info[0].As<v8::Number>()->Value());
}

constexpr binding table[] = {{"fetchStart", fetch_start}, {"fetchAbort", fetch_abort}};

}  // namespace

std::span<const binding> fetch_bindings() { return table; }

}  // namespace hull::backend::runtime
