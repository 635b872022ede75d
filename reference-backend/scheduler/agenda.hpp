// Which jobs to start now and when to look again: decides, and does nothing itself.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace hull::backend::scheduler {

/// A job that the store says is to run at that time or later.
struct upcoming {
  std::string id;
  std::int64_t due_ns = 0;
};

class agenda {
 public:
  explicit agenda(std::size_t max_running) : max_running_(max_running) {}

  struct decision {
    std::vector<std::string> start;  ///< In the order of their times.
    std::optional<std::int64_t>
        wake_ns;  ///< When the next job is due; nothing when only the end of one can change that.
  };
  /// `jobs` are the first ones of the store by their times, `lookahead()` of them if there are that many.
  decision decide(const std::vector<upcoming>& jobs, std::int64_t now_ns) const;

  /// So many jobs of the store are enough for a decision.
  std::size_t lookahead() const { return max_running_ + running_.size() + waiting_.size() + 1; }

  /// Forgets jobs that waited for another try and are no longer in the store. `jobs` as for `decide`.
  void forget_absent(const std::vector<upcoming>& jobs);

  void started(const std::string& id) { running_.insert(id); }
  /// The job is over, whatever the store says of it now.
  void finished(const std::string& id);
  /// The job has to be tried again, not before that time.
  void retry(const std::string& id, std::int64_t not_before_ns);
  /// How many times it has been tried in vain.
  std::int64_t failures(const std::string& id) const;

  std::size_t running() const { return running_.size(); }

 private:
  struct pause {
    std::int64_t failures = 0;
    std::int64_t not_before_ns = 0;
  };

  const std::size_t max_running_;
  std::set<std::string, std::less<>> running_;
  std::map<std::string, pause, std::less<>> waiting_;  ///< Tried and not over; running ones may be among them.
};

}  // namespace hull::backend::scheduler
