// Sizes of values and documents.
#include <hull/value/size.hpp>

#include <gtest/gtest.h>

namespace hull {
namespace {

std::string repeated(std::string_view text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

TEST(value_size, T111_every_kind) {
  const struct {
    value v;
    std::size_t size;
  } cases[] = {
      {nullptr, 1},
      {true, 1},
      {value::int64(7), 9},
      {0.5, 9},
      {"", 2},
      {repeated("a", 1000), 1002},
      {repeated("h\xc3\xa9llo", 200), 1202},
      {bytes(10), 12},
      {array{}, 2},
      {value::make_array({nullptr, 1, "ab"}), 2 + 1 + 9 + 4},
      {object{}, 2},
      {value::make_object({{"a", nullptr}, {"bcd", value::make_array({true})}}), 2 + (1 + 1 + 1) + (3 + 1 + 3)},
  };
  for (const auto& c : cases) EXPECT_EQ(value_size(c.v), c.size) << to_string(c.v.kind());
  EXPECT_EQ(value_size(value(object{}).find("absent")), 0u);
}

TEST(value_size, T112_documents_count_their_system_fields_once) {
  const object plain{{"text", "hello"}};
  const std::size_t own = value_size(plain);
  EXPECT_EQ(own, 2u + 4 + 1 + 7);
  EXPECT_EQ(document_size(plain), own + 38 + 23);
  EXPECT_EQ(document_size({}), 2u + 38 + 23);

  object whole = plain;
  whole.set("_id", repeated("k", 32));
  EXPECT_EQ(document_size(whole), value_size(whole) + 23);
  EXPECT_EQ(document_size(whole), document_size(plain))
      << "an id of 32 characters is what is counted for a missing one";
  whole.set("_creationTime", 1.5);
  EXPECT_EQ(document_size(whole), value_size(whole));
  EXPECT_EQ(document_size(whole), document_size(plain));

  object timed = plain;
  timed.set("_creationTime", 1.5);
  EXPECT_EQ(document_size(timed), value_size(timed) + 38);
}

TEST(value_size, T112_documents_with_ids_of_other_lengths) {
  const object plain{{"text", "hello"}};
  EXPECT_EQ(document_size(plain, 31), value_size(plain) + 6 + 31 + 23);
  EXPECT_EQ(document_size(plain, 32), document_size(plain));
  EXPECT_EQ(document_size(plain, 0), value_size(plain) + 6 + 23);
  object with_id = plain;
  with_id.set("_id", "given");
  EXPECT_EQ(document_size(with_id, 31), value_size(with_id) + 23) << "an id that is there counts as itself";
}

}  // namespace
}  // namespace hull
