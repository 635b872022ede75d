// Which part of a file a Range header means.
#include "files/byte_range.hpp"

#include <gtest/gtest.h>

#include <ostream>

namespace hull::backend::files {
namespace {

struct range_case {
  const char* header;  ///< Null: none.
  std::uint64_t size;
  range_kind kind;
  byte_range part;
};

void PrintTo(const range_case& c, std::ostream* out) { *out << (c.header ? c.header : "none") << " of " << c.size; }

class ReadRange : public testing::TestWithParam<range_case> {};

TEST_P(ReadRange, IsUnderstood) {
  const auto& c = GetParam();
  std::optional<std::string_view> header;
  if (c.header) header = c.header;
  const auto wanted = read_range(header, c.size);
  EXPECT_EQ(wanted.kind, c.kind);
  EXPECT_EQ(wanted.part.first, c.part.first);
  EXPECT_EQ(wanted.part.length, c.part.length);
}

constexpr auto whole = range_kind::whole;
constexpr auto part = range_kind::part;
constexpr auto bad = range_kind::unsatisfiable;

INSTANTIATE_TEST_SUITE_P(
    Table, ReadRange,
    testing::Values(range_case{nullptr, 10, whole, {}}, range_case{"bytes=0-", 10, part, {0, 10}},
                    range_case{"bytes=0-0", 10, part, {0, 1}}, range_case{"bytes=2-5", 10, part, {2, 4}},
                    range_case{"bytes=9-9", 10, part, {9, 1}}, range_case{"bytes=2-100", 10, part, {2, 8}},
                    range_case{"BYTES = 2 - 5 ", 10, part, {2, 4}}, range_case{"bytes=-3", 10, part, {7, 3}},
                    range_case{"bytes=-100", 10, part, {0, 10}}, range_case{"bytes=-0", 10, bad, {}},
                    range_case{"bytes=10-", 10, bad, {}}, range_case{"bytes=10-11", 10, bad, {}},
                    range_case{"bytes=0-1,4-5", 10, bad, {}}, range_case{"bytes=,0-1", 10, bad, {}},
                    range_case{"bytes=5-2", 10, whole, {}}, range_case{"bytes=-", 10, whole, {}},
                    range_case{"bytes=a-b", 10, whole, {}}, range_case{"bytes=1-2-3", 10, whole, {}},
                    range_case{"bytes", 10, whole, {}}, range_case{"bytes=", 10, whole, {}},
                    range_case{"lines=0-1", 10, whole, {}}, range_case{"", 10, whole, {}},
                    range_case{"bytes=0-5", 0, whole, {}}, range_case{"bytes=-5", 0, whole, {}},
                    range_case{"bytes=1-99999999999999999999999", 10, part, {1, 9}},
                    range_case{"bytes=99999999999999999999999-", 10, bad, {}},
                    range_case{"bytes=-99999999999999999999999", 10, part, {0, 10}},
                    range_case{"bytes=18446744073709551615-", UINT64_MAX, bad, {}},
                    range_case{"bytes=0-18446744073709551615", UINT64_MAX, part, {0, UINT64_MAX}}));

}  // namespace
}  // namespace hull::backend::files
