// Pairing old rows with new items, and what follows from the pairs.
#include "hullrowsplan_p.h"

#include <algorithm>
#include <bit>

namespace HullRows {

namespace {

// From hashes to numbers 0 .. size - 1; numbers of one hash come out in the order from the smallest.
class Places {
 public:
  template <class HashOf>
  Places(int size, const HashOf& hashOf)
      : m_heads(std::bit_ceil(static_cast<std::size_t>(size) + 1) * 2, -1), m_next(static_cast<std::size_t>(size)) {
    for (int i = size - 1; i >= 0; --i) {
      int& head = m_heads[bucket(hashOf(i))];
      m_next[static_cast<std::size_t>(i)] = head;
      head = i;
    }
  }

  /// Takes the first number of this hash that is accepted out, or returns -1.
  template <class Accept>
  int take(std::size_t hash, const Accept& accept) {
    for (int* at = &m_heads[bucket(hash)]; *at >= 0; at = &m_next[static_cast<std::size_t>(*at)]) {
      const int found = *at;
      if (!accept(found)) continue;
      *at = m_next[static_cast<std::size_t>(found)];
      return found;
    }
    return -1;
  }

 private:
  std::size_t bucket(std::size_t hash) const {
    return ((hash ^ (hash >> 32)) * 0x9e3779b97f4a7c15u >> 20) & (m_heads.size() - 1);
  }
  std::vector<int> m_heads;
  std::vector<int> m_next;
};

int sharedFields(const hull::value& a, const hull::value& b) {
  if (!a.is_object() || !b.is_object()) return 0;
  return static_cast<int>(std::count_if(a.as_object().begin(), a.as_object().end(), [&](const auto& field) {
    const hull::value* other = b.find(field.first);
    return other && *other == field.second;
  }));
}

class Planner {
 public:
  Planner(const HullRowList& before, const hull::array& items, const HullRowsTarget& target, const HullRoleMap& roles)
      : m_before(before), m_items(items), m_target(target), m_roles(roles) {}

  HullRowsPlan run() {
    trim();
    if (m_middle.empty() && m_head + m_tail == m_before.size()) {
      compare();
      return std::move(m_plan);
    }
    pairUp();
    adopt();
    m_plan.runs = HullKeyedDiff::runs(m_middle, oldMiddle());
    for (HullKeyedDiff::Run& run : m_plan.runs) {
      run.first += m_head;
      run.to += m_head;
    }
    for (std::size_t i = 0; i < m_middle.size(); ++i)
      if (m_middle[i] < 0) m_plan.inserted.push_back(freshRow(item(static_cast<int>(i))));
    compare();
    return std::move(m_plan);
  }

  HullRow freshRow(const hull::value& value) const {
    const hull::value& key = keyOf(value, m_target.keyField);
    return {value, hashOf(key), m_target.isLayered && !isDocumentId(key)};
  }

 private:
  int newCount() const { return static_cast<int>(m_items.size()); }
  int oldMiddle() const { return m_before.size() - m_head - m_tail; }
  /// Of the middle.
  const HullRow& row(int i) const { return m_before.at(m_head + i); }
  const hull::value& item(int i) const { return m_items[static_cast<std::size_t>(m_head + i)]; }

  bool isSameRow(const hull::value& a, const hull::value& b) const {
    return a.same_as(b) || keyOf(a, m_target.keyField) == keyOf(b, m_target.keyField);
  }

  // Rows in front and at the end that stay where they are.
  void trim() {
    const int most = std::min(m_before.size(), newCount());
    while (m_head < most && isSameRow(m_before.at(m_head).value, m_items[static_cast<std::size_t>(m_head)])) ++m_head;
    while (m_tail < most - m_head && isSameRow(m_before.at(m_before.size() - 1 - m_tail).value,
                                               m_items[m_items.size() - 1 - static_cast<std::size_t>(m_tail)]))
      ++m_tail;
    m_middle.assign(static_cast<std::size_t>(newCount() - m_head - m_tail), -1);
  }

  // Finds the old row of each item between them: by its payload, else by its key.
  void pairUp() {
    const int count = oldMiddle();
    if (count == 0 || m_middle.empty()) return;
    Places byPayload(count, [&](int i) { return payloadHash(row(i).value); });
    std::vector<bool> isTaken(static_cast<std::size_t>(count), false);
    std::vector<int> strange;
    for (int i = 0; i < static_cast<int>(m_middle.size()); ++i) {
      const hull::value& value = item(i);
      const int old = byPayload.take(payloadHash(value), [&](int o) { return row(o).value.same_as(value); });
      m_middle[static_cast<std::size_t>(i)] = old;
      if (old >= 0)
        isTaken[static_cast<std::size_t>(old)] = true;
      else
        strange.push_back(i);
    }
    if (strange.empty()) return;
    Places byKey(count, [&](int i) { return row(i).keyHash; });
    for (const int i : strange) {
      const hull::value& key = keyOf(item(i), m_target.keyField);
      const std::size_t hash = hashOf(key);
      m_middle[static_cast<std::size_t>(i)] = byKey.take(hash, [&](int o) {
        return !isTaken[static_cast<std::size_t>(o)] && row(o).keyHash == hash &&
               keyOf(row(o).value, m_target.keyField) == key;
      });
    }
  }

