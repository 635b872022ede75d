// The queue of bytes between a function and the outside.
#include "runtime/byte_stream.hpp"

#include <gtest/gtest.h>

namespace hull::backend::runtime::test {
namespace {

using written = byte_stream::written;
using reading = byte_stream::reading;

written put(byte_stream& s, std::string text) { return s.write(text); }

TEST(ByteStream, TakesUntilItIsFull) {
  byte_stream s(4);
  EXPECT_EQ(put(s, "abc"), written::taken);
  EXPECT_EQ(put(s, "defg"), written::taken) << "the last piece may exceed the capacity";
  std::string more = "h";
  EXPECT_EQ(s.write(more), written::full);
  EXPECT_EQ(more, "h");
  EXPECT_FALSE(s.writable());
  EXPECT_EQ(s.read().bytes, "abc");
  EXPECT_FALSE(s.writable());
  EXPECT_EQ(s.read().bytes, "defg");
  EXPECT_TRUE(s.writable());
  EXPECT_EQ(s.read().state, reading::nothing_yet);
  EXPECT_EQ(s.total_bytes(), 7U);
}

TEST(ByteStream, EndsAfterWhatWasWritten) {
  byte_stream s;
  put(s, "a");
  s.end();
  EXPECT_EQ(put(s, "b"), written::closed);
  s.fail("too late");
  EXPECT_EQ(s.read().bytes, "a");
  EXPECT_EQ(s.read().state, reading::ended);
  EXPECT_EQ(s.read().state, reading::ended);
}

TEST(ByteStream, FailsAfterWhatWasWritten) {
  byte_stream s;
  put(s, "a");
  s.fail("why");
  s.end();
  EXPECT_EQ(s.read().bytes, "a");
  const auto got = s.read();
  EXPECT_EQ(got.state, reading::failed);
  EXPECT_EQ(got.why, "why");
}

TEST(ByteStream, DropsEverythingWhenCancelled) {
  byte_stream s(1);
  put(s, "a");
  s.cancel();
  EXPECT_TRUE(s.writable());
  EXPECT_EQ(put(s, "b"), written::closed);
  EXPECT_EQ(s.read().state, reading::ended);
}

TEST(ByteStream, CallsBackWhatTheOtherSideDid) {
  byte_stream s(1);
  int readable = 0, writable = 0;
  s.when_readable([&] { ++readable; });
  EXPECT_EQ(readable, 0);
  s.when_writable([&] { ++writable; });
  EXPECT_EQ(writable, 1) << "there is room from the start";
  put(s, "a");
  EXPECT_EQ(readable, 1);
  s.read();
  EXPECT_EQ(writable, 2);
  s.end();
  EXPECT_EQ(readable, 2);
  int late = 0;
  s.when_readable([&] { ++late; });
  EXPECT_EQ(late, 1) << "it has ended already";
}

}  // namespace
}  // namespace hull::backend::runtime::test
