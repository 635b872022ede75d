// The interval map against a plain list.
#include "subscriptions/interval_map.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

namespace hull::backend::subscriptions {
namespace {

std::vector<interval_map::owner_id> found_in(const interval_map& map, std::string_view key) {
  std::vector<interval_map::owner_id> out;
  map.find(key, [&](interval_map::owner_id id) { out.push_back(id); });
  std::sort(out.begin(), out.end());
  return out;
}

TEST(IntervalMap, FindsWhatContainsAKey) {
  interval_map map;
  map.add({"b", "d"}, 1);
  map.add({"a", std::nullopt}, 2);
  map.add(database::interval::point("c"), 3);
  map.add({"b", "d"}, 4);
  using ids = std::vector<interval_map::owner_id>;
  EXPECT_EQ(found_in(map, "c"), (ids{1, 2, 3, 4}));
  EXPECT_EQ(found_in(map, "a"), (ids{2}));
  EXPECT_EQ(found_in(map, ""), (ids{}));
  EXPECT_EQ(found_in(map, "d"), (ids{2}));
  map.remove("a", 2);
  map.remove("b", 1);
  map.remove("zzz", 9);
  EXPECT_EQ(found_in(map, "c"), (ids{3, 4}));
  map.remove("b", 4);
  map.remove("c", 3);
  EXPECT_TRUE(map.empty());
}

TEST(IntervalMap, AgreesWithAList) {
  std::mt19937 random(11);
  const auto key = [&] {
    std::string out(1 + random() % 3, ' ');
    for (char& c : out) c = static_cast<char>('a' + random() % 5);
    return out;
  };
  interval_map map;
  std::vector<std::pair<database::interval, interval_map::owner_id>> list;
  for (interval_map::owner_id id = 1; id <= 3000; ++id) {
    if (!list.empty() && random() % 3 == 0) {
      const std::size_t at = random() % list.size();
      map.remove(list[at].first.start, list[at].second);
      list.erase(list.begin() + static_cast<std::ptrdiff_t>(at));
    } else {
      database::interval added{key(), std::nullopt};
      if (random() % 8 != 0) added.end = key();
      if (added.empty()) continue;
      map.add(added, id);
      list.emplace_back(std::move(added), id);
    }
    if (id % 20 != 0) continue;
    const std::string probe = key();
    std::vector<interval_map::owner_id> expected;
    for (const auto& [covered, owner] : list)
      if (covered.contains(probe)) expected.push_back(owner);
    ASSERT_EQ(found_in(map, probe), expected);
  }
}

}  // namespace
}  // namespace hull::backend::subscriptions
