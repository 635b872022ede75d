// Bodies of read_set.hpp.
#include "database/read_set.hpp"

namespace hull::backend::database {
namespace {

using ends = std::map<std::string, std::optional<std::string>, std::less<>>;

/// True when the interval that ends at `end` reaches `key` or touches it.
bool reaches(const std::optional<std::string>& end, std::string_view key) { return !end || *end >= key; }

}  // namespace

std::optional<std::string> key_after_prefix(std::string key) {
  while (!key.empty() && key.back() == '\xff') key.pop_back();
  if (key.empty()) return std::nullopt;
  key.back() = static_cast<char>(static_cast<unsigned char>(key.back()) + 1);
  return key;
}

interval interval::point(std::string key) {
  std::string end = key + '\0';
  return {std::move(key), std::move(end)};
}

interval interval::prefix(std::string prefix) {
  auto end = key_after_prefix(prefix);
  return {std::move(prefix), std::move(end)};
}

void interval_set::add(const interval& added) {
  if (added.empty()) return;
  ends::iterator at = ends_by_start_.upper_bound(added.start);
  if (at != ends_by_start_.begin() && reaches(std::prev(at)->second, added.start))
    --at;
  else
    at = ends_by_start_.emplace_hint(at, added.start, added.end);
  const auto grow_to = [&](const std::optional<std::string>& end) {
    if (at->second && (!end || *end > *at->second)) at->second = end;
  };
  grow_to(added.end);
  for (auto next = std::next(at); next != ends_by_start_.end() && reaches(at->second, next->first);) {
    grow_to(next->second);
    next = ends_by_start_.erase(next);
  }
}

bool interval_set::contains(std::string_view key) const noexcept {
  auto at = ends_by_start_.upper_bound(key);
  if (at == ends_by_start_.begin()) return false;
  --at;
  return !at->second || key < *at->second;
}

void read_set::merge(const read_set& other) {
  for (const auto& [index, intervals] : other.by_index_)
    for (const auto& [start, end] : intervals.ends_by_start()) add(index, {start, end});
}

bool read_set::overlaps(index_number index, std::string_view key) const noexcept {
  const auto found = by_index_.find(index);
  return found != by_index_.end() && found->second.contains(key);
}

std::size_t read_set::size_bytes() const noexcept {
  constexpr std::size_t node = 112;  // of the map: its links, two strings
  std::size_t bytes = 0;
  for (const auto& [index, intervals] : by_index_)
    for (const auto& [start, end] : intervals.ends_by_start()) bytes += node + start.size() + (end ? end->size() : 0);
  return bytes;
}

std::size_t read_set::interval_count() const noexcept {
  std::size_t count = 0;
  for (const auto& [index, intervals] : by_index_) count += intervals.size();
  return count;
}

}  // namespace hull::backend::database
