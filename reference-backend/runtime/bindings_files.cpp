// ctx.storage.store() and get(): the guest JavaScript moves the bytes, a piece at a time, by the number of an open
// file.
#include "runtime/bindings.hpp"
#include "runtime/buffers.hpp"
#include "runtime/errors.hpp"
#include "runtime/execution.hpp"
#include "common/outcome_of.hpp"

#include <algorithm>

namespace hull::backend::runtime {
namespace {

using call = const v8::FunctionCallbackInfo<v8::Value>&;

constexpr std::size_t max_piece = 256u << 10;

execution& current(call info) { return *isolate_box::of(info.GetIsolate()).current; }

/// Actions may catch every failure, but are told nothing about ours.
void throw_failure(call info, failure f) {
  v8::Isolate* isolate = info.GetIsolate();
  if (f.who == blame::server) f.message = "Your request couldn't be completed. Try again later.";
  isolate->ThrowException(error_object(isolate->GetCurrentContext(), f));
}

std::uint32_t number_of(v8::Local<v8::Value> v) { return v->IsUint32() ? v.As<v8::Uint32>()->Value() : 0; }

std::optional<std::string> optional_text(v8::Isolate* isolate, v8::Local<v8::Value> v) {
  if (!v->IsString()) return std::nullopt;
  return utf8_text(isolate, v);
}

/// storeFile(contentType, sha256): the number of a new file.
void store_file(call info) {
  v8::Isolate* isolate = info.GetIsolate();
  execution& e = current(info);
  auto writer = e.store_file({optional_text(isolate, info[0]), optional_text(isolate, info[1])});
  if (!writer) return throw_failure(info, writer.error());
  info.GetReturnValue().Set(e.files().add(*std::move(writer)));
}

void store_write(call info) {
  file_writer* writer = current(info).files().writer(number_of(info[0]));
  if (writer == nullptr) return throw_error(info.GetIsolate(), "There is no such file");
  if (!info[1]->IsArrayBufferView()) return throw_type_error(info.GetIsolate(), "A file is made of bytes");
  const timer_pause waiting(current(info).box().timer());
  const auto written = outcome_of([&] { return writer->write(bytes_of(info[1])); });
  if (!written) throw_failure(info, written.error());
}

/// storeFinish(number): the id.
void store_finish(call info) {
  const std::uint32_t number = number_of(info[0]);
  file_writer* writer = current(info).files().writer(number);
  if (writer == nullptr) return throw_error(info.GetIsolate(), "There is no such file");
  outcome<std::string> id = std::string();
  {
    const timer_pause waiting(current(info).box().timer());
    id = outcome_of([&] { return writer->finish(); });
  }
  current(info).files().close(number);
  if (!id) return throw_failure(info, id.error());
  info.GetReturnValue().Set(js_string(info.GetIsolate(), *id));
}

void close_file(call info) { current(info).files().close(number_of(info[0])); }

/// openFile(storageId): [number, size, contentType or null]; null when there is no such file.
void open_file(call info) {
  v8::Isolate* isolate = info.GetIsolate();
  execution& e = current(info);
  auto reader = e.open_file(utf8_text(isolate, info[0]));
  if (!reader) return throw_failure(info, reader.error());
  if (!*reader) return info.GetReturnValue().SetNull();
  const auto type = (*reader)->content_type();
  const auto size = static_cast<double>((*reader)->size());
  v8::Local<v8::Value> parts[] = {v8::Integer::NewFromUnsigned(isolate, e.files().add(*std::move(reader))),
                                  v8::Number::New(isolate, size), v8::Null(isolate)};
  if (type) parts[2] = js_string(isolate, *type);
  info.GetReturnValue().Set(v8::Array::New(isolate, parts, 3));
}

/// readFile(number, offset): bytes; none at the end.
void read_file(call info) {
  file_reader* reader = current(info).files().reader(number_of(info[0]));
  if (reader == nullptr) return throw_error(info.GetIsolate(), "There is no such file");
  const double offset = info[1]->IsNumber() ? info[1].As<v8::Number>()->Value() : 0;
  outcome<std::string> piece = std::string();
  {
    const timer_pause waiting(current(info).box().timer());
    piece = outcome_of([&] { return reader->read(static_cast<std::uint64_t>(std::max(0.0, offset)), max_piece); });
  }
  if (!piece) return throw_failure(info, piece.error());
  v8::Local<v8::Uint8Array> bytes;
  if (new_bytes(info.GetIsolate(), *piece).ToLocal(&bytes)) info.GetReturnValue().Set(bytes);
}

constexpr binding table[] = {
    {"storeFile", store_file}, {"storeWrite", store_write}, {"storeFinish", store_finish},
    {"closeFile", close_file}, {"openFile", open_file},     {"readFile", read_file},
};

}  // namespace

std::span<const binding> file_bindings() { return table; }

}  // namespace hull::backend::runtime
