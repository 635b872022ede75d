// What a transaction has read, as intervals of index keys. A write conflicts with the reader, or invalidates what
// it computed, exactly when an old or a new key of the written document lies in one of the intervals.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace hull::backend::database {

/// Names one index of one table for ever: numbers are never given twice.
using index_number = std::uint64_t;

/// Keys from `start` up to, but without, `end`; no end means all the rest.
struct interval {
  std::string start;
  std::optional<std::string> end;

  static interval all() { return {}; }
  /// Just this key.
  static interval point(std::string key);
  /// Every key that begins with `prefix`.
  static interval prefix(std::string prefix);

  bool empty() const noexcept { return end && *end <= start; }
  bool contains(std::string_view key) const noexcept { return start <= key && (!end || key < *end); }
  friend bool operator==(const interval&, const interval&) = default;
};

/// The smallest key above every key that begins with `key`; nothing when there is none.
std::optional<std::string> key_after_prefix(std::string key);

/// Intervals that neither overlap nor touch, in order.
class interval_set {
 public:
  void add(const interval& added);
  bool contains(std::string_view key) const noexcept;
  std::size_t size() const noexcept { return ends_by_start_.size(); }
  bool empty() const noexcept { return ends_by_start_.empty(); }

  const std::map<std::string, std::optional<std::string>, std::less<>>& ends_by_start() const noexcept {
    return ends_by_start_;
  }

 private:
  std::map<std::string, std::optional<std::string>, std::less<>> ends_by_start_;
};

class read_set {
 public:
  void add(index_number index, const interval& read) { by_index_[index].add(read); }
  void merge(const read_set& other);

  bool overlaps(index_number index, std::string_view key) const noexcept;
  bool empty() const noexcept { return by_index_.empty(); }
  std::size_t interval_count() const noexcept;
  /// What it takes in memory, roughly.
  std::size_t size_bytes() const noexcept;

  const std::map<index_number, interval_set>& by_index() const noexcept { return by_index_; }

 private:
  std::map<index_number, interval_set> by_index_;
};

}  // namespace hull::backend::database
