// What the log of recent writes knows, and for how long.
#include "database/write_log.hpp"

#include <gtest/gtest.h>

namespace hull::backend::database {
namespace {

log_entry write_of(timestamp ts, index_number index, std::optional<std::string> from, std::optional<std::string> to) {
  return {ts, "f", {{index, std::move(from), std::move(to), std::make_shared<const std::string>("t")}}};
}

TEST(WriteLog, FindsOldAndNewKeys) {
  write_log log(5);
  log.append(write_of(10, 1, "a", "b"));
  log.append(write_of(20, 1, std::nullopt, "m"));
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
  for (timestamp ts = 10; ts <= 50; ts += 10) log.append(write_of(ts, 1, std::nullopt, "k"));
  log.purge(30, SIZE_MAX, 0, SIZE_MAX);
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

/// Ten commits that wrote the same key.
class RecentWrites : public testing::Test {
 protected:
  void SetUp() override {
    for (timestamp ts = 101; ts <= 110; ++ts) log.append(write_of(ts, rows, std::nullopt, "k"));
  }
  write_log::verdict since(timestamp from, index_number index = rows) const {
    read_set reads;
    reads.add(index, interval::point("k"));
    return log.check(reads, from, 200);
  }
  using verdict = write_log::verdict;
  static constexpr index_number rows = 20, others = 21;
  write_log log{100};
};

TEST_F(RecentWrites, AreForgottenWhenTheyAreOld) {
  const std::size_t all = log.size_bytes();
  log.purge(105, SIZE_MAX, 0, SIZE_MAX);
  EXPECT_EQ(log.size_bytes(), all / 2);
  EXPECT_EQ(since(104), verdict::unknown);
  EXPECT_EQ(since(105), verdict::changed);
  EXPECT_EQ(since(104, others), verdict::unchanged) << "nobody ever wrote there";
}

TEST_F(RecentWrites, AreForgottenSoonerWhenTheyTakeMuchRoom) {
  const std::size_t all = log.size_bytes();
  log.purge(102, all / 2, 200, SIZE_MAX);
  EXPECT_EQ(log.size_bytes(), all / 2);
  EXPECT_EQ(since(104), verdict::unknown);
  EXPECT_EQ(since(105), verdict::changed);

  log.append(write_of(111, rows, std::nullopt, std::string(100'000, 'k')));
  EXPECT_GT(log.size_bytes(), 100'000u);
  log.purge(102, all / 2, 107, 200'000);
  EXPECT_EQ(since(106), verdict::unknown);
  EXPECT_EQ(since(107), verdict::changed) << "spared, although it is large";
  log.purge(102, all / 2, 107, 100'000);
  EXPECT_EQ(since(110), verdict::unknown) << "but not without limit";
  EXPECT_EQ(since(111), verdict::unchanged);
}

TEST_F(RecentWrites, AreTakenBack) {
  const std::size_t all = log.size_bytes();
  log.retract_after(109);
  EXPECT_EQ(log.size_bytes(), all - all / 10);
  EXPECT_EQ(since(109), verdict::unchanged);
  log.retract_after(0);
  EXPECT_EQ(log.size_bytes(), 0u);
}

}  // namespace
}  // namespace hull::backend::database
