// Interval sets.
#include "database/read_set.hpp"

#include <gtest/gtest.h>

#include <random>
#include <set>

namespace hull::backend::database {
namespace {

std::string text(const interval_set& set) {
  std::string out;
  for (const auto& [start, end] : set.ends_by_start()) out += "[" + start + "," + end.value_or("*") + ")";
  return out;
}

TEST(IntervalSet, MergesWhatOverlapsOrTouches) {
  interval_set set;
  set.add({"d", "f"});
  set.add({"a", "b"});
  EXPECT_EQ(text(set), "[a,b)[d,f)");
  set.add({"b", "c"});
  EXPECT_EQ(text(set), "[a,c)[d,f)");
  set.add({"e", "h"});
  EXPECT_EQ(text(set), "[a,c)[d,h)");
  set.add({"b", "e"});
  EXPECT_EQ(text(set), "[a,h)");
  set.add({"x", "x"});
  EXPECT_EQ(text(set), "[a,h)");
  set.add({"p", std::nullopt});
  set.add({"q", "r"});
  EXPECT_EQ(text(set), "[a,h)[p,*)");
  set.add({"", std::nullopt});
  EXPECT_EQ(text(set), "[,*)");
}

TEST(IntervalSet, AgreesWithAModel) {
  std::mt19937 random(5);
  for (int round = 0; round < 200; ++round) {
    interval_set set;
    std::set<int> covered;
    for (int i = 0; i < 12; ++i) {
      const int a = static_cast<int>(random() % 60);
      const int b = a + static_cast<int>(random() % 8);
      set.add({std::string(1, static_cast<char>('A' + a)), std::string(1, static_cast<char>('A' + b))});
      for (int k = a; k < b; ++k) covered.insert(k);
    }
    for (int k = 0; k < 70; ++k)
      ASSERT_EQ(set.contains(std::string(1, static_cast<char>('A' + k))), covered.contains(k));
  }
}

TEST(Interval, PrefixAndPoint) {
  EXPECT_TRUE(interval::point("a").contains("a"));
  EXPECT_FALSE(interval::point("a").contains(std::string("a\0", 2)));
  EXPECT_TRUE(interval::prefix("a").contains("azzz"));
  EXPECT_FALSE(interval::prefix("a").contains("b"));
  EXPECT_EQ(key_after_prefix("a\xff\xff"), "b");
  EXPECT_EQ(key_after_prefix("\xff"), std::nullopt);
  EXPECT_TRUE(interval::prefix("\xff").contains("\xff\xff"));
}

}  // namespace
}  // namespace hull::backend::database
