// Bytes that come from outside and go there, as the guest JavaScript asks for them.
#include "runtime/bindings.hpp"
#include "runtime/buffers.hpp"
#include "runtime/errors.hpp"
#include "runtime/execution.hpp"

namespace hull::backend::runtime {
namespace {

using call = const v8::FunctionCallbackInfo<v8::Value>&;
using resolver = v8::Global<v8::Promise::Resolver>;

execution& current(call info) { return *isolate_box::of(info.GetIsolate()).current; }

/// A promise that is given to JavaScript; null when that is not possible.
std::shared_ptr<resolver> promise_for(call info) {
  v8::Isolate* isolate = info.GetIsolate();
  v8::Local<v8::Promise::Resolver> made;
  if (!v8::Promise::Resolver::New(isolate->GetCurrentContext()).ToLocal(&made)) return nullptr;
  info.GetReturnValue().Set(made->GetPromise());
  return std::make_shared<resolver>(isolate, made);
}

/// True when there is more to read.
bool settle_read(v8::Local<v8::Context> context, byte_stream& stream, v8::Local<v8::Promise::Resolver> promise) {
  v8::Isolate* isolate = context->GetIsolate();
  auto got = stream.read();
  switch (got.state) {
    case byte_stream::reading::bytes: {
      v8::TryCatch caught(isolate);
      v8::Local<v8::Uint8Array> bytes;
      if (new_bytes(isolate, got.bytes).ToLocal(&bytes))
        promise->Resolve(context, bytes).FromMaybe(false);
      else
        promise->Reject(context, caught.Exception()).FromMaybe(false);
      return true;
    }
    case byte_stream::reading::failed:
      promise->Reject(context, v8::Exception::Error(js_string(isolate, got.why))).FromMaybe(false);
      return false;
    case byte_stream::reading::ended:
    case byte_stream::reading::nothing_yet:
      promise->Resolve(context, v8::Null(isolate)).FromMaybe(false);
  }
  return false;
}

/// streamRead(id, name): a promise of bytes, or of null at the end.
void stream_read(call info) {
  v8::Isolate* isolate = info.GetIsolate();
  execution& run = current(info);
  const std::string id = utf8_text(isolate, info[0]);
  const auto stream = run.streams().incoming(id);
  if (!stream) return throw_error(isolate, "There is no such stream");
  const auto promise = promise_for(info);
  if (!promise) return;
  run.wait_for({utf8_text(isolate, info[1]), [stream] { return stream->readable(); },
                [stream, promise, id, &run](v8::Local<v8::Context> context) {
                  if (!settle_read(context, *stream, promise->Get(context->GetIsolate()))) run.done_reading(id);
                }});
}

void stream_cancel(call info) {
  execution& run = current(info);
  const std::string id = utf8_text(info.GetIsolate(), info[0]);
  if (const auto stream = run.streams().incoming(id)) stream->cancel();
  run.done_reading(id);
}

/// streamCreate(isResponse): the id of a stream to write. The run goes on until the body of its response is written.
void stream_create(call info) {
  execution& e = current(info);
  if (const auto refused = refuse_operation(e.where(), e.importing(), web_operation::stream)) {
    info.GetIsolate()->ThrowException(error_object(info.GetIsolate()->GetCurrentContext(), *refused));
    return;
  }
  const std::string id = e.streams().create_outgoing(info[0]->IsTrue());
  e.wake_when_writable(*e.streams().outgoing(id));
  info.GetReturnValue().Set(js_string(info.GetIsolate(), id));
}

/// streamWrite(id, bytes): true, or a promise of it when there is no room yet; false when nobody reads any more.
void stream_write(call info) {
  v8::Isolate* isolate = info.GetIsolate();
  const auto stream = current(info).streams().outgoing(utf8_text(isolate, info[0]));
  if (!stream || !info[1]->IsArrayBufferView()) return info.GetReturnValue().Set(false);
  std::string bytes = bytes_of(info[1]);
  const auto first = stream->write(bytes);
  if (first != byte_stream::written::full) return info.GetReturnValue().Set(first == byte_stream::written::taken);
  const auto promise = promise_for(info);
  if (!promise) return;
  const auto waiting = std::make_shared<std::string>(std::move(bytes));
  current(info).wait_for({"", [stream] { return stream->writable(); },
                          [stream, promise, waiting](v8::Local<v8::Context> context) {
                            const bool taken = stream->write(*waiting) == byte_stream::written::taken;
                            v8::Isolate* here = context->GetIsolate();
                            promise->Get(here)->Resolve(context, v8::Boolean::New(here, taken)).FromMaybe(false);
                          }});
}

/// streamGone(id): a promise that is fulfilled when nobody reads any more, before the end.
void stream_gone(call info) {
  const auto stream = current(info).streams().outgoing(utf8_text(info.GetIsolate(), info[0]));
  const auto promise = promise_for(info);
  if (!stream || !promise) return;
  current(info).wait_for({"", [stream] { return stream->cancelled(); },
                          [promise](v8::Local<v8::Context> context) {
                            v8::Isolate* isolate = context->GetIsolate();
                            promise->Get(isolate)->Resolve(context, v8::Undefined(isolate)).FromMaybe(false);
                          }});
}

/// streamEnd(id) or, with the reason for a failure, streamEnd(id, why).
void stream_end(call info) {
  v8::Isolate* isolate = info.GetIsolate();
  const std::string id = utf8_text(isolate, info[0]);
  const auto stream = current(info).streams().outgoing(id);
  if (!stream) return;
  if (info[1]->IsString())
    stream->fail(utf8_text(isolate, info[1]));
  else
    stream->end();
  current(info).streams().outgoing_done(id);
}

/// transferBuffer(buffer): a buffer with the same bytes; the old one is detached.
void transfer_buffer(call info) {
  v8::Isolate* isolate = info.GetIsolate();
  if (!info[0]->IsArrayBuffer()) return throw_type_error(isolate, "The bytes must be in an ArrayBuffer");
  const auto buffer = info[0].As<v8::ArrayBuffer>();
  if (!buffer->IsDetachable()) return throw_type_error(isolate, "The ArrayBuffer cannot be transferred");
  const auto store = buffer->GetBackingStore();
  if (buffer->WasDetached()) return throw_type_error(isolate, "The ArrayBuffer is detached");
  buffer->Detach();
  info.GetReturnValue().Set(v8::ArrayBuffer::New(isolate, store));
}

constexpr binding table[] = {
    {"streamRead", stream_read},         {"streamCancel", stream_cancel}, {"streamCreate", stream_create},
    {"streamWrite", stream_write},       {"streamGone", stream_gone},     {"streamEnd", stream_end},
    {"transferBuffer", transfer_buffer},
};

}  // namespace

std::span<const binding> stream_bindings() { return table; }

}  // namespace hull::backend::runtime
