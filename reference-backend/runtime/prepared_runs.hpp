// Contexts made ahead, while a worker has nothing to do: the module is loaded as a run would load it, up to the point
// where the run's own time, seed and host come in. What loading does depends on nothing else (the import seed and
// the import time belong to the push), so a run cannot tell; a module whose loading asks the host for anything is
// never prepared.
#pragma once

#include "runtime/execution.hpp"

namespace hull::backend::runtime {

struct prepared_run {
  std::unique_ptr<execution> run;
  v8::Global<v8::Context> context;
  v8::Global<v8::Module> module;
  std::chrono::microseconds used{0};  ///< Counts against the time of the run that takes it.
};

class prepared_runs {
 public:
  /// The run for such a request that was prepared, if there is one; notes that another one will be wanted.
  std::optional<prepared_run> take(const execution_setup& setup, const std::string& path);
  /// Prepares one of the runs that are wanted.
  void prepare(isolate_box& box, clock& wall);

 private:
  struct entry {
    execution_setup setup;  ///< The import seed and time, and the modules; no host.
    std::string path;
    std::optional<prepared_run> ready;
    bool serves(const execution_setup& other, const std::string& other_path) const;
  };
  std::vector<entry> entries_;  ///< The last ones used come first.
};

/// Loads the module and runs the microtasks that loading left. Empty when the execution has ended.
v8::MaybeLocal<v8::Module> load_for_run(execution& run, v8::Local<v8::Context> context, const std::string& path);

}  // namespace hull::backend::runtime
