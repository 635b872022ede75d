// Making and ending of isolates: heap limit, ArrayBuffer budget, callbacks.
#include "runtime/isolate_box.hpp"

#include "runtime/bindings.hpp"
#include "runtime/execution.hpp"
#include "runtime/glue.hpp"
#include "runtime/prepared_runs.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include <pthread.h>

namespace hull::backend::runtime {
namespace {

constexpr std::size_t heap_slack = 32u << 20;
constexpr std::size_t buffer_budget = 64u << 20;

/// ArrayBuffers do not live in V8's heap: they have a budget of their own.
class budgeted_buffers final : public v8::ArrayBuffer::Allocator {
 public:
  void* Allocate(std::size_t length) override { return take(length) ? std::calloc(length, 1) : nullptr; }
  void* AllocateUninitialized(std::size_t length) override { return take(length) ? std::malloc(length) : nullptr; }
  void Free(void* data, std::size_t length) override {
    used_ -= length;
    std::free(data);
  }
  std::atomic<bool> refused{false};

 private:
  bool take(std::size_t length) {
    if (used_.fetch_add(length) + length <= buffer_budget) return true;
    used_ -= length;
    refused = true;
    return false;
  }
  std::atomic<std::size_t> used_{0};
};

constexpr std::uintptr_t stack_for_javascript = 2u << 20;
constexpr std::uintptr_t stack_for_us = 512u << 10;  // Below JavaScript's: what the host and V8 itself still need.

/// The end of this thread's stack.
std::uintptr_t end_of_stack() {
  pthread_attr_t attributes;
  void* address = nullptr;
  std::size_t size = 0;
  if (::pthread_getattr_np(::pthread_self(), &attributes) != 0) return 0;
  ::pthread_attr_getstack(&attributes, &address, &size);
  ::pthread_attr_destroy(&attributes);
  return reinterpret_cast<std::uintptr_t>(address);
}

/// How far JavaScript may go from here: as deep on each thread whose stack is large enough.
std::uintptr_t lowest_stack_address() {
  thread_local const std::uintptr_t end = end_of_stack();
  const auto here = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
  return std::max(here - stack_for_javascript, std::min(end + stack_for_us, here));
}

v8::MaybeLocal<v8::Promise> import_dynamically(v8::Local<v8::Context> context, v8::Local<v8::Data>,
                                               v8::Local<v8::Value> importer, v8::Local<v8::String> specifier,
                                               v8::Local<v8::FixedArray>) {
  v8::Isolate* isolate = context->GetIsolate();
  execution* const run = isolate_box::of(isolate).current;
  if (run != nullptr && run->where() == surroundings::action)
    return run->import_later(context, utf8_text(isolate, specifier), utf8_text(isolate, importer));
  v8::Local<v8::Promise::Resolver> resolver;
  if (!v8::Promise::Resolver::New(context).ToLocal(&resolver)) return {};
  const auto reason = v8::Exception::TypeError(js_string(isolate, "dynamic module import unsupported"));
  if (resolver->Reject(context, reason).IsNothing()) return {};
  return resolver->GetPromise();
}

void refuse_import_meta(v8::Local<v8::Context> context, v8::Local<v8::Module>, v8::Local<v8::Object>) {
  throw_type_error(context->GetIsolate(), "import.meta unsupported");
}

void take_rejection(v8::PromiseRejectMessage message) {
  v8::Isolate* isolate = message.GetPromise()->GetIsolate();
  if (execution* e = isolate_box::of(isolate).current) e->note_rejection(message);
}

}  // namespace

isolate_box::visit::visit(isolate_box& box) : lock_(box.isolate_), entered_(box.isolate_) {
  box.isolate_->SetStackLimit(lowest_stack_address());
}

isolate_box::isolate_box(watchdog& dog, std::size_t heap_bytes, bool reuse_contexts)
    : heap_bytes_(heap_bytes),
      buffers_(std::make_unique<budgeted_buffers>()),
      timer_(dog, [this] { stop(stop_reason::time_is_up); }),
      prepared_(std::make_unique<prepared_runs>(reuse_contexts)) {
  start_v8();
  v8::Isolate::CreateParams params;
  params.array_buffer_allocator = buffers_.get();
  params.snapshot_blob = &glue_snapshot();
  params.external_references = external_references();
  params.constraints.ConfigureDefaultsFromHeapSize(0, heap_bytes_ + heap_slack);
  isolate_ = v8::Isolate::Allocate();
  isolate_->SetData(0, this);
  v8::Isolate::Initialize(isolate_, params);
  const visit here(*this);
  isolate_->SetMicrotasksPolicy(v8::MicrotasksPolicy::kExplicit);
  isolate_->SetCaptureStackTraceForUncaughtExceptions(false);
  isolate_->SetAllowAtomicsWait(false);
  isolate_->SetHostImportModuleDynamicallyCallback(import_dynamically);
  isolate_->SetHostInitializeImportMetaObjectCallback(refuse_import_meta);
  isolate_->SetPromiseRejectCallback(take_rejection);
  isolate_->AddNearHeapLimitCallback(near_heap_limit, this);
  isolate_->AddGCEpilogueCallback(count_collection, v8::kGCTypeMarkSweepCompact);
}

isolate_box::~isolate_box() {
  {
    const visit here(*this);
    timer_.stop();
    prepared_.reset();
    texts_.clear();
    isolate_->RemoveNearHeapLimitCallback(near_heap_limit, 0);
  }
  forget_foreground_tasks(isolate_);
  isolate_->Dispose();
}

std::size_t isolate_box::near_heap_limit(void* self, std::size_t current_limit, std::size_t) {
  static_cast<isolate_box*>(self)->stop(stop_reason::out_of_memory);
  return current_limit * 4;  // room to unwind
}

void isolate_box::count_collection(v8::Isolate* isolate, v8::GCType, v8::GCCallbackFlags) {
  ++of(isolate).full_collections_;
}

v8::Local<v8::Context> isolate_box::new_context() {
  const v8::Local<v8::Context> context = v8::Context::New(isolate_);
  context->AllowCodeGenerationFromStrings(false);
  ++contexts_made_;
  return context;
}

v8::Local<v8::String> isolate_box::source_text(const std::shared_ptr<const module_set>& modules,
                                               const module_source& m) {
  texts& known = texts_[modules.get()];
  if (known.owner.lock() != modules) {
    known = texts{modules, {}};  // another set lived at this address before
    for (auto at = texts_.begin(); at != texts_.end();)
      at = at->second.owner.expired() ? texts_.erase(at) : std::next(at);
  }
  v8::Global<v8::String>& text = texts_[modules.get()].by_path[m.path];
  if (text.IsEmpty()) text.Reset(isolate_, js_string(isolate_, m.source));
  return text.Get(isolate_);
}

void isolate_box::stop(stop_reason why) {
  stop_reason none = stop_reason::none;
  {
    const std::lock_guard lock(mutex_);
    if (!stopped_.compare_exchange_strong(none, why)) return;
  }
  isolate_->TerminateExecution();
  waker_->wake();
}

bool isolate_box::buffer_refused() noexcept {
  return static_cast<budgeted_buffers*>(buffers_.get())->refused.exchange(false);
}

void isolate_box::wait(std::optional<std::chrono::steady_clock::time_point> when) {
  if (!spent()) waker_->wait(when);
}

void waker::wake() {
  {
    const std::lock_guard lock(mutex_);
    awake_ = true;
  }
  woken_.notify_all();
}

void waker::wait(std::optional<std::chrono::steady_clock::time_point> when) {
  std::unique_lock lock(mutex_);
  const auto is_awake = [this] { return awake_; };
  if (when)
    woken_.wait_until(lock, *when, is_awake);
  else
    woken_.wait(lock, is_awake);
  awake_ = false;
}

}  // namespace hull::backend::runtime
