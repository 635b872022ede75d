// The one door through which all commits go: conflicts, times, durability, publication, in this order.
//
// Whoever commits while nobody else does leads: it writes its own transaction on its own thread, without waiting for
// another one to wake. What comes meanwhile gathers; the first of those who wait leads next, with all that has gathered
// as its batch, so that one fsync serves them all. Where nobody waits, whoever led without waiting for an answer goes
// on, or else the thread of the tasks does.
#pragma once

#include "database/transaction_state.hpp"
#include "database/write_log.hpp"

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

namespace hull::backend::database {

/// What transactions begin from.
struct snapshot {
  timestamp ts = 0;
  std::shared_ptr<const catalog> tables;
};

class committer {
 public:
  using listener = std::function<void(timestamp)>;
  using answer = std::function<void(outcome<timestamp>)>;

  /// `first`: the newest durable commit and what it left.
  committer(services& shared, snapshot first);
  ~committer();  ///< Waits until whoever is in `commit` has left it. Tasks that have not begun are dropped.

  /// Returns when the writes are durable and visible, or why they are not.
  outcome<timestamp> commit(commit_request request);
  /// The same for callers who do not wait. `tell` gets the answer, perhaps before this returns, from a thread on which
  /// others wait to commit; it must neither block nor throw.
  void commit(commit_request request, answer tell);
  /// Returns when everybody who has called `commit` has an answer.
  void finish();
  /// Runs `task` on a thread of the committer's own, between commits.
  void post(std::function<void()> task);

  snapshot latest() const;
  timestamp latest_ts() const noexcept { return published_; }
  /// The tables as they were at `ts`; null when that is too long ago.
  std::shared_ptr<const catalog> tables_at(timestamp ts) const;
  const write_log& log() const noexcept { return log_; }

  /// Called once if nobody knows any more what the store holds, so that nothing can be committed until it is opened
  /// anew. Set before the first commit.
  void when_broken(std::function<void(const failure&)> f) { when_broken_ = std::move(f); }

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
  /// A call of `commit`.
  struct job {
    job(commit_request r, committer::answer t) : request(std::move(r)), tell(std::move(t)) {}
    commit_request request;
    committer::answer tell;                    ///< Empty: the caller waits.
    std::optional<outcome<timestamp>> answer;  ///< Of the leader, until `done`.
    // For those who wait.
    bool done = false;
    bool leads = false;
    std::condition_variable changed;
  };
  using batch = std::vector<std::shared_ptr<job>>;
  static void tell(job& j);
  void run_tasks();
  enum class leader { waits, does_not_wait, runs_tasks };
  /// Commits what has gathered, and goes on when nobody else can.
  void lead(std::unique_lock<std::mutex>& lock, leader who);
  /// Who leads next: the thread of the tasks, the first who waits to commit, or nobody. They take turns. True when it
  /// is the leader itself.
  bool hand_over(leader who);
  void let_tasks_lead();
  void callers_left(std::size_t count);
  void commit_batch(const batch& jobs);
  void break_down(failure why);
  /// The batch came to an unexpected end.
  void give_up(const batch& jobs, const char* why);
  std::optional<failure> find_conflict(const commit_request& request, const snapshot& newest) const;
  timestamp next_ts();
  void publish(snapshot newest);
  /// True when there is more to do.
  bool tidy();
  bool drop_old_indexes();

  services& shared_;
  write_log log_;

  std::atomic<timestamp> published_;  ///< The newest of the history.
  mutable std::mutex snapshot_mutex_;
  std::deque<snapshot> history_;  ///< What was published in the last while, oldest first; never empty.

  std::mutex listeners_mutex_;
  std::map<std::uint64_t, listener> listeners_;
  std::uint64_t next_listener_ = 1;

  // Of the leader alone.
  timestamp last_ts_ = 0;
  std::function<void(const failure&)> when_broken_;
  std::optional<failure> broken_;  ///< Set when nobody knows what the store holds: nothing is accepted any more.
  std::int64_t tidied_at_ = 0;
  timestamp tables_since_ = 0;  ///< When the newest tables came into being, if that was in our time.
  /// Indexes that have entries and belong to no table any more; nothing: not looked for since the tables last changed.
  std::optional<std::vector<storage::index_number>> dropped_indexes_;

  std::atomic<int> prune_pauses_{0};
  std::mutex queue_mutex_;
  batch queue_;
  std::size_t callers_ = 0;  ///< Inside of `commit`, or to be told.
  std::vector<std::function<void()>> tasks_;
  bool tidy_due_ = false;
  bool led_ = false;         ///< Somebody leads.
  bool tasks_lead_ = false;  ///< It is the thread of the tasks.
  bool stopping_ = false;    ///< No task begins any more.
  bool ended_ = false;
  std::condition_variable tasks_changed_, all_told_;
  std::thread task_thread_;
};

}  // namespace hull::backend::database
