// The keyed diff against simple truths: it arrives at the new list, and never touches more rows than the least that
// a search over all possibilities finds.
#include "keyeddiff.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <queue>
#include <random>
#include <set>
#include <string>

namespace {

using Step = HullKeyedDiff::Run;  // Run is a member of testing::Test.
using Keys = std::vector<int>;

struct Cost {
  int removed = 0, moved = 0, inserted = 0;
};

// Applies the runs as QAbstractItemModel defines them, and counts the rows that they touch.
Keys apply(Keys list, const Keys& after, const std::vector<Step>& runs, Cost* cost = nullptr) {
  for (const Step& run : runs) {
    const auto first = list.begin() + run.first;
    EXPECT_GT(run.count, 0);
    switch (run.kind) {
      case Step::Remove:
        list.erase(first, first + run.count);
        if (cost) cost->removed += run.count;
        break;
      case Step::Move:
        EXPECT_TRUE(run.to < run.first || run.to > run.first + run.count) << "beginMoveRows refuses a move to itself";
        if (run.to < run.first)
          std::rotate(list.begin() + run.to, first, first + run.count);
        else
          std::rotate(first, first + run.count, list.begin() + run.to);
        if (cost) cost->moved += run.count;
        break;
      case Step::Insert:
        list.insert(first, after.begin() + run.first, after.begin() + run.first + run.count);
        if (cost) cost->inserted += run.count;
        break;
    }
  }
  return list;
}

// Breadth-first over all orders that single-row moves reach: the least number of moves.
std::map<Keys, int> leastMoves(int size) {
  Keys start(static_cast<std::size_t>(size));
  std::iota(start.begin(), start.end(), 0);
  std::map<Keys, int> distance{{start, 0}};
  std::queue<Keys> open;
  open.push(start);
  while (!open.empty()) {
    const Keys here = open.front();
    open.pop();
    for (std::size_t from = 0; from < here.size(); ++from) {
      for (std::size_t to = 0; to < here.size(); ++to) {
        Keys next = here;
        const int row = next[from];
        next.erase(next.begin() + static_cast<std::ptrdiff_t>(from));
        next.insert(next.begin() + static_cast<std::ptrdiff_t>(to), row);
        if (distance.emplace(next, distance[here] + 1).second) open.push(next);
      }
    }
  }
  return distance;
}

Keys randomKeys(std::mt19937& random, int universe, int size) {
  Keys all(static_cast<std::size_t>(universe));
  std::iota(all.begin(), all.end(), 0);
  std::shuffle(all.begin(), all.end(), random);
  all.resize(static_cast<std::size_t>(size));
  return all;
}

TEST(KeyedDiff, NamesTheRunsThatAReaderWouldName) {
  const Keys list{1, 2, 3, 4, 5};
  const auto compute = [&](const Keys& after) { return HullKeyedDiff::compute(list, after); };
  EXPECT_EQ(compute(list), std::vector<Step>{});
  EXPECT_EQ(compute({}), (std::vector<Step>{{Step::Remove, 0, 5}}));
  EXPECT_EQ(compute({1, 2, 3, 4, 5, 6, 7}), (std::vector<Step>{{Step::Insert, 5, 2}}));
  EXPECT_EQ(compute({1, 5}), (std::vector<Step>{{Step::Remove, 1, 3}}));
  EXPECT_EQ(compute({2, 4}), (std::vector<Step>{{Step::Remove, 4, 1}, {Step::Remove, 2, 1}, {Step::Remove, 0, 1}}));
  EXPECT_EQ(compute({9, 1, 2, 3, 4, 5}), (std::vector<Step>{{Step::Insert, 0, 1}}));
  EXPECT_EQ(compute({4, 5, 1, 2, 3}), (std::vector<Step>{{Step::Move, 3, 2, 0}})) << "neighbours travel together";
  EXPECT_EQ(compute({3, 4, 5, 1, 2}), (std::vector<Step>{{Step::Move, 0, 2, 5}}));
  EXPECT_EQ(compute({2, 3, 9, 5, 1}),
            (std::vector<Step>{{Step::Remove, 3, 1}, {Step::Move, 0, 1, 4}, {Step::Insert, 2, 1}}));
  EXPECT_EQ(HullKeyedDiff::compute(Keys{}, Keys{1, 2}), (std::vector<Step>{{Step::Insert, 0, 2}}));
}

TEST(KeyedDiff, MovesNoMoreRowsThanNeeded) {
  for (int size = 1; size <= 6; ++size) {
    Keys before(static_cast<std::size_t>(size));
    std::iota(before.begin(), before.end(), 0);
    for (const auto& [after, least] : leastMoves(size)) {
      Cost cost;
      ASSERT_EQ(apply(before, after, HullKeyedDiff::compute(before, after), &cost), after);
      ASSERT_EQ(cost.moved, least) << testing::PrintToString(after);
    }
  }
}

TEST(KeyedDiff, RemovesAndInsertsOnlyWhatDiffers) {
  std::mt19937 random(7);
  for (int round = 0; round < 3000; ++round) {
    const int universe = 1 + static_cast<int>(random() % 30);
    const Keys before = randomKeys(random, universe, static_cast<int>(random() % static_cast<unsigned>(universe + 1)));
    const Keys after = randomKeys(random, universe, static_cast<int>(random() % static_cast<unsigned>(universe + 1)));
    const std::set<int> old(before.begin(), before.end());
    const std::set<int> now(after.begin(), after.end());
    Keys gone, come;
    std::set_difference(old.begin(), old.end(), now.begin(), now.end(), std::back_inserter(gone));
    std::set_difference(now.begin(), now.end(), old.begin(), old.end(), std::back_inserter(come));
    Cost cost;
    ASSERT_EQ(apply(before, after, HullKeyedDiff::compute(before, after), &cost), after) << "round " << round;
    ASSERT_EQ(cost.removed, static_cast<int>(gone.size()));
    ASSERT_EQ(cost.inserted, static_cast<int>(come.size()));
  }
}

TEST(KeyedDiff, LongListsStayFast) {
  std::mt19937 random(3);
  const Keys before = randomKeys(random, 8192, 8192);
  const Keys after = randomKeys(random, 8192, 8192);
  EXPECT_EQ(apply(before, after, HullKeyedDiff::compute(before, after)), after);
}

}  // namespace
