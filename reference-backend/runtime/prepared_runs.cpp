// Which runs are prepared: those of the modules used last, a few per isolate.
#include "runtime/prepared_runs.hpp"

#include "runtime/module_set.hpp"

#include <algorithm>

namespace hull::backend::runtime {
namespace {
constexpr std::size_t max_entries = 4;
}

bool prepared_runs::entry::serves(const execution_setup& other, const std::string& other_path) const {
  return setup.modules == other.modules && path == other_path && setup.import_seed == other.import_seed &&
         setup.import_time_ms == other.import_time_ms;
}

std::optional<prepared_run> prepared_runs::take(const execution_setup& setup, const std::string& path) {
  if (!is_transaction(setup.where) || !setup.modules->compiled().may_prepare(path)) return std::nullopt;
  auto at = std::find_if(entries_.begin(), entries_.end(), [&](const entry& e) { return e.serves(setup, path); });
  if (at == entries_.end()) {
    if (entries_.size() == max_entries) entries_.pop_back();
    entry e;
    e.setup.modules = setup.modules;
    e.setup.import_seed = setup.import_seed;
    e.setup.import_time_ms = setup.import_time_ms;
    e.path = path;
    entries_.insert(entries_.begin(), std::move(e));
    return std::nullopt;
  }
  std::rotate(entries_.begin(), at, at + 1);
  return std::exchange(entries_.front().ready, std::nullopt);
}

void prepared_runs::prepare(isolate_box& box, clock& wall) {
  const auto at = std::find_if(entries_.begin(), entries_.end(), [](const entry& e) { return !e.ready; });
  if (at == entries_.end()) return;
  const v8::HandleScope handles(box.isolate());
  prepared_run made;
  made.run = std::make_unique<execution>(box, wall, at->setup);
  made.run->begin_preparing();
  const v8::Local<v8::Context> context = box.new_context();
  const v8::Context::Scope entered(context);
  v8::Local<v8::Module> module;
  const bool loaded = load_for_run(*made.run, context, at->path).ToLocal(&module);
  made.used = box.timer().used();
  if (!made.run->end_preparing() || !loaded) {
    at->setup.modules->compiled().never_prepare(at->path);
    entries_.erase(at);
    return;
  }
  made.context.Reset(box.isolate(), context);
  made.module.Reset(box.isolate(), module);
  at->ready = std::move(made);
}

v8::MaybeLocal<v8::Module> load_for_run(execution& run, v8::Local<v8::Context> context, const std::string& path) {
  v8::Local<v8::Module> module;
  if (!run.loader().load(context, path).ToLocal(&module)) return {};
  v8::TryCatch caught(context->GetIsolate());
  context->GetIsolate()->PerformMicrotaskCheckpoint();
  if (run.step_failed(caught)) return {};
  return module;
}

}  // namespace hull::backend::runtime
