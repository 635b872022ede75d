// The platform handed to V8: its default one, except that the wall clock can be frozen per thread. V8 reads the
// wall clock only for Date and Intl, so freezing it there leaves no way for JavaScript to see another time.
#include "runtime/platform.hpp"

#include <cstdlib>
#include <mutex>

namespace hull::backend::runtime {
namespace {

thread_local time_source* thread_time = nullptr;

class frozen_clock_platform final : public v8::Platform {
 public:
  explicit frozen_clock_platform(std::unique_ptr<v8::Platform> inner) : inner_(std::move(inner)) {}
  v8::Platform* inner() const { return inner_.get(); }

  double CurrentClockTimeMillis() override {
    return thread_time != nullptr ? thread_time->now_ms() : inner_->CurrentClockTimeMillis();
  }

  v8::PageAllocator* GetPageAllocator() override { return inner_->GetPageAllocator(); }
  v8::ZoneBackingAllocator* GetZoneBackingAllocator() override { return inner_->GetZoneBackingAllocator(); }
  void OnCriticalMemoryPressure() override { inner_->OnCriticalMemoryPressure(); }
  bool OnCriticalMemoryPressure(std::size_t length) override { return inner_->OnCriticalMemoryPressure(length); }
  int NumberOfWorkerThreads() override { return inner_->NumberOfWorkerThreads(); }
  std::shared_ptr<v8::TaskRunner> GetForegroundTaskRunner(v8::Isolate* isolate) override {
    return inner_->GetForegroundTaskRunner(isolate);
  }
  void CallOnWorkerThread(std::unique_ptr<v8::Task> task) override { inner_->CallOnWorkerThread(std::move(task)); }
  void CallBlockingTaskOnWorkerThread(std::unique_ptr<v8::Task> task) override {
    inner_->CallBlockingTaskOnWorkerThread(std::move(task));
  }
  void CallLowPriorityTaskOnWorkerThread(std::unique_ptr<v8::Task> task) override {
    inner_->CallLowPriorityTaskOnWorkerThread(std::move(task));
  }
  void CallDelayedOnWorkerThread(std::unique_ptr<v8::Task> task, double delay_in_seconds) override {
    inner_->CallDelayedOnWorkerThread(std::move(task), delay_in_seconds);
  }
  bool IdleTasksEnabled(v8::Isolate* isolate) override { return inner_->IdleTasksEnabled(isolate); }
  std::unique_ptr<v8::JobHandle> PostJob(v8::TaskPriority priority, std::unique_ptr<v8::JobTask> task) override {
    return inner_->PostJob(priority, std::move(task));
  }
  double MonotonicallyIncreasingTime() override { return inner_->MonotonicallyIncreasingTime(); }
  v8::TracingController* GetTracingController() override { return inner_->GetTracingController(); }
  StackTracePrinter GetStackTracePrinter() override { return inner_->GetStackTracePrinter(); }
  void DumpWithoutCrashing() override { inner_->DumpWithoutCrashing(); }
  v8::HighAllocationThroughputObserver* GetHighAllocationThroughputObserver() override {
    return inner_->GetHighAllocationThroughputObserver();
  }

 private:
  std::unique_ptr<v8::Platform> inner_;
};

frozen_clock_platform* the_platform = nullptr;

void start_once() {
  ::setenv("TZ", "UTC", 1);
  v8::V8::SetFlagsFromString("--disallow-code-generation-from-strings --no-wasm-async-compilation");
  v8::V8::InitializeICU();
  the_platform = new frozen_clock_platform(v8::platform::NewDefaultPlatform(1));
  v8::V8::InitializePlatform(the_platform);
  v8::V8::Initialize();
}

}  // namespace

void start_v8() {
  static std::once_flag once;
  std::call_once(once, start_once);
}

void run_foreground_tasks(v8::Isolate* isolate) {
  while (v8::platform::PumpMessageLoop(the_platform->inner(), isolate)) {
  }
}

void forget_foreground_tasks(v8::Isolate* isolate) {
  v8::platform::NotifyIsolateShutdown(the_platform->inner(), isolate);
}

void set_thread_time(time_source* source) { thread_time = source; }

}  // namespace hull::backend::runtime
