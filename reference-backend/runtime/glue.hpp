// Our own guest JavaScript (js/*.js) and the start-up snapshot that holds it already evaluated.
#pragma once

#include "runtime/v8.hpp"

#include <span>

namespace hull::backend::runtime {

/// One file of js/, embedded at build time.
struct glue_file {
  const char* name;  ///< "console.js"
  std::string_view source;
};

/// Files of every context, in the order in which they run.
std::span<const glue_file> context_glue();
/// Files that a context runs when what they define is first asked for (js/lazy.js).
std::span<const glue_file> lazy_glue();
/// A file that runs only where it is needed: "describe_module.js", ...
std::string_view extra_glue(std::string_view name);

/// The snapshot: made once per process. A context made from it has all our globals.
v8::StartupData& glue_snapshot();

/// A glue file as a function of `host`, not yet called.
v8::MaybeLocal<v8::Function> compile_glue(v8::Local<v8::Context> context, const char* name, std::string_view source);

/// Runs a glue file in the entered context, as a function of `host`; the function's result.
v8::MaybeLocal<v8::Value> run_glue(v8::Local<v8::Context> context, v8::Local<v8::Value> host, const char* name,
                                   std::string_view source);

}  // namespace hull::backend::runtime
