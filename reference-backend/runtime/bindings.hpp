// The C++ functions that our guest JavaScript calls; it gets them as one object named `host`.
#pragma once

#include "runtime/v8.hpp"

#include <cstdint>
#include <span>

namespace hull::backend::runtime {

struct binding {
  const char* name;
  v8::FunctionCallback function;
};

std::span<const binding> core_bindings();    ///< Syscalls, time, randomness, environment, console.
std::span<const binding> crypto_bindings();  ///< crypto.subtle.
std::span<const binding> data_bindings();    ///< UTF-8, structured clone.
std::span<const binding> encoding_bindings();  ///< Base64, hexadecimal.
std::span<const binding> stream_bindings();  ///< Bytes that come from outside or go there.
std::span<const binding> fetch_bindings();   ///< Requests to other servers.
std::span<const binding> file_bindings();    ///< Files that are stored and loaded.
std::span<const binding> lazy_bindings();    ///< Globals that are made when they are first read.
/// What V8 calls when such a global is read.
v8::AccessorNameGetterCallback lazy_global_getter();
/// Makes all of them now, in the entered context.
void make_lazy_globals(v8::Local<v8::Context> context);

v8::Local<v8::Object> make_host_object(v8::Local<v8::Context> context);

/// All functions that a snapshot may refer to; ends with 0.
const std::intptr_t* external_references();

}  // namespace hull::backend::runtime
