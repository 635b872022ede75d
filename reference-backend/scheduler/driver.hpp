// Keeps a deployment's time: a thread that sleeps until something is due, and threads that run what is.
#pragma once

#include "common/clock.hpp"
#include "common/random.hpp"
#include "common/worker_pool.hpp"
#include "database/database.hpp"
#include "scheduler/agenda.hpp"
#include "scheduler/callee.hpp"
#include "scheduler/executor.hpp"
#include "subscriptions/registry.hpp"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace hull::backend::scheduler {

/// Rows that are of no use after a while.
struct clean_up {
  std::string what;  ///< "scheduled functions that ended long ago"
  /// Deletes up to `limit` of them; how many it found. `limit` stands for "there may be more", too, when it stopped
  /// early because they were large.
  std::function<outcome<std::size_t>(database::transaction&, std::int64_t now_ns, std::size_t limit)> erase;
  std::size_t batch = 1000;
  std::chrono::seconds pause{10};      ///< Before the next batch when there may be more.
  std::chrono::seconds interval{600};  ///< Otherwise.
};

struct driver_options {
  std::size_t parallel_jobs = 8;   ///< Scheduled functions at once.
  std::size_t parallel_crons = 8;  ///< Cron jobs at once; each of them runs once at a time.
  std::function<void(const std::string&)> warn = {};
  std::vector<clean_up> clean_ups = {};  ///< Beside the one of its own rows.
};

/// Starts with its construction. What it is given must outlive it.
class driver {
 public:
  driver(database::database& db, subscriptions::registry& registry, callee& functions, clock& c, random_source& r,
         driver_options options);
  ~driver();  ///< Waits for what runs.

  /// Starts nothing more.
  void stop();
  /// True when nothing runs any more; false when `limit` passed first. Call after stop().
  bool wait_until_idle(std::chrono::milliseconds limit);

 private:
  /// Jobs and crons differ in where they stand and in how they run.
  struct lane {
    lane(std::size_t parallel, outcome<std::vector<upcoming>> (*list)(database::transaction&, std::size_t),
         again_at (executor::*run)(const std::string&, std::int64_t))
        : list(list), run(run), plan(parallel), workers(parallel, 2 * parallel) {}

    outcome<std::vector<upcoming>> (*list)(database::transaction&, std::size_t);
    again_at (executor::*run)(const std::string&, std::int64_t);
    agenda plan;
    worker_pool workers;
  };

  void loop();
  /// Starts what is due; false: the store could not be read.
  bool look(lane& l);
  void start(lane& l, const std::string& id);
  struct cleaner {
    clean_up job;
    std::int64_t next_ns = 0;
  };
  void clean(cleaner& c);
  void sleep(std::int64_t until_ns);
  bool pause(std::chrono::milliseconds time);

  database::database& db_;
  subscriptions::registry& registry_;
  clock& time_;
  const driver_options options_;
  executor executor_;

  /// Outlives the driver, for the committer may be about to ring it.
  struct bell {
    std::mutex mutex;  ///< Guards the agendas too.
    std::condition_variable changed;
    bool woken = false;
    bool stopped = false;

    void ring();
  };
  const std::shared_ptr<bell> bell_ = std::make_shared<bell>();

  // Of the driver's own thread.
  std::int64_t wake_ns_ = 0;
  std::vector<cleaner> cleaners_;
  std::vector<subscriptions::token> watched_;
  lane jobs_;
  lane crons_;
  std::thread thread_;  ///< The last member: it uses all others.
};

}  // namespace hull::backend::scheduler
