// What one run of a query costs one isolate: with a module written by hand and with a bundle of the npm package
// (HULL_BENCH_BUNDLE names its folder; tests/backend/runtime/npm/bundle.sh makes one), in contexts that are used again
// and in a new one for each run. The processor time is the figure: it holds the hand-over between threads, too.
#include "runtime/runtime.hpp"

#include <benchmark/benchmark.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace {

using namespace hull::backend;

/// Answers what a query of a few rows asks for.
class quick_host final : public runtime::syscall_host {
 public:
  outcome<std::string> syscall(std::string_view name, std::string_view) override {
    return std::string(name == "1.0/queryStream" ? R"({"queryId":1})" : "true");
  }
  outcome<std::string> async_syscall(runtime::scope&, std::string_view name, std::string_view) override {
    if (name == "1.0/queryStreamNext") return std::string(R"({"value":null,"done":true})");
    return std::string("null");
  }
  std::optional<std::string> environment_variable(std::string_view) override { return std::nullopt; }
};

std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::shared_ptr<const runtime::module_set> bundle() {
  const char* folder = std::getenv("HULL_BENCH_BUNDLE");
  if (folder == nullptr) return nullptr;
  std::map<std::string, runtime::module_source, std::less<>> modules;
  for (const auto& file : std::filesystem::recursive_directory_iterator(folder))
    if (file.path().extension() == ".js") {
      const std::string path = std::filesystem::relative(file.path(), folder).generic_string();
      modules[path] = {path, read_file(file.path()), std::nullopt, false, ""};
    }
  return std::make_shared<const runtime::module_set>(std::move(modules));
}

std::shared_ptr<const runtime::module_set> by_hand() {
  const char* source = R"js(
    let runs = 0;
    export const list = () => {};
    list.isQuery = true;
    list.invokeQuery = async (text) => {
      const [args] = JSON.parse(text);
      return JSON.stringify({ limit: args.limit ?? 10, runs });
    };
  )js";
  return std::make_shared<const runtime::module_set>(std::map<std::string, runtime::module_source, std::less<>>{
      {"messages.js", {"messages.js", source, std::nullopt, false, ""}}});
}

void runs(benchmark::State& state, const std::shared_ptr<const runtime::module_set>& modules, bool reuse) {
  if (!modules) return state.SkipWithError("HULL_BENCH_BUNDLE is not set");
  runtime::runtime_options options;
  options.workers = 1;
  options.reuse_contexts = reuse;
  const auto js = runtime::runtime::start(options, system_clock()).value();
  quick_host host;
  runtime::run_request request;
  request.modules = modules;
  request.module_path = "messages.js";
  request.function = "list";
  request.args_json = "[{}]";
  request.display_path = "messages:list";
  request.host = &host;
  for (int i = 0; i < 20; ++i) js->run(request);
  for (auto _ : state) {
    const runtime::run_result result = js->run(request);
    if (!result.value_json)
      return state.SkipWithError(result.thrown ? result.thrown->display.c_str() : result.failed->message.c_str());
  }
  state.SetItemsProcessed(state.iterations());
}

void measured(benchmark::internal::Benchmark* b) {
  b->MeasureProcessCPUTime()->UseRealTime()->Unit(benchmark::kMicrosecond);
}

BENCHMARK_CAPTURE(runs, by_hand_reused, by_hand(), true)->Apply(measured);
BENCHMARK_CAPTURE(runs, by_hand_new_context, by_hand(), false)->Apply(measured);
BENCHMARK_CAPTURE(runs, npm_bundle_reused, bundle(), true)->Apply(measured);
BENCHMARK_CAPTURE(runs, npm_bundle_new_context, bundle(), false)->Apply(measured);

}  // namespace

BENCHMARK_MAIN();
