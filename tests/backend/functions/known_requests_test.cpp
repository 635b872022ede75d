// Which requests are surely new.
#include "functions/known_requests.hpp"

#include <gtest/gtest.h>

namespace hull::backend::functions {
namespace {

constexpr std::int64_t minute_ns = 60'000'000'000;

TEST(known_requests, nothing_is_new_in_a_session_of_which_nothing_is_known) {
  known_requests known;
  EXPECT_FALSE(known.surely_new({"s", 0}));
  known.will_record({"s", 3}, 0);
  EXPECT_FALSE(known.knows("s"));
  EXPECT_FALSE(known.surely_new({"s", 4})) << "an earlier process may have recorded it";
}

TEST(known_requests, what_is_later_than_all_records_is_new) {
  known_requests known;
  known.learn("s", -1, 0);
  EXPECT_TRUE(known.surely_new({"s", 0}));
  known.will_record({"s", 0}, 0);
  EXPECT_FALSE(known.surely_new({"s", 0}));
  EXPECT_TRUE(known.surely_new({"s", 1}));
  known.will_record({"s", 7}, 0);
  known.will_record({"s", 5}, 0);
  EXPECT_FALSE(known.surely_new({"s", 6})) << "it may be recorded or not: one has to look";
  EXPECT_TRUE(known.surely_new({"s", 4'000'000'000}));
  EXPECT_FALSE(known.surely_new({"other", 9}));
}

TEST(known_requests, what_was_recorded_meanwhile_is_not_forgotten_when_the_session_is_learnt) {
  known_requests known;
  known.will_record({"s", 5}, 0);
  known.learn("s", 3, 0);
  EXPECT_FALSE(known.surely_new({"s", 4}));
  EXPECT_FALSE(known.surely_new({"s", 5}));
  EXPECT_TRUE(known.surely_new({"s", 6}));
}

TEST(known_requests, only_sessions_that_have_been_silent_for_long_are_forgotten) {
  known_requests known(2);
  known.learn("a", 1, 0);
  known.learn("b", 1, 5 * minute_ns);
  known.learn("c", 1, 9 * minute_ns);
  EXPECT_EQ(known.size(), 3u);
  known.will_record({"b", 2}, 11 * minute_ns);
  EXPECT_EQ(known.size(), 2u);
  EXPECT_FALSE(known.knows("a"));
  EXPECT_TRUE(known.knows("b"));
  EXPECT_TRUE(known.knows("c"));
}

}  // namespace
}  // namespace hull::backend::functions
