// What a function threw, as text with frames of the user's own sources.
#pragma once

#include "runtime/module_set.hpp"
#include "runtime/v8.hpp"

namespace hull::backend::runtime {

/// An error of the host's making, without frames.
js_error plain_error(std::string message, bool fatal = false);

/// "Uncaught TypeError: boom"; either may be empty.
std::string uncaught_text(const std::string& name, const std::string& message);

/// The error for a thrown value. Runs the user's code (getters, Error.prepareStackTrace).
js_error describe_exception(v8::Local<v8::Context> context, v8::Local<v8::Value> exception, const module_set& modules);

/// As above, for a module that does not compile: with the place where the compiler stopped.
js_error describe_syntax_error(v8::Local<v8::Context> context, const v8::TryCatch& caught, const module_set& modules);

/// The frames that the glue collected (a JSON array of call sites), mapped to the sources, one line each.
std::string format_frames(std::string_view frames_json, const module_set& modules);

/// An Error object for a failure, with the payload of a ConvexError as `data`.
v8::Local<v8::Value> error_object(v8::Local<v8::Context> context, const failure& f);

}  // namespace hull::backend::runtime
