// What one run of a query costs one isolate: with a module written by hand and with a bundle of the npm package, in
// contexts that are used again and in a new one for each run. The processor time is the figure: it holds the hand-over
// between threads, too.
#include "function_runs.hpp"

#include <benchmark/benchmark.h>

namespace {

using namespace hull::bench;

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
  function_runs list(modules, reuse);
  for (auto _ : state)
    if (const auto error = list.once()) return state.SkipWithError(error->c_str());
  state.SetItemsProcessed(state.iterations());
  state.counters["contexts"] = static_cast<double>(list.contexts().made);
}

void measured(benchmark::internal::Benchmark* b) {
  b->MeasureProcessCPUTime()->UseRealTime()->Unit(benchmark::kMicrosecond);
}

BENCHMARK_CAPTURE(runs, by_hand_reused, by_hand(), true)->Apply(measured);
BENCHMARK_CAPTURE(runs, by_hand_new_context, by_hand(), false)->Apply(measured);
BENCHMARK_CAPTURE(runs, npm_bundle_reused, bundled_modules(), true)->Apply(measured);
BENCHMARK_CAPTURE(runs, npm_bundle_new_context, bundled_modules(), false)->Apply(measured);

}  // namespace

BENCHMARK_MAIN();
