// What starts when, and how long is waited for another try.
#include "scheduler/agenda.hpp"
#include "scheduler/backoff.hpp"

#include <gtest/gtest.h>

namespace hull::backend::scheduler {
namespace {

using names = std::vector<std::string>;

TEST(agenda, starts_what_is_due_and_wakes_for_the_next) {
  const agenda a(8);
  const auto d = a.decide({{"x", 5}, {"y", 10}, {"z", 11}, {"later", 30}}, 10);
  EXPECT_EQ(d.start, (names{"x", "y"}));
  EXPECT_EQ(d.wake_ns, 11);
  EXPECT_FALSE(a.decide({}, 10).wake_ns);
}

TEST(agenda, runs_no_more_at_once_than_it_may) {
  agenda a(2);
  const std::vector<upcoming> jobs{{"x", 1}, {"y", 1}, {"z", 1}};
  auto d = a.decide(jobs, 10);
  EXPECT_EQ(d.start, (names{"x", "y"}));
  EXPECT_FALSE(d.wake_ns);
  for (const auto& id : d.start) a.started(id);
  EXPECT_TRUE(a.decide(jobs, 10).start.empty());
  EXPECT_EQ(a.lookahead(), 5u) << "those that run stand before the others";
  a.finished("x");
  EXPECT_EQ(a.decide({{"y", 1}, {"z", 1}}, 10).start, names{"z"});
}

TEST(agenda, lets_others_run_while_one_waits_for_another_try) {
  agenda a(1);
  a.started("x");
  a.retry("x", 50);
  EXPECT_EQ(a.failures("x"), 1);
  const std::vector<upcoming> jobs{{"x", 1}, {"y", 2}};
  EXPECT_EQ(a.decide(jobs, 10).start, names{"y"});
  EXPECT_EQ(a.decide({{"x", 1}}, 10).wake_ns, 50);
  EXPECT_EQ(a.decide(jobs, 50).start, names{"x"});
  a.started("x");
  a.retry("x", 99);
  EXPECT_EQ(a.failures("x"), 2);
  a.finished("x");
  EXPECT_EQ(a.failures("x"), 0);
}

TEST(agenda, forgets_jobs_that_were_canceled_while_they_waited) {
  agenda a(1);
  a.started("x");
  a.retry("x", 50);
  a.forget_absent({{"x", 1}});
  EXPECT_EQ(a.failures("x"), 1);
  a.forget_absent({});
  EXPECT_EQ(a.failures("x"), 0);
}

TEST(backoff, doubles_up_to_its_limit_with_full_jitter) {
  constexpr double most = 0.999999999;
  const auto ms = [](std::int64_t ns) { return (ns + 999'999) / 1'000'000; };
  EXPECT_EQ(ms(job_conflict.delay_ns(1, most)), 100);
  EXPECT_EQ(ms(job_conflict.delay_ns(4, most)), 800);
  EXPECT_EQ(ms(job_conflict.delay_ns(100, most)), 60'000);
  EXPECT_EQ(job_conflict.delay_ns(100, 0), 0);
  EXPECT_EQ(ms(job_failure.delay_ns(1, most)), 500);
  EXPECT_EQ(ms(job_failure.delay_ns(60, most)), 2 * 3600 * 1000);
  EXPECT_EQ(ms(cron_failure.delay_ns(60, most)), 15'000);
}

}  // namespace
}  // namespace hull::backend::scheduler
