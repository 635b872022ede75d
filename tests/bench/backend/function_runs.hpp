// Runs of one query in one isolate, without a database: what backend_bench and runtime_bench measure.
#pragma once

#include "runtime/runtime.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace hull::bench {

namespace runtime = backend::runtime;

/// Answers what a query of a few rows asks for; there are none.
class quick_host final : public runtime::syscall_host {
 public:
  backend::outcome<std::string> syscall(std::string_view name, std::string_view) override {
    return std::string(name == "1.0/queryStream" ? R"({"queryId":1})" : "true");
  }
  backend::outcome<std::string> async_syscall(runtime::scope&, std::string_view name, std::string_view) override {
    if (name == "1.0/queryStreamNext") return std::string(R"({"value":null,"done":true})");
    return std::string("null");
  }
  std::optional<std::string> environment_variable(std::string_view) override { return std::nullopt; }
};

/// Modules bundled with the npm package, from the folder that HULL_BENCH_BUNDLE names
/// (tests/backend/runtime/npm/bundle.sh makes one); null when it names none.
inline std::shared_ptr<const runtime::module_set> bundled_modules() {
  const char* folder = std::getenv("HULL_BENCH_BUNDLE");
  if (folder == nullptr) return nullptr;
  std::map<std::string, runtime::module_source, std::less<>> modules;
  for (const auto& file : std::filesystem::recursive_directory_iterator(folder))
    if (file.path().extension() == ".js") {
      const std::string path = std::filesystem::relative(file.path(), folder).generic_string();
      std::ifstream in(file.path(), std::ios::binary);
      modules[path] = {path, {std::istreambuf_iterator<char>(in), {}}, std::nullopt, false, ""};
    }
  return std::make_shared<const runtime::module_set>(std::move(modules));
}

/// messages:list of `modules`, again and again.
class function_runs {
 public:
  function_runs(std::shared_ptr<const runtime::module_set> modules, bool reuse) {
    runtime::runtime_options options;
    options.isolates = 1;
    options.reuse_contexts = reuse;
    js_ = runtime::runtime::start(options, backend::system_clock()).value();
    request_.modules = std::move(modules);
    request_.module_path = "messages.js";
    request_.function = "list";
    request_.args_json = "[{}]";
    request_.display_path = "messages:list";
    request_.host = &host_;
    for (int i = 0; i < 20; ++i) once();
  }
  runtime::context_counts contexts() const { return js_->contexts(); }
  /// What went wrong.
  std::optional<std::string> once() {
    const runtime::run_result result = js_->run(request_);
    if (result.value_json) return std::nullopt;
    return result.thrown ? result.thrown->display : result.failed->message;
  }

 private:
  std::unique_ptr<runtime::runtime> js_;
  quick_host host_;
  runtime::run_request request_;
};

}  // namespace hull::bench
