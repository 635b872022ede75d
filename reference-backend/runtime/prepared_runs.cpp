// Which runs are prepared, and which contexts come back.
#include "runtime/prepared_runs.hpp"

#include "runtime/bindings.hpp"
#include "runtime/module_set.hpp"

#include <algorithm>

namespace hull::backend::runtime {
namespace {

constexpr std::size_t max_entries = 8;
constexpr std::size_t max_at_once = 4;
/// `exec` as it was before any user code ran.
constexpr const char* forget_match =
    "const { exec } = RegExp.prototype; const { apply } = Reflect; const nothing = /(?:)/;"
    "return () => apply(exec, nothing, ['']);";

/// A module that keeps something between runs, a cache say, will do so again.
constexpr unsigned max_spoilt = 3;

}  // namespace

bool prepared_runs::entry::lasting(bool reuse) const { return reuse && spoilt < max_spoilt; }

bool prepared_runs::entry::serves(const execution_setup& other, const std::string& other_path) const {
  return setup.modules == other.modules && path == other_path && setup.import_seed == other.import_seed &&
         setup.import_time_ms == other.import_time_ms;
}

prepared_runs::entry* prepared_runs::find(const execution_setup& setup, const std::string& path) {
  const auto at = std::find_if(entries_.begin(), entries_.end(), [&](const entry& e) { return e.serves(setup, path); });
  return at == entries_.end() ? nullptr : &*at;
}

std::optional<prepared_run> prepared_runs::take(isolate_box& box, const execution_setup& setup,
                                                const std::string& path) {
  if (!is_transaction(setup.where) || !setup.modules->compiled().may_prepare(path)) return std::nullopt;
  const auto at = std::find_if(entries_.begin(), entries_.end(), [&](const entry& e) { return e.serves(setup, path); });
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
  entry& e = entries_.front();
  if (e.ready.empty()) {
    e.wanted = std::min(e.wanted + 1, max_at_once);
    return std::nullopt;
  }
  std::optional<prepared_run> taken = std::move(e.ready.back());
  e.ready.pop_back();
  // Nothing has run in it since it was looked at: what V8 has moved can be noted again.
  if (taken->before && taken->collections != box.full_collections()) watch(box, *taken);
  return taken;
}

bool prepared_runs::wants_more() const {
  return std::any_of(entries_.begin(), entries_.end(), [](const entry& e) { return e.ready.size() < e.wanted; });
}

bool prepared_runs::wants_lasting() const {
  return std::any_of(entries_.begin(), entries_.end(),
                     [this](const entry& e) { return e.ready.empty() && e.lasting(reuse_); });
}

void prepared_runs::prepare(isolate_box& box, clock& wall) {
  const auto at =
      std::find_if(entries_.begin(), entries_.end(), [](const entry& e) { return e.ready.size() < e.wanted; });
  if (at == entries_.end()) return;
  const v8::HandleScope handles(box.isolate());
  prepared_run made;
  made.run = std::make_unique<execution>(box, wall, at->setup);
  made.run->begin_preparing();
  const v8::Local<v8::Context> context = box.new_context();
  const v8::Context::Scope entered(context);
  if (reuse_) {
    v8::ScriptCompiler::Source source(js_name(box.isolate(), forget_match));
    v8::Local<v8::Function> maker;
    v8::Local<v8::Value> forget;
    if (v8::ScriptCompiler::CompileFunctionInContext(context, &source, 0, nullptr, 0, nullptr).ToLocal(&maker) &&
        maker->Call(context, context->Global(), 0, nullptr).ToLocal(&forget) && forget->IsFunction())
      made.forget_match.Reset(box.isolate(), forget.As<v8::Function>());
  }
  if (at->spoilt > 0) make_lazy_globals(context);  // perhaps the change was that a run made one
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
  if (at->lasting(reuse_)) {
    module->GetModuleNamespace();  // made when first asked for
    realm_witness::settle(context, module);
    box.isolate()->LowMemoryNotification();  // everything into the old generation
    watch(box, made);
  }
  at->ready.push_back(std::move(made));
}

void prepared_runs::watch(isolate_box& box, prepared_run& made) {
  const v8::HandleScope handles(box.isolate());
  made.before = realm_witness::record(made.context.Get(box.isolate()), made.module.Get(box.isolate()));
  made.collections = box.full_collections();
}

bool prepared_runs::forget(isolate_box& box, const prepared_run& used) {
  if (used.forget_match.IsEmpty()) return false;
  const v8::HandleScope handles(box.isolate());
  const v8::Local<v8::Context> context = used.context.Get(box.isolate());
  const v8::Context::Scope entered(context);
  const v8::TryCatch caught(box.isolate());
  return !used.forget_match.Get(box.isolate())->Call(context, context->Global(), 0, nullptr).IsEmpty();
}

void prepared_runs::give_back(isolate_box& box, clock& wall, const std::string& path, prepared_run used) {
  if (!used.before || used.collections != box.full_collections() || !used.run->ended_by_itself()) return;
  entry* const e = find(used.run->setup(), path);
  if (e == nullptr || e->ready.size() >= e->wanted) return;
  if (!used.before->holds() || !forget(box, used)) {
    ++e->spoilt;
    return;
  }
  e->spoilt = 0;
  ++reused_;
  auto next = std::make_unique<execution>(box, wall, e->setup);
  next->continue_from(*used.run);
  used.run = std::move(next);
  e->ready.push_back(std::move(used));
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
