// What the last commits wrote, as index keys: enough to say whether reads of the recent past still hold.
#pragma once

#include "database/read_set.hpp"
#include "database/types.hpp"

#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <string>
#include <vector>

namespace hull::backend::database {

/// One index entry of one written document.
struct log_write {
  index_number index = 0;
  std::optional<std::string> old_key, new_key;
  std::shared_ptr<const std::string> table;  ///< Name, for texts.
};

struct log_entry {
  timestamp ts = 0;
  std::string source;  ///< Who wrote: a function's path.
  std::vector<log_write> writes;
};

/// Safe from any thread; one thread appends.
class write_log {
 public:
  /// `start`: nothing is known of commits up to it.
  explicit write_log(timestamp start) : start_(start), purged_(start) {}

  void append(log_entry entry);
  /// Takes back the newest entries, down to and without those at `ts`.
  void retract_after(timestamp ts);
  /// Forgets entries up to `ts`; while the others take more than `max_bytes`, more of the old ones, up to `spared`; and
  /// while they take more than `most_bytes`, any.
  void purge(timestamp ts, std::size_t max_bytes, timestamp spared, std::size_t most_bytes);
  std::size_t size_bytes() const;

  struct conflict {
    timestamp ts = 0;
    std::string table, source;
  };
  enum class verdict { unchanged, changed, unknown };
  /// Was anything that `reads` covers written in (from, to]? Unknown: the log no longer reaches back to `from`.
  verdict check(const read_set& reads, timestamp from, timestamp to, conflict* found = nullptr) const;

  /// Calls `visit` with each entry in (from, to], oldest first.
  void visit(timestamp from, timestamp to, const std::function<void(const log_entry&)>& visit) const;

 private:
  std::size_t first_after(timestamp ts) const;
  void forget_oldest();

  mutable std::shared_mutex mutex_;
  std::deque<log_entry> entries_;
  std::size_t bytes_ = 0;                         ///< Of the entries, about.
  std::map<index_number, timestamp> last_write_;  ///< Also of entries that were purged.
  const timestamp start_;
  timestamp purged_;
};

}  // namespace hull::backend::database
