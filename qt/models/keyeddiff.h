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

/// Operations that turn `before` into `after`, in order: removals from the back, then moves, then insertions from
/// the front. The keys of each list must be distinct. No list of operations touches fewer rows.
template <class Key>
std::vector<Run> compute(const std::vector<Key>& before, const std::vector<Key>& after) {
  std::unordered_map<Key, int> newPlace;
  newPlace.reserve(after.size());
  for (std::size_t i = 0; i < after.size(); ++i) newPlace.emplace(after[i], static_cast<int>(i));

  std::vector<Run> runs;
  std::vector<int> survivorAt(after.size(), -1);  // By new place: position among the survivors, in old order.
  int survivors = 0;
  for (std::size_t i = 0; i < before.size(); ++i) {
    const auto found = newPlace.find(before[i]);
    if (found != newPlace.end()) {
      survivorAt[static_cast<std::size_t>(found->second)] = survivors++;
    } else if (!runs.empty() && runs.back().first + runs.back().count == static_cast<int>(i)) {
      ++runs.back().count;
    } else {
      runs.push_back({Run::Remove, static_cast<int>(i), 1});
    }
  }
  std::reverse(runs.begin(), runs.end());

  std::vector<int> target;
  target.reserve(static_cast<std::size_t>(survivors));
  for (const int survivor : survivorAt)
    if (survivor >= 0) target.push_back(survivor);
  if (!std::is_sorted(target.begin(), target.end())) Detail::appendMoves(target, runs);

  for (std::size_t i = 0; i < after.size(); ++i) {
    if (survivorAt[i] >= 0) continue;
    if (!runs.empty() && runs.back().kind == Run::Insert &&
        runs.back().first + runs.back().count == static_cast<int>(i))
      ++runs.back().count;
    else
      runs.push_back({Run::Insert, static_cast<int>(i), 1});
  }
  return runs;
}

}  // namespace HullKeyedDiff
