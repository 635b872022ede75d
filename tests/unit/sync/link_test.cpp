// The connection machine and the policy of waiting.
#include <hull/sync/link.hpp>

#include <gtest/gtest.h>

namespace hull::sync {
namespace {

using namespace std::chrono_literals;

TEST(sync_backoff, doubles_from_the_reason_to_the_limit) {
  const backoff_policy p;
  struct { close_category category; std::uint32_t retries; double jitter; std::chrono::milliseconds wait; } const cases[] = {
      {close_category::own, 0, 0.5, 100ms},       {close_category::own, 1, 0.5, 200ms},
      {close_category::ordinary, 0, 0.0, 500ms},  {close_category::ordinary, 0, 0.999, 1499ms},
      {close_category::ordinary, 3, 0.5, 8000ms}, {close_category::ordinary, 4, 0.5, 16000ms},
      {close_category::ordinary, 40, 0.5, 16000ms}, {close_category::ordinary, 4000000000u, 0.5, 16000ms},
      {close_category::overloaded, 0, 0.5, 3000ms}, {close_category::overloaded, 3, 0.5, 16000ms},
  };
  for (const auto& c : cases) EXPECT_EQ(p.wait(c.category, c.retries, c.jitter), c.wait) << c.retries << " " << c.jitter;
}

TEST(sync_backoff, reasons) {
  EXPECT_EQ(classify_close(""), close_category::ordinary);
  EXPECT_EQ(classify_close("InternalServerError"), close_category::ordinary);
  EXPECT_EQ(classify_close("who knows"), close_category::ordinary);
  EXPECT_EQ(classify_close("CommitterFullError"), close_category::overloaded);
  EXPECT_EQ(classify_close("ExpiredInQueue: waited too long"), close_category::overloaded) << "a prefix is enough";
}

TEST(sync_link, deadlines_follow_the_phase) {
  link l({}, 60s);
  EXPECT_FALSE(l.deadline());
  const auto first = l.connect(0ms);
  EXPECT_EQ(l.deadline(), 60s) << "a hung handshake is noticed, too";
  EXPECT_TRUE(l.is_current(first));
  EXPECT_EQ(l.last_close_reason(), "InitialConnect");
  l.opened(1s);
  l.heard(5s);
  EXPECT_EQ(l.deadline(), 65s);
  EXPECT_EQ(l.lost("closed with code 1001", close_category::ordinary, 10s, 0.5), 1000ms);
  EXPECT_EQ(l.deadline(), 11s);
  EXPECT_FALSE(l.is_current(first));
  EXPECT_EQ(l.retries(), 1u);
  const auto second = l.connect(11s);
  EXPECT_FALSE(l.is_current(first)) << "late news of an earlier socket";
  EXPECT_TRUE(l.is_current(second));
  l.end();
  EXPECT_FALSE(l.deadline());
  EXPECT_FALSE(l.is_current(second));
}

}  // namespace
}  // namespace hull::sync
