// Isolates, entered by the threads that have work for them: no thread hands its run to another one.
#pragma once

#include "runtime/isolate_box.hpp"

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace hull::backend::runtime {

class isolate_pool {
 public:
  using job = std::function<void(isolate_box&)>;

  /// Makes up to `most` isolates while all are busy; those above `kept` go again after some idle seconds.
  /// `between`: what is done with an idle isolate whose box asks for it, on a thread of the pool's own.
  isolate_pool(watchdog& dog, std::size_t kept, std::size_t most, job between, bool reuse_contexts = true);
  ~isolate_pool();
  isolate_pool(const isolate_pool&) = delete;
  isolate_pool& operator=(const isolate_pool&) = delete;

  enum class end { carried_out, closing, no_room };
  /// Runs the job here and now in an isolate with that heap; first come, first served. `patience`: how long to wait
  /// while all are busy; empty: as long as it takes.
  end run(std::size_t heap_bytes, const job& work, std::optional<std::chrono::milliseconds> patience = {});

 private:
  using box_pointer = std::unique_ptr<isolate_box>;
  struct idle_box {
    box_pointer box;
    std::chrono::steady_clock::time_point since;
  };
  struct ticket {
    std::condition_variable called;
    bool let_in = false;
    box_pointer box;  ///< Null when one has to be made.
  };

  /// Its turn, and a box if one is there. False when it did not come.
  bool enter(std::unique_lock<std::mutex>& lock, ticket& mine, std::optional<std::chrono::milliseconds> patience);
  void leave(std::unique_lock<std::mutex>& lock, box_pointer box);
  void tend();
  box_pointer take_neglected();
  bool has_superfluous() const { return !idle_.empty() && idle_.size() + inside_ > kept_; }
  std::vector<idle_box> take_superfluous();

  watchdog& dog_;
  const std::size_t kept_;
  const std::size_t most_;
  const job between_;
  const bool reuse_contexts_;

  std::mutex mutex_;
  std::condition_variable changed_;  ///< For the tender and for the end.
  std::deque<ticket*> waiting_;
  std::vector<idle_box> idle_;         ///< The one used last comes last, and goes first.
  std::vector<isolate_box*> running_;  ///< To be told to stop at the end.
  std::size_t inside_ = 0;             ///< Who has been let in, with or without a box; counts against `most_`.
  bool closing_ = false;
  std::thread tender_;
};

}  // namespace hull::backend::runtime
