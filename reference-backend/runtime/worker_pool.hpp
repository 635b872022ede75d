// Threads with one isolate each. A caller hands in a job and waits for it.
#pragma once

#include "runtime/isolate_box.hpp"

#include <deque>
#include <memory>
#include <optional>
#include <vector>

namespace hull::backend::runtime {

class worker_pool {
 public:
  using job = std::function<void(isolate_box&)>;

  /// Grows to `most` workers while all are busy; workers above `kept` go again after some idle seconds.
  /// `between`: what a worker does after a job when no other waits.
  worker_pool(watchdog& dog, std::size_t kept, std::size_t most, job between, bool reuse_contexts = true);
  ~worker_pool();
  worker_pool(const worker_pool&) = delete;
  worker_pool& operator=(const worker_pool&) = delete;

  enum class end { carried_out, closing, no_room };
  /// Runs the job on a worker whose isolate has that heap; waits until it is done. `patience`: how long to wait
  /// while all are busy; empty: as long as it takes.
  end run(std::size_t heap_bytes, const job& work, std::optional<std::chrono::milliseconds> patience = {});

 private:
  struct ticket {
    std::size_t heap_bytes;
    const job* work;
    std::condition_variable done;
    bool finished = false;
    end how = end::closing;
  };
  struct worker {
    worker_pool* pool = nullptr;
    pthread_t thread{};
    std::unique_ptr<isolate_box> box;
    bool gone = false;
  };
  static void* thread_main(void* self);
  void serve(worker& w);
  void carry_out(worker& w, ticket& t);
  bool start_worker();
  void join_gone();

  watchdog& dog_;
  const std::size_t kept_;
  const std::size_t most_;
  const job between_;
  const bool reuse_contexts_;
  std::mutex mutex_;
  std::condition_variable wanted_;
  std::deque<ticket*> queue_;
  std::vector<std::unique_ptr<worker>> workers_;
  std::size_t idle_ = 0;
  bool closing_ = false;
};

}  // namespace hull::backend::runtime
