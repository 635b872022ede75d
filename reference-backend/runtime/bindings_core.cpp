// Syscalls, time, randomness, environment and console, as the guest JavaScript calls them. Each function asks the
// execution that runs now; none lets a C++ exception through V8's frames.
#include "runtime/bindings.hpp"
#include "runtime/errors.hpp"
#include "runtime/execution.hpp"

#include <algorithm>

namespace hull::backend::runtime {
namespace {

using call = const v8::FunctionCallbackInfo<v8::Value>&;

execution& current(call info) { return *isolate_box::of(info.GetIsolate()).current; }

v8::Local<v8::Context> context_of(call info) { return info.GetIsolate()->GetCurrentContext(); }

void throw_failure(call info, const failure& f) {
  info.GetIsolate()->ThrowException(error_object(context_of(info), f));
}

bool two_strings(call info) {
  if (info.Length() == 2 && info[0]->IsString() && info[1]->IsString()) return true;
  current(info).end(internal_failure("A syscall takes a name and a text of JSON"));
  return false;
}

void syscall(call info) {
  if (!two_strings(info)) return;
  execution& e = current(info);
  v8::Isolate* isolate = info.GetIsolate();
  const auto answer = e.syscall(utf8_text(isolate, info[0]), utf8_text(isolate, info[1]));
  if (answer)
    info.GetReturnValue().Set(js_string(isolate, *answer));
  else if (answer.error().deterministic())
    throw_failure(info, answer.error());
  else
    e.end(answer.error());
}

void async_syscall(call info) {
  if (!two_strings(info)) return;
  v8::Isolate* isolate = info.GetIsolate();
  const std::string name = utf8_text(isolate, info[0]);
  if (const auto refused = current(info).may_call(name)) return throw_failure(info, *refused);
  v8::Local<v8::Promise::Resolver> resolver;
  if (!v8::Promise::Resolver::New(context_of(info)).ToLocal(&resolver)) return;
  current(info).operations().add_syscall(isolate, name, utf8_text(isolate, info[1]), resolver);
  info.GetReturnValue().Set(resolver->GetPromise());
}

/// unknownSyscall(text): ends the function; not catchable.
void end_function(call info) { current(info).end_uncatchable(utf8_text(info.GetIsolate(), info[0])); }

/// requireOperation("fetch"): throws where the operation is not allowed.
void require_operation(call info) {
  const web_operation operation = web_operation_named(utf8_text(info.GetIsolate(), info[0]));
  execution& e = current(info);
  if (const auto refused = refuse_operation(e.where(), e.importing(), operation)) throw_failure(info, *refused);
}

void random(call info) {
  const auto number = current(info).random_double();
  if (number)
    info.GetReturnValue().Set(*number);
  else
    throw_failure(info, number.error());
}

/// randomFill(view): fills a typed array.
void random_fill(call info) {
  if (!info[0]->IsArrayBufferView()) return throw_type_error(info.GetIsolate(), "The argument is no typed array");
  const auto view = info[0].As<v8::ArrayBufferView>();
  std::vector<std::uint8_t> bytes(view->ByteLength());
  if (const auto refused = current(info).random_fill(bytes)) return throw_failure(info, *refused);
  const auto store = view->Buffer()->GetBackingStore();
  std::copy(bytes.begin(), bytes.end(), static_cast<std::uint8_t*>(store->Data()) + view->ByteOffset());
}

/// Throws where time must not be asked for.
void require_time(call info) {
  if (const auto refused = refuse_time(current(info).where())) throw_failure(info, *refused);
}
void require_random(call info) {
  if (const auto refused = refuse_random(current(info).where())) throw_failure(info, *refused);
}

void performance_now(call info) { info.GetReturnValue().Set(current(info).performance_now()); }
void time_origin(call info) { info.GetReturnValue().Set(current(info).time_origin()); }
/// Real time for console.time, which shows only in logs.
void stopwatch(call info) { info.GetReturnValue().Set(current(info).stopwatch_ms()); }

void environment(call info) {
  const auto found = current(info).environment_variable(utf8_text(info.GetIsolate(), info[0]));
  if (!found)
    throw_failure(info, found.error());
  else if (*found)
    info.GetReturnValue().Set(js_string(info.GetIsolate(), **found));
}

/// log(level, [texts])
void log(call info) {
  v8::Isolate* isolate = info.GetIsolate();
  if (!info[1]->IsArray()) return;
  const auto texts = info[1].As<v8::Array>();
  std::vector<std::string> messages;
  for (std::uint32_t i = 0; i < texts->Length(); ++i) {
    v8::Local<v8::Value> text;
    if (!texts->Get(context_of(info), i).ToLocal(&text)) return;
    messages.push_back(utf8_text(isolate, text));
  }
  current(info).log(utf8_text(isolate, info[0]), std::move(messages));
}

/// mapStack(jsonOfCallSites): the frames as text.
void map_stack(call info) {
  v8::Isolate* isolate = info.GetIsolate();
  info.GetReturnValue().Set(js_string(isolate, format_frames(utf8_text(isolate, info[0]), current(info).modules())));
}

/// sleep(milliseconds, id): a promise.
void sleep(call info) {
  v8::Local<v8::Promise::Resolver> resolver;
  if (!v8::Promise::Resolver::New(context_of(info)).ToLocal(&resolver)) return;
  const double ms = info[0]->IsNumber() ? info[0].As<v8::Number>()->Value() : 0;
  const double id = info[1]->IsNumber() ? info[1].As<v8::Number>()->Value() : 0;
  current(info).operations().add_sleep(info.GetIsolate(), ms, id, resolver);
  info.GetReturnValue().Set(resolver->GetPromise());
}

void cancel_sleep(call info) {
  if (info[0]->IsNumber()) current(info).operations().cancel_sleep(info[0].As<v8::Number>()->Value());
}

/// What V8 carries along promises and asynchronous functions; undefined at the start of a run.
void continuation_data(call info) {
  info.GetReturnValue().Set(context_of(info)->GetContinuationPreservedEmbedderData());
}
void set_continuation_data(call info) { context_of(info)->SetContinuationPreservedEmbedderData(info[0]); }

/// functionOrigin(f): [url, line, column], from 0.
void function_origin(call info) {
  if (!info[0]->IsFunction()) return;
  v8::Isolate* isolate = info.GetIsolate();
  const auto function = info[0].As<v8::Function>();
  v8::Local<v8::Value> parts[] = {function->GetScriptOrigin().ResourceName(),
                                  v8::Integer::New(isolate, function->GetScriptLineNumber()),
                                  v8::Integer::New(isolate, function->GetScriptColumnNumber())};
  if (parts[0].IsEmpty()) return;
  info.GetReturnValue().Set(v8::Array::New(isolate, parts, 3));
}

constexpr binding table[] = {
    {"syscall", syscall},
    {"asyncSyscall", async_syscall},
    {"endFunction", end_function},
    {"requireOperation", require_operation},
    {"requireTime", require_time},
    {"requireRandom", require_random},
    {"random", random},
    {"randomFill", random_fill},
    {"performanceNow", performance_now},
    {"timeOrigin", time_origin},
    {"stopwatch", stopwatch},
    {"environment", environment},
    {"log", log},
    {"mapStack", map_stack},
    {"sleep", sleep},
    {"cancelSleep", cancel_sleep},
    {"functionOrigin", function_origin},
    {"continuationData", continuation_data},
    {"setContinuationData", set_continuation_data},
};

}  // namespace

std::span<const binding> core_bindings() { return table; }

}  // namespace hull::backend::runtime
