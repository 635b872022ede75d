// Interval sets and the write log.
#include "database/read_set.hpp"
#include "database/write_log.hpp"

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

log_entry entry(timestamp ts, index_number index, std::optional<std::string> from, std::optional<std::string> to) {
  return {ts, "f", {{index, std::move(from), std::move(to), std::make_shared<const std::string>("t")}}};
}

TEST(WriteLog, FindsOldAndNewKeys) {
  write_log log(5);
  log.append(entry(10, 1, "a", "b"));
  log.append(entry(20, 1, std::nullopt, "m"));
  read_set reads;
  reads.add(1, interval::point("a"));
  using verdict = write_log::verdict;
  write_log::conflict found;
  EXPECT_EQ(log.check(reads, 5, 30, &found), verdict::changed);
  EXPECT_EQ(found.ts, 10u);
  EXPECT_EQ(found.table, "t");
  EXPECT_EQ(log.check(reads, 10, 30), verdict::unchanged);
  EXPECT_EQ(log.check(reads, 5, 9), verdict::unchanged);
  read_set other;
  other.add(1, {"k", "n"});
  EXPECT_EQ(log.check(other, 10, 30), verdict::changed);
  EXPECT_EQ(log.check(other, 10, 19), verdict::unchanged);
  other.merge(reads);
  EXPECT_EQ(other.interval_count(), 2u);
  EXPECT_TRUE(other.overlaps(1, "a"));
  EXPECT_FALSE(other.overlaps(2, "a"));
}

TEST(WriteLog, SaysWhenItDoesNotReachBack) {
  write_log log(5);
  for (timestamp ts = 10; ts <= 50; ts += 10) log.append(entry(ts, 1, std::nullopt, "k"));
  log.purge(30);
  read_set reads, quiet;
  reads.add(1, interval::point("x"));
  quiet.add(2, interval::all());
  using verdict = write_log::verdict;
  EXPECT_EQ(log.check(reads, 20, 60), verdict::unknown);
  EXPECT_EQ(log.check(reads, 30, 60), verdict::unchanged);
  EXPECT_EQ(log.check(quiet, 20, 60), verdict::unchanged);
  EXPECT_EQ(log.check(quiet, 4, 60), verdict::unknown);
  log.retract_after(40);
  std::size_t seen = 0;
  log.visit(0, 100, [&](const log_entry&) { ++seen; });
  EXPECT_EQ(seen, 1u);
}

}  // namespace
}  // namespace hull::backend::database
