// What the log of recent writes knows, and for how long.
#include "database/write_log.hpp"

#include <gtest/gtest.h>

namespace hull::backend::database {
namespace {

constexpr index_number rows = 20, others = 21;

log_entry entry_at(timestamp ts, std::string key = "k") {
  log_entry e{ts, "m:f", {}};
  e.writes.push_back({rows, std::nullopt, std::move(key), std::make_shared<const std::string>("rows")});
  return e;
}

read_set reads_of(index_number index, const std::string& key) {
  read_set reads;
  reads.add(index, interval::point(key));
  return reads;
}

class WriteLog : public testing::Test {
 protected:
  void SetUp() override {
    for (timestamp ts = 101; ts <= 110; ++ts) log.append(entry_at(ts));
  }
  write_log::verdict since(timestamp from, index_number index = rows, const std::string& key = "k") const {
    return log.check(reads_of(index, key), from, 200);
  }
  using verdict = write_log::verdict;
  write_log log{100};
};

TEST_F(WriteLog, KnowsWhatWasWritten) {
  EXPECT_EQ(since(100), verdict::changed);
  EXPECT_EQ(since(110), verdict::unchanged);
  EXPECT_EQ(since(100, rows, "other key"), verdict::unchanged);
  EXPECT_EQ(since(100, others), verdict::unchanged);
  EXPECT_EQ(since(99), verdict::unknown) << "of what was before the log nothing is known";
  EXPECT_EQ(since(99, others), verdict::unknown);
  write_log::conflict found;
  EXPECT_EQ(log.check(reads_of(rows, "k"), 104, 200, &found), verdict::changed);
  EXPECT_EQ(found.ts, 105u);
  EXPECT_EQ(found.table, "rows");
  EXPECT_EQ(found.source, "m:f");
}

TEST_F(WriteLog, ForgetsWhatIsOld) {
  const std::size_t all = log.size_bytes();
  log.purge(105, SIZE_MAX, 0);
  EXPECT_EQ(log.size_bytes(), all / 2);
  EXPECT_EQ(since(104), verdict::unknown);
  EXPECT_EQ(since(105), verdict::changed);
  EXPECT_EQ(since(104, others), verdict::unchanged) << "nobody ever wrote there";
}

TEST_F(WriteLog, ForgetsMoreWhenItIsLarge) {
  const std::size_t all = log.size_bytes();
  log.purge(102, all / 2, 200);
  EXPECT_EQ(log.size_bytes(), all / 2);
  EXPECT_EQ(since(104), verdict::unknown);
  EXPECT_EQ(since(105), verdict::changed);

  log.append(entry_at(111, std::string(100'000, 'k')));
  EXPECT_GT(log.size_bytes(), 100'000u);
  log.purge(102, all / 2, 107);
  EXPECT_EQ(since(106), verdict::unknown);
  EXPECT_EQ(since(107), verdict::changed) << "spared, however large";
}

TEST_F(WriteLog, TakesBackTheNewest) {
  const std::size_t all = log.size_bytes();
  log.retract_after(109);
  EXPECT_EQ(log.size_bytes(), all - all / 10);
  EXPECT_EQ(since(109), verdict::unchanged);
  log.retract_after(0);
  EXPECT_EQ(log.size_bytes(), 0u);
}

}  // namespace
}  // namespace hull::backend::database