  void adopt() {
    const int count = oldMiddle();
    std::vector<int> newOf(static_cast<std::size_t>(count), -1);
    for (std::size_t i = 0; i < m_middle.size(); ++i)
      if (m_middle[i] >= 0) newOf[static_cast<std::size_t>(m_middle[i])] = static_cast<int>(i);
    int gap = -1;  // New place of the last row passed that stays.
    for (int old = 0; old < count; ++old) {
      if (newOf[static_cast<std::size_t>(old)] >= 0) {
        gap = newOf[static_cast<std::size_t>(old)];
        continue;
      }
      if (!row(old).isOptimistic) continue;
      int best = -1;
      int bestShared = 0;
      for (int i = gap + 1; i < static_cast<int>(m_middle.size()); ++i) {
        const int other = m_middle[static_cast<std::size_t>(i)];
        if (other >= 0 && !isAdopted(other)) break;
        const int shared = other >= 0 ? 0 : sharedFields(row(old).value, item(i));
        if (shared > bestShared) {
          best = i;
          bestShared = shared;
        }
      }
      if (best < 0) continue;
      m_middle[static_cast<std::size_t>(best)] = old;
      m_adopted.push_back(old);
    }
  }

  bool isAdopted(int old) const { return std::find(m_adopted.begin(), m_adopted.end(), old) != m_adopted.end(); }

  void compare() {
    const int shift = newCount() - m_before.size();
    for (int i = 0; i < m_head; ++i) compareRow(i, i);
    for (int i = 0; i < static_cast<int>(m_middle.size()); ++i)
      if (const int old = m_middle[static_cast<std::size_t>(i)]; old >= 0)
        compareRow(m_head + old, m_head + i, !m_adopted.empty() && isAdopted(old));
    for (int i = newCount() - m_tail; i < newCount(); ++i) compareRow(i - shift, i);
  }

  void compareRow(int old, int now, bool wasAdopted = false) {
    const HullRow& before = m_before.at(old);
    const hull::value& value = m_items[static_cast<std::size_t>(now)];
    const bool isOptimistic = m_target.isLayered && before.isOptimistic && !wasAdopted;
    if (before.value.same_as(value) && before.isOptimistic == isOptimistic) return;
    HullRow after = wasAdopted ? freshRow(value) : HullRow{value, before.keyHash, isOptimistic};
    QList<int> roles = m_roles.changes(before, after);
    m_plan.contents.push_back({now, std::move(after)});
    if (roles.isEmpty()) return;
    auto& changes = m_plan.changes;
    if (!changes.empty() && changes.back().last == now - 1 && changes.back().roles == roles)
      changes.back().last = now;
    else
      changes.push_back({now, now, std::move(roles)});
  }

  const HullRowList& m_before;
  const hull::array& m_items;
  const HullRowsTarget& m_target;
  const HullRoleMap& m_roles;
  int m_head = 0;
  int m_tail = 0;
  std::vector<int> m_middle;   // By new place behind the head: old place behind the head, or -1.
  std::vector<int> m_adopted;  // Old places of predictions that were confirmed.
  HullRowsPlan m_plan;
};

}  // namespace

std::vector<HullRow> fresh(const hull::array& items, const HullRowsTarget& target) {
  const HullRowList none;
  const HullRoleMap roles;
  const Planner planner(none, items, target, roles);
  std::vector<HullRow> rows;
  rows.reserve(items.size());
  for (const hull::value& item : items) rows.push_back(planner.freshRow(item));
  return rows;
}

HullRowsPlan plan(const HullRowList& before, const hull::array& items, const HullRowsTarget& target,
                  const HullRoleMap& roles) {
  return Planner(before, items, target, roles).run();
}

int strangers(const HullRowList& before, const hull::array& items, int enough) {
  const int oldCount = before.size();
  const int newCount = static_cast<int>(items.size());
  const auto same = [&](int old, int now) {
    return old < oldCount && now < newCount && before.at(old).value.same_as(items[static_cast<std::size_t>(now)]);
  };
  int head = 0;
  while (head < newCount && same(head, head)) ++head;
  int tail = 0;
  while (tail < std::min(oldCount, newCount) - head && same(oldCount - 1 - tail, newCount - 1 - tail)) ++tail;
  if (newCount - head - tail <= enough) return newCount - head - tail;
  int count = 0;
  int old = head;
  for (int now = head; now < newCount - tail && count < enough; ++now, ++old) {
    if (same(old, now)) continue;
    ++count;
    // One row came, one left, or one changed: whichever lets the rows behind it fit.
    if (same(old, now + 1))
      --old;
    else if (same(old + 1, now))
      ++old;
  }
  return count;
}

}  // namespace HullRows
