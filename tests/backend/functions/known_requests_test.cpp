// Which requests are surely new.
#include "functions/known_requests.hpp"

#include <gtest/gtest.h>

namespace hull::backend::functions {
namespace {

TEST(known_requests, nothing_is_new_in_a_session_of_which_nothing_is_known) {
  known_requests known;
  const auto s = known.enter("s");
  EXPECT_FALSE(s->learnt());
  EXPECT_FALSE(s->surely_new(0));
  s->will_record(3);
  EXPECT_FALSE(s->learnt());
  EXPECT_FALSE(s->surely_new(4)) << "an earlier process may have recorded it";
}

TEST(known_requests, what_is_later_than_all_records_is_new) {
  known_requests known;
  const auto s = known.enter("s");
  s->learn(-1);
  EXPECT_TRUE(s->learnt());
  EXPECT_TRUE(s->surely_new(0));
  s->will_record(0);
  EXPECT_FALSE(s->surely_new(0));
  EXPECT_TRUE(s->surely_new(1));
  s->will_record(7);
  s->will_record(5);
  EXPECT_FALSE(s->surely_new(6)) << "it may be recorded or not: one has to look";
  EXPECT_TRUE(s->surely_new(4'000'000'000));
  EXPECT_FALSE(known.enter("other")->surely_new(9));
}

TEST(known_requests, what_was_recorded_meanwhile_is_not_forgotten_when_the_session_is_learnt) {
  known_requests known;
  known.enter("s")->will_record(5);
  known.enter("s")->learn(3);
  EXPECT_FALSE(known.enter("s")->surely_new(4));
  EXPECT_FALSE(known.enter("s")->surely_new(5));
  EXPECT_TRUE(known.enter("s")->surely_new(6));
}

TEST(known_requests, sessions_in_which_nobody_is_are_forgotten_when_there_are_too_many) {
  known_requests known(3);
  const auto mutation_under_way = known.enter("a");
  mutation_under_way->learn(1);
  known.enter("b")->learn(1);
  known.enter("c")->learn(1);
  EXPECT_TRUE(known.enter("b")->learnt()) << "three are not too many";
  known.enter("d");
  EXPECT_EQ(known.size(), 2u);
  EXPECT_EQ(known.enter("a"), mutation_under_way);
  EXPECT_FALSE(known.enter("b")->learnt());
}

TEST(known_requests, stays_bounded_whatever_comes) {
  known_requests known(10);
  for (int i = 0; i < 1000; ++i) {
    known.enter(std::to_string(i))->learn(i);
    ASSERT_LE(known.size(), 10u);
  }
  std::vector<known_requests::session_pointer> in_use;
  for (int i = 0; i < 100; ++i) in_use.push_back(known.enter("used" + std::to_string(i)));
  for (int i = 0; i < 1000; ++i) {
    known.enter(std::to_string(i));
    ASSERT_LE(known.size(), 2 * in_use.size());
  }
  in_use.clear();
  for (int i = 0; i < 200; ++i) known.enter("more" + std::to_string(i));
  EXPECT_LE(known.size(), 10u) << "the bound comes down again";
}

}  // namespace
}  // namespace hull::backend::functions
