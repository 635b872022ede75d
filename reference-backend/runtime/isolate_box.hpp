// One V8 isolate with its limits. Belongs to the thread that visits it, except for the requests to stop.
#pragma once

#include "runtime/operation_threads.hpp"
#include "runtime/platform.hpp"
#include "runtime/runtime.hpp"
#include "runtime/watchdog.hpp"

#include <atomic>
#include <unordered_map>

namespace hull::backend::runtime {

class execution;
class prepared_runs;

/// Why an isolate was told to stop for good. It is replaced afterwards.
enum class stop_reason { none, time_is_up, out_of_memory, shutdown };

/// Wakes an isolate that waits. Any thread may call it, also after the isolate is gone.
class waker {
 public:
  void wake();
  /// Waits for a `wake` that no other wait has used up; `when` empty: as long as it takes.
  void wait(std::optional<std::chrono::steady_clock::time_point> when);

 private:
  std::mutex mutex_;
  std::condition_variable woken_;
  bool awake_ = false;
};

/// What actions use beside their host.
struct outside_world {
  std::shared_ptr<fetch_client> fetch;
  std::shared_ptr<operation_threads> threads;
};

class isolate_box {
 public:
  isolate_box(watchdog& dog, std::size_t heap_bytes, bool reuse_contexts = true);
  ~isolate_box();
  isolate_box(const isolate_box&) = delete;
  isolate_box& operator=(const isolate_box&) = delete;

  /// While it lives, the isolate belongs to this thread, whose stack bounds how deep JavaScript may go. Visits of other
  /// isolates may nest in it.
  class visit {
   public:
    explicit visit(isolate_box& box);

   private:
    const v8::Locker lock_;
    const v8::Isolate::Scope entered_;
  };

  static isolate_box& of(v8::Isolate* isolate) { return *static_cast<isolate_box*>(isolate->GetData(0)); }

  v8::Isolate* isolate() const noexcept { return isolate_; }
  run_timer& timer() noexcept { return timer_; }
  prepared_runs& prepared() noexcept { return *prepared_; }
  std::size_t heap_bytes() const noexcept { return heap_bytes_; }
  v8::Local<v8::Context> new_context();
  std::uint64_t contexts_made() const noexcept { return contexts_made_; }
  /// How often V8 has collected the old generation, and may have moved what lies there.
  std::uint64_t full_collections() const noexcept { return full_collections_; }

  /// The source text of a module, made once per set and isolate, so that V8's own compilation cache finds it.
  v8::Local<v8::String> source_text(const std::shared_ptr<const module_set>& modules, const module_source& m);

  /// Any thread: ends what runs here and wakes what waits.
  void stop(stop_reason why);
  stop_reason stopped() const noexcept { return stopped_.load(); }
  bool spent() const noexcept { return stopped() != stop_reason::none; }
  /// An ArrayBuffer was refused for its size since the last call.
  bool buffer_refused() noexcept;
  /// Waits until `when`, if it is given, or until the waker is called or the box is stopped.
  void wait(std::optional<std::chrono::steady_clock::time_point> when);
  const std::shared_ptr<waker>& wake_up() const noexcept { return waker_; }

  execution* current = nullptr;  ///< What runs now; nested runs stack.
  const outside_world* outside = nullptr;

 private:
  struct texts {
    std::weak_ptr<const module_set> owner;
    std::unordered_map<std::string, v8::Global<v8::String>> by_path;
  };
  static std::size_t near_heap_limit(void* self, std::size_t current_limit, std::size_t initial_limit);

  static void count_collection(v8::Isolate* isolate, v8::GCType, v8::GCCallbackFlags);

  const std::size_t heap_bytes_;
  std::uint64_t full_collections_ = 0;
  std::uint64_t contexts_made_ = 0;
  std::atomic<stop_reason> stopped_{stop_reason::none};
  std::mutex mutex_;
  const std::shared_ptr<waker> waker_ = std::make_shared<waker>();
  std::unique_ptr<v8::ArrayBuffer::Allocator> buffers_;
  v8::Isolate* isolate_ = nullptr;
  std::unordered_map<const module_set*, texts> texts_;
  run_timer timer_;
  std::unique_ptr<prepared_runs> prepared_;
};

}  // namespace hull::backend::runtime
