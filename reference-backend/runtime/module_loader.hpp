// Loads ES modules of one set into one context: each once, with everything it imports.
#pragma once

#include "runtime/isolate_box.hpp"

#include <vector>

namespace hull::backend::runtime {

class execution;

class module_loader {
 public:
  explicit module_loader(execution& run) : run_(run) {}

  /// Compiles, links and evaluates. When empty, the execution has ended with the reason.
  v8::MaybeLocal<v8::Module> load(v8::Local<v8::Context> context, const std::string& path);

  /// Those of another run in the same context.
  void take_modules(module_loader& from) { modules_ = std::move(from.modules_); }

  /// Keeps V8's code of modules that had none, after they have run.
  void keep_code(v8::Isolate* isolate);

 private:
  struct loaded {
    std::string path;
    v8::Global<v8::Module> module;
    bool has_code;
  };
  v8::MaybeLocal<v8::Module> compile(v8::Local<v8::Context> context, const std::string& path);
  v8::MaybeLocal<v8::Module> refuse(std::string text);
  bool compile_imports(v8::Local<v8::Context> context, v8::Local<v8::Module> module, const std::string& path);
  bool evaluate(v8::Local<v8::Context> context, v8::Local<v8::Module> module);
  const loaded* find(const std::string& path) const;
  static v8::MaybeLocal<v8::Module> resolve(v8::Local<v8::Context> context, v8::Local<v8::String> specifier,
                                            v8::Local<v8::FixedArray> assertions, v8::Local<v8::Module> referrer);

  execution& run_;
  std::vector<loaded> modules_;
  std::optional<std::string> refusal_;  ///< Why a module could not be found; not yet said which module imports it.
};

/// The path of the module that `specifier` names in the module `importer`, or why it names none.
outcome<std::string> resolve_specifier(std::string_view specifier, std::string_view importer);

}  // namespace hull::backend::runtime
