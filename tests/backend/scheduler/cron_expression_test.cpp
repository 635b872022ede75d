// Cron expressions and schedules: tables of what they mean.
#include "scheduler/cron_schedule.hpp"
#include "times.hpp"

#include <hull/value/json.hpp>

#include <gtest/gtest.h>

namespace hull::backend::scheduler {
namespace {

struct next_case {
  const char* expression;
  const char* after;
  const char* next;
};

TEST(cron_expression, finds_the_next_minute) {
  const next_case cases[] = {
      {"* * * * *", "2024-01-01 00:00:00", "2024-01-01 00:01:00"},
      {"* * * * *", "2024-01-01 00:00:59", "2024-01-01 00:01:00"},
      {"* * * * *", "2024-12-31 23:59:00", "2025-01-01 00:00:00"},
      {"15 7 * * *", "2024-03-05 07:14:59", "2024-03-05 07:15:00"},
      {"15 7 * * *", "2024-03-05 07:15:00", "2024-03-06 07:15:00"},
      {"*/20 * * * *", "2024-03-05 07:40:00", "2024-03-05 08:00:00"},
      {"7/20 * * * *", "2024-03-05 07:27:00", "2024-03-05 07:47:00"},
      {"10-30/10 * * * *", "2024-03-05 07:30:00", "2024-03-05 08:10:00"},
      {"0 9-17/4 * * *", "2024-03-05 09:00:00", "2024-03-05 13:00:00"},
      {"0,59 23 * * *", "2024-03-05 23:00:00", "2024-03-05 23:59:00"},
      {"0 22-2 * * *", "2024-03-05 00:30:00", "2024-03-05 01:00:00"},
      {"0 22-2 * * *", "2024-03-05 02:00:00", "2024-03-05 22:00:00"},
      {"0 0 1 * *", "2024-02-01 00:00:00", "2024-03-01 00:00:00"},
      {"0 0 31 * *", "2024-01-31 00:00:00", "2024-03-31 00:00:00"},
      {"0 0 29 2 *", "2024-02-29 00:00:00", "2028-02-29 00:00:00"},
      {"0 0 29 FEB *", "2096-02-29 00:00:00", "2104-02-29 00:00:00"},
      {"0 0 1 jan-mar *", "2024-03-01 00:00:00", "2025-01-01 00:00:00"},
      {"0 0 1 */6 *", "2024-01-01 00:00:00", "2024-07-01 00:00:00"},
      // 2024-03-05 is a Tuesday.
      {"0 12 * * 2", "2024-03-05 00:00:00", "2024-03-05 12:00:00"},
      {"0 12 * * 0", "2024-03-05 00:00:00", "2024-03-10 12:00:00"},
      {"0 12 * * SUN", "2024-03-05 00:00:00", "2024-03-10 12:00:00"},
      {"0 12 * * mon-fri", "2024-03-08 12:00:00", "2024-03-11 12:00:00"},
      {"0 12 * * FRI-SUN", "2024-03-05 00:00:00", "2024-03-08 12:00:00"},
      {"0 12 * * FRI-SUN", "2024-03-10 12:00:00", "2024-03-15 12:00:00"},
      {"0 12 * * L", "2024-03-05 00:00:00", "2024-03-09 12:00:00"},
      {"0 12 * * 5L", "2024-03-05 00:00:00", "2024-03-29 12:00:00"},
      {"0 12 * * MON#2", "2024-03-05 00:00:00", "2024-03-11 12:00:00"},
      {"0 12 * 2 MON#5", "2024-03-05 00:00:00", "2044-02-29 12:00:00"},
      // Both day fields: either will do.
      {"0 0 13 * FRI", "2024-03-05 00:00:00", "2024-03-08 00:00:00"},
      {"0 0 13 * FRI", "2024-03-08 00:00:00", "2024-03-13 00:00:00"},
      {"0 0 L * *", "2024-02-01 00:00:00", "2024-02-29 00:00:00"},
      {"0 0 L-2 * *", "2024-02-01 00:00:00", "2024-02-27 00:00:00"},
      {"0 0 L-30 * *", "2024-02-01 00:00:00", "2024-03-01 00:00:00"},
      {"0 0 LW * *", "2024-03-01 00:00:00", "2024-03-29 00:00:00"},  // the 31st is a Sunday
      {"0 0 L-1W * *", "2024-03-01 00:00:00", "2024-03-29 00:00:00"},
      {"0 0 15W * *", "2024-06-01 00:00:00", "2024-06-14 00:00:00"},  // the 15th is a Saturday
      {"0 0 1W * *", "2024-05-31 00:00:00", "2024-06-03 00:00:00"},   // the 1st is a Saturday
      {"0 0 31W * *", "2024-03-01 00:00:00", "2024-03-29 00:00:00"},  // the 31st is a Sunday
      {"0 0 30W * *", "2024-01-31 00:00:00", "2024-03-29 00:00:00"},  // no 30th in February
      {"30  4\t* * *", "1969-12-31 04:30:00", "1970-01-01 04:30:00"},
  };
  for (const next_case& c : cases) {
    const auto parsed = cron_expression::parse(c.expression);
    ASSERT_TRUE(parsed) << c.expression;
    const auto next = parsed->next(seconds_at(c.after));
    ASSERT_TRUE(next) << c.expression;
    EXPECT_EQ(text_of_time(*next), c.next) << c.expression << " after " << c.after;
  }
}

TEST(cron_expression, refuses_what_it_is_not) {
  for (const char* text : {"",
                           "* * * *",
                           "* * * * * *",
                           " * * * * *",
                           "* * * * * ",
                           "60 * * * *",
                           "* 24 * * *",
                           "* * 0 * *",
                           "* * 32 * *",
                           "* * * 0 *",
                           "* * * 13 *",
                           "* * * * 7",
                           "-1 * * * *",
                           "1- * * * *",
                           "*/0 * * * *",
                           "*/60 * * * *",
                           "1,,2 * * * *",
                           "1, * * * *",
                           "*,* * * * *",
                           "a * * * *",
                           "1.5 * * * *",
                           "* * * JUNE *",
                           "* * * * MONDAY",
                           "* * L-0 * *",
                           "* * L-31 * *",
                           "* * W * *",
                           "* * 1,L * *",
                           "* * 1WW * *",
                           "* * * * 1#0",
                           "* * * * 1#6",
                           "* * * * 1#2L",
                           "* * * * 5LL",
                           "? * * * *",
                           "0001 * * * *",
                           "@daily"})
    EXPECT_FALSE(cron_expression::parse(text)) << text;
}

TEST(cron_expression, knows_when_nothing_ever_fits) {
  EXPECT_FALSE(cron_expression::parse("0 0 31 2 *")->next(0));
  EXPECT_FALSE(cron_expression::parse("0 0 30 2 *")->next(0));
}

std::string next_of(const char* schedule, const char* now) {
  const auto parsed = cron_schedule::parse(read_json(schedule).value());
  if (!parsed) return parsed.error().message;
  return text_of_time(parsed->first("id", seconds_at(now) * 1'000'000'000) / 1'000'000'000);
}

TEST(cron_schedule, spreads_jobs_within_the_minute_or_the_hour) {
  const std::int64_t minute = splay_s("id", 60), hour = splay_s("id", 3600);
  const auto plus = [](const char* time, std::int64_t s) { return text_of_time(seconds_at(time) + s); };
  const char* now = "2024-03-05 12:00:00";  // a Tuesday
  EXPECT_EQ(next_of(R"({"type":"hourly","minuteUTC":30})", now), plus("2024-03-05 12:30:00", minute));
  EXPECT_EQ(next_of(R"({"type":"daily","hourUTC":3,"minuteUTC":5})", now), plus("2024-03-06 03:05:00", minute));
  EXPECT_EQ(next_of(R"({"type":"daily","hourUTC":13})", now), plus("2024-03-05 13:00:00", hour));
  EXPECT_EQ(next_of(R"({"type":"weekly","dayOfWeek":1,"hourUTC":3,"minuteUTC":0})", now),
            plus("2024-03-11 03:00:00", minute));
  EXPECT_EQ(next_of(R"({"type":"monthly","day":31,"hourUTC":0,"minuteUTC":0})", "2024-04-01 00:00:00"),
            plus("2024-05-31 00:00:00", minute));
  EXPECT_EQ(next_of(R"({"type":"cron","cronExpr":"0 0 * * *"})", now), plus("2024-03-06 00:00:00", minute));
  EXPECT_EQ(next_of(R"({"type":"interval","seconds":7})", now), now);
}

TEST(cron_schedule, does_not_lose_an_occurrence_to_its_delay) {
  const auto hourly = cron_schedule::parse(read_json(R"({"type":"hourly"})").value()).value();
  const std::int64_t start = seconds_at("2024-03-05 00:00:00") * 1'000'000'000;
  std::int64_t at = hourly.first("id", start);
  for (int i = 0; i < 48; ++i) {
    const auto next = hourly.following("id", at, at + 1'000'000);
    EXPECT_EQ(next.at_ns - at, 3'600'000'000'000) << i;
    at = next.at_ns;
  }
  EXPECT_LT(splay_s("a", 3600), 3600);
  EXPECT_NE(splay_s("a", 3600), splay_s("b", 3600));
}

TEST(cron_schedule, skips_what_an_interval_has_missed) {
  const auto every = cron_schedule::parse(read_json(R"({"type":"interval","seconds":10})").value()).value();
  constexpr std::int64_t s = 1'000'000'000;
  struct {
    std::int64_t slot, now, next, skipped;
  } const cases[] = {{100, 100, 110, 0}, {100, 109, 110, 0}, {100, 110, 110, 0},
                     {100, 111, 120, 1}, {100, 155, 160, 5}, {100, 160, 160, 5}};
  for (const auto& c : cases) {
    const auto run = every.following("id", c.slot * s, c.now * s);
    EXPECT_EQ(run.at_ns, c.next * s) << c.now;
    EXPECT_EQ(run.skipped, c.skipped) << c.now;
  }
}

TEST(cron_schedule, says_what_is_wrong) {
  EXPECT_EQ(next_of(R"({"type":"cron","cronExpr":"x"})", "2024-01-01 00:00:00"),
            "\"x\" is not a valid cron expression");
  EXPECT_EQ(next_of(R"({"type":"cron","cronExpr":"0 0 31 2 *"})", "2024-01-01 00:00:00"),
            "\"0 0 31 2 *\" matches no time at all");
  EXPECT_EQ(next_of(R"({"type":"interval","seconds":0})", "2024-01-01 00:00:00"),
            "an interval is a whole number of seconds above 0");
  EXPECT_EQ(next_of(R"({"type":"yearly"})", "2024-01-01 00:00:00"), "there is no such schedule of type \"yearly\"");
  EXPECT_EQ(next_of(R"({"type":"daily"})", "2024-01-01 00:00:00"), "there is no such schedule of type \"daily\"");
}

}  // namespace
}  // namespace hull::backend::scheduler
