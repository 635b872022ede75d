// The one thread through which all commits go: conflicts, times, durability, publication, in this order.
#pragma once

#include "database/transaction_state.hpp"
#include "database/write_log.hpp"

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <future>
#include <map>
#include <mutex>
#include <thread>

namespace hull::backend::database {

/// What transactions begin from.
struct snapshot {
  timestamp ts = 0;
  std::shared_ptr<const catalog> tables;
};

class committer {
 public:
  using listener = std::function<void(timestamp)>;

  /// `first`: the newest durable commit and what it left.
  committer(services& shared, snapshot first);
  ~committer();  ///< Finishes what is queued.

  /// Returns when the writes are durable and visible, or why they are not.
  outcome<timestamp> commit(commit_request request);
  /// Runs `task` on the committer thread, between commits.
  void post(std::function<void()> task);

  snapshot latest() const;
  /// The tables as they were at `ts`; null when that is too long ago.
  std::shared_ptr<const catalog> tables_at(timestamp ts) const;
  const write_log& log() const noexcept { return log_; }

  std::uint64_t add_listener(listener l);
  void remove_listener(std::uint64_t id);

  /// While one of these lives, no old version is pruned.
  class prune_pause {
   public:
    explicit prune_pause(committer& c) : committer_(c) { ++c.prune_pauses_; }
    ~prune_pause() { --committer_.prune_pauses_; }
    prune_pause(const prune_pause&) = delete;
    prune_pause& operator=(const prune_pause&) = delete;

   private:
    committer& committer_;
  };

 private:
  struct job {
    std::optional<commit_request> request;
    std::promise<outcome<timestamp>> done;
    std::function<void()> task;
  };
  struct accepted {
    job* from = nullptr;
    timestamp ts = 0;
  };

  void run();
  void commit_batch(std::deque<job>& batch);
  std::optional<failure> find_conflict(const commit_request& request, const snapshot& newest) const;
  timestamp next_ts();
  void publish(snapshot newest);
  void tidy();

  services& shared_;
  write_log log_;

  mutable std::mutex snapshot_mutex_;
  std::deque<snapshot> history_;  ///< What was published in the last while, oldest first; never empty.

  std::mutex listeners_mutex_;
  std::map<std::uint64_t, listener> listeners_;
  std::uint64_t next_listener_ = 1;

  // Of the committer thread alone.
  timestamp last_ts_ = 0;
  std::optional<failure> broken_;  ///< Set when nobody knows what the store holds: nothing is accepted any more.
  std::int64_t tidied_at_ = 0;

  std::atomic<int> prune_pauses_{0};
  std::mutex queue_mutex_;
  std::condition_variable queue_changed_;
  std::deque<job> queue_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace hull::backend::database
