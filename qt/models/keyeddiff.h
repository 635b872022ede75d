// From one list of keys to another in the fewest row operations, for models that must never reset. Pure: no Qt types.
#pragma once

#include <algorithm>
#include <cstddef>
#include <unordered_map>
#include <vector>

namespace HullKeyedDiff {

/// One operation on rows [first, first + count), in the coordinates of the list just before it.
struct Run {
  enum Kind {
    Remove,
    Move,    ///< To in front of row `to`, as QAbstractItemModel::beginMoveRows counts: before the rows left.
    Insert,  ///< Rows [first, first + count) of the new list.
  };
  Kind kind;
  int first;
  int count;
  int to = 0;
  friend bool operator==(const Run& a, const Run& b) {
    return a.kind == b.kind && a.first == b.first && a.count == b.count && a.to == b.to;
  }
};

namespace Detail {

// Sums of a changing row of zeros and ones, in logarithmic time.
class Counter {
 public:
  explicit Counter(std::size_t size) : m_sums(size + 1, 0) {}
  void add(int index, int amount) {
    for (auto i = static_cast<std::size_t>(index) + 1; i < m_sums.size(); i += i & (~i + 1)) m_sums[i] += amount;
  }
  int sumBefore(int index) const {
    int sum = 0;
    for (auto i = static_cast<std::size_t>(index); i > 0; i -= i & (~i + 1)) sum += m_sums[i];
    return sum;
  }

 private:
  std::vector<int> m_sums;
};

// Marks the members of one longest increasing subsequence: the rows that stay while the others move.
inline std::vector<bool> longestIncreasing(const std::vector<int>& values) {
  std::vector<int> tails;  // tails[n]: index of the smallest last value of an increasing run of length n + 1.
  std::vector<int> previous(values.size(), -1);
  for (int i = 0; i < static_cast<int>(values.size()); ++i) {
    const auto at = std::lower_bound(tails.begin(), tails.end(), values[i],
                                     [&](int index, int value) { return values[index] < value; });
    if (at != tails.begin()) previous[i] = *(at - 1);
    if (at == tails.end())
      tails.push_back(i);
    else
      *at = i;
  }
  std::vector<bool> member(values.size(), false);
  for (int i = tails.empty() ? -1 : tails.back(); i >= 0; i = previous[i]) member[i] = true;
  return member;
}

// Rows [0, n) in old order shall come in the order `target` (old positions, in new order).
//
// Walks the new order from the front. A row that has to move goes right behind its new predecessor, so that the rows
// already in place form groups: a row that stays, then those moved behind it. Rows that wait for their move keep
// their places between the groups. Their positions follow from counting both kinds.
inline void appendMoves(const std::vector<int>& target, std::vector<Run>& runs) {
  const std::vector<bool> stays = longestIncreasing(target);
  const auto size = target.size();
  Counter waiting(size);              // By old position: rows that still have to move.
  std::vector<int> groupOf(size, 0);  // By old position: number of staying rows before it.
  std::vector<bool> staysAt(size, false);
  for (std::size_t i = 0; i < size; ++i) {
    if (stays[i])
      staysAt[static_cast<std::size_t>(target[i])] = true;
    else
      waiting.add(target[i], 1);
  }
  int staying = 0;
  for (std::size_t old = 0; old < size; ++old) {
    groupOf[old] = staying;
    if (staysAt[old]) ++staying;
  }

  std::vector<int> placedUpTo{0};  // Rows in place in groups [0, g]; group 0 is in front of all that stay.
  int anchor = -1;                 // Old position of the last staying row passed.
  for (std::size_t i = 0; i < size; ++i) {
    const int old = target[i];
    if (stays[i]) {
      anchor = old;
      placedUpTo.push_back(placedUpTo.back() + 1);
      continue;
    }
    const int group = static_cast<int>(placedUpTo.size()) - 1;
    const int destination = placedUpTo.back() + (anchor < 0 ? 0 : waiting.sumBefore(anchor));
    const int own = groupOf[static_cast<std::size_t>(old)];
    // Groups behind the current one hold their staying row only.
    const int placedBefore = own <= group ? placedUpTo[static_cast<std::size_t>(own)] : placedUpTo.back() + own - group;
    const int position = placedBefore + waiting.sumBefore(old);
    waiting.add(old, -1);
    ++placedUpTo.back();

    // Neighbours that go to the same place in the same order travel together.
    if (!runs.empty() && runs.back().kind == Run::Move) {
      Run& last = runs.back();
      const bool upwards = last.to <= last.first;
      const bool joins = upwards ? position == last.first + last.count && destination == last.to + last.count
                                 : position == last.first && destination == last.to;
      if (joins) {
        ++last.count;
        continue;
      }
    }
    runs.push_back({Run::Move, position, 1, destination});
  }
}

}  // namespace Detail

/// Operations that turn the old list, of `oldCount` rows, into the new one, in order: removals from the back, then
/// moves, then insertions from the front. `oldOf` says for each new row which old row it is, or -1 for none; no old row
/// twice. No list of operations touches fewer rows.
inline std::vector<Run> runs(const std::vector<int>& oldOf, int oldCount) {
  std::vector<int> rank(static_cast<std::size_t>(oldCount), -1);  // By old row: position among those that survive.
  for (const int old : oldOf)
    if (old >= 0) rank[static_cast<std::size_t>(old)] = 0;
  std::vector<Run> runs;
  int survivors = 0;
  for (int i = 0; i < oldCount; ++i) {
    int& place = rank[static_cast<std::size_t>(i)];
    if (place >= 0)
      place = survivors++;
    else if (!runs.empty() && runs.back().first + runs.back().count == i)
      ++runs.back().count;
    else
      runs.push_back({Run::Remove, i, 1});
  }
  std::reverse(runs.begin(), runs.end());

  std::vector<int> target;
  target.reserve(static_cast<std::size_t>(survivors));
  for (const int old : oldOf)
    if (old >= 0) target.push_back(rank[static_cast<std::size_t>(old)]);
  if (!std::is_sorted(target.begin(), target.end())) Detail::appendMoves(target, runs);

  for (int i = 0; i < static_cast<int>(oldOf.size()); ++i) {
    if (oldOf[static_cast<std::size_t>(i)] >= 0) continue;
    if (!runs.empty() && runs.back().kind == Run::Insert && runs.back().first + runs.back().count == i)
      ++runs.back().count;
    else
      runs.push_back({Run::Insert, i, 1});
  }
  return runs;
}

/// The same for lists of distinct keys.
template <class Key>
std::vector<Run> compute(const std::vector<Key>& before, const std::vector<Key>& after) {
  std::unordered_map<Key, int> oldPlace;
  oldPlace.reserve(before.size());
  for (std::size_t i = 0; i < before.size(); ++i) oldPlace.emplace(before[i], static_cast<int>(i));
  std::vector<int> oldOf(after.size(), -1);
  for (std::size_t i = 0; i < after.size(); ++i)
    if (const auto found = oldPlace.find(after[i]); found != oldPlace.end()) oldOf[i] = found->second;
  return runs(oldOf, static_cast<int>(before.size()));
}

}  // namespace HullKeyedDiff
