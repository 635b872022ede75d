// Contexts in which a module has been loaded and nothing has run yet, kept from run to run: the module is loaded as a
// run would load it, up to the point where the run's own time, seed and host come in. What loading does depends on
// nothing else (the import seed and the import time belong to the push), so a run cannot tell; a module whose loading
// asks the host for anything is never prepared.
//
// A context that a run has left as it was (realm_witness.hpp) serves the next run, too; otherwise another one is made,
// before it is needed when the isolate is idle.
#pragma once

#include "runtime/execution.hpp"
#include "runtime/realm_witness.hpp"

namespace hull::backend::runtime {

struct prepared_run {
  std::unique_ptr<execution> run;
  v8::Global<v8::Context> context;
  v8::Global<v8::Module> module;
  v8::Global<v8::Function> forget_match;  ///< Empties RegExp.$1 and the like, which V8 keeps outside of all objects.
  std::chrono::microseconds used{0};      ///< Counts against the time of the run that takes it.
  std::optional<realm_witness> before;
  std::uint64_t collections = 0;  ///< Of the old generation, when `before` was recorded.
};

class prepared_runs {
 public:
  /// `reuse` false: each context serves one run. The reference that tests compare with.
  explicit prepared_runs(bool reuse) : reuse_(reuse) {}

  /// The run for such a request that was prepared, if there is one; notes that another one will be wanted.
  std::optional<prepared_run> take(isolate_box& box, const execution_setup& setup, const std::string& path);
  /// After its run, which has been finished. Kept if the run has changed nothing.
  void give_back(isolate_box& box, clock& wall, const std::string& path, prepared_run used);
  /// Prepares one of the runs that are wanted; the ones used last first.
  void prepare(isolate_box& box, clock& wall);
  /// Whether there is something to prepare.
  bool wants_more() const;
  /// Whether there is something to prepare that would be kept for longer than one run.
  bool wants_lasting() const;
  /// How many runs had a context that another one had left as it was.
  std::uint64_t reused() const noexcept { return reused_; }

 private:
  struct entry {
    execution_setup setup;  ///< The import seed and time, and the modules; no host.
    std::string path;
    std::vector<prepared_run> ready;
    std::size_t wanted = 1;  ///< How many at once: functions call others of their own module.
    unsigned spoilt = 0;     ///< Runs in a row that changed something.
    bool lasting(bool reuse) const;
    bool serves(const execution_setup& other, const std::string& other_path) const;
  };
  entry* find(const execution_setup& setup, const std::string& path);
  static void watch(isolate_box& box, prepared_run& made);
  static bool forget(isolate_box& box, const prepared_run& used);

  const bool reuse_;
  std::uint64_t reused_ = 0;
  std::vector<entry> entries_;  ///< The last ones used come first.
};

/// Loads the module and runs the microtasks that loading left. Empty when the execution has ended.
v8::MaybeLocal<v8::Module> load_for_run(execution& run, v8::Local<v8::Context> context, const std::string& path);

}  // namespace hull::backend::runtime
