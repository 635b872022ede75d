// Long results that come again: the same meaning as without a memory, the same payloads where nothing changed, bounded.
#include <hull/protocol/codec.hpp>
#include <hull/value/json.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <variant>
#include <vector>

namespace {

using namespace hull;

std::string frame_of(protocol::query_id query, const value& result) {
  protocol::transition t;
  t.modifications.push_back(protocol::query_updated{query, result, {}, {}});
  return protocol::encode(protocol::server_message(t));
}

value result_in(const result<protocol::server_message>& message) {
  if (!message) return message.error().message;
  return std::get<protocol::query_updated>(std::get<protocol::transition>(*message).modifications.at(0)).result;
}

value row(int key, int content) {
  return object{{"_id", std::to_string(key) + " is a key that is long enough to be looked up"},
                {"n", content},
                {"body", std::string(60, 'x')}};
}

array rows_of(const std::vector<std::pair<int, int>>& rows) {
  array list;
  for (const auto& [key, content] : rows) list.push_back(row(key, content));
  return list;
}

std::vector<std::pair<int, int>> numbered(int count) {
  std::vector<std::pair<int, int>> rows;
  for (int i = 0; i < count; ++i) rows.emplace_back(i, 0);
  return rows;
}

TEST(result_memory, rows_that_stay_are_the_same_payloads) {
  protocol::result_memory memory(1 << 20);
  auto rows = numbered(100);
  const value first = result_in(protocol::decode_server_message(frame_of(1, rows_of(rows)), memory));
  struct {
    const char* name;
    void (*edit)(std::vector<std::pair<int, int>>&);
    std::size_t fresh;
  } const cases[] = {
      {"nothing", [](auto&) {}, 0},
      {"one changed", [](auto& r) { r[50].second = 1; }, 1},
      {"one inserted at the top",
       [](auto& r) {
         r.insert(r.begin(), {1000, 0});
       },
       1},
      {"one inserted in the middle",
       [](auto& r) {
         r.insert(r.begin() + 30, {1000, 0});
       },
       1},
      {"several removed", [](auto& r) { r.erase(r.begin() + 10, r.begin() + 20); }, 0},
      {"one moved", [](auto& r) { std::rotate(r.begin() + 5, r.begin() + 6, r.begin() + 90); }, 0},
      {"reversed", [](auto& r) { std::reverse(r.begin(), r.end()); }, 0},
  };
  for (const auto& c : cases) {
    auto edited = rows;
    c.edit(edited);
    protocol::result_memory each(1 << 20);
    const value before = result_in(protocol::decode_server_message(frame_of(1, rows_of(rows)), each));
    const value after = result_in(protocol::decode_server_message(frame_of(1, rows_of(edited)), each));
    ASSERT_EQ(after, value(rows_of(edited))) << c.name;
    const auto is_known = [&](const value& v) {
      return std::ranges::any_of(before.as_array(), [&](const value& old) { return old.same_as(v); });
    };
    EXPECT_EQ(std::ranges::count_if(after.as_array(), [&](const value& v) { return !is_known(v); }),
              static_cast<std::ptrdiff_t>(c.fresh))
        << c.name;
  }
}

TEST(result_memory, pages_are_lists_too) {
  protocol::result_memory memory(1 << 20);
  auto rows = numbered(100);
  const auto page = [&] { return object{{"continueCursor", "c"}, {"isDone", false}, {"page", rows_of(rows)}}; };
  const value before = result_in(protocol::decode_server_message(frame_of(1, page()), memory));
  rows[7].second = 1;
  const value after = result_in(protocol::decode_server_message(frame_of(1, page()), memory));
  EXPECT_EQ(after, value(page()));
  EXPECT_TRUE(after.find("page")->as_array()[6].same_as(before.find("page")->as_array()[6]));
  EXPECT_FALSE(after.find("page")->as_array()[7].same_as(before.find("page")->as_array()[7]));
}

TEST(result_memory, random_edits_mean_the_same_as_without) {
  std::mt19937 random(5);
  protocol::result_memory memory(1 << 20);
  auto rows = numbered(120);
  int next = 1000;
  for (int round = 0; round < 300; ++round) {
    for (unsigned edits = random() % 5; edits > 0; --edits) {
      const auto at = rows.empty() ? 0 : static_cast<std::ptrdiff_t>(random() % rows.size());
      switch (rows.empty() ? 0 : random() % 5) {
        case 0:
          rows.insert(rows.begin() + at, {next++, 0});
          break;
        case 1:
          rows.erase(rows.begin() + at);
          break;
        case 2:
          rows[static_cast<std::size_t>(at)].second++;
          break;
        case 3:
          std::swap(rows[static_cast<std::size_t>(at)], rows[random() % rows.size()]);
          break;
        default:
          rows.push_back(rows[static_cast<std::size_t>(at)]);
          break;  // Twice the same row.
      }
    }
    const std::string frame = frame_of(1, rows_of(rows));
    ASSERT_EQ(result_in(protocol::decode_server_message(frame, memory)),
              result_in(protocol::decode_server_message(frame)));
  }
}

TEST(result_memory, is_bounded_and_forgets) {
  const std::string frame = frame_of(1, rows_of(numbered(100)));
  protocol::result_memory memory(frame.size() + frame.size() / 2);
  (void)protocol::decode_server_message(frame, memory);
  const std::size_t one = memory.size();
  EXPECT_GT(one, frame.size() / 2);
  (void)protocol::decode_server_message(frame_of(2, rows_of(numbered(100))), memory);
  EXPECT_EQ(memory.size(), one) << "no room for a second list";
  (void)protocol::decode_server_message(frame_of(1, 5), memory);
  EXPECT_EQ(memory.size(), one) << "a result without a list leaves the last one: it may come again";
  (void)protocol::decode_server_message(frame_of(1, rows_of(numbered(1))), memory);
  EXPECT_EQ(memory.size(), one);

  protocol::transition removal;
  removal.modifications.push_back(protocol::query_removed{1});
  (void)protocol::decode_server_message(protocol::encode(protocol::server_message(removal)), memory);
  EXPECT_EQ(memory.size(), 0u);

  protocol::result_memory none(0);
  (void)protocol::decode_server_message(frame, none);
  EXPECT_EQ(none.size(), 0u);
}

TEST(result_memory, a_frame_that_breaks_off_leaves_it_sound) {
  protocol::result_memory memory(1 << 20);
  const std::string frame = frame_of(1, rows_of(numbered(100)));
  (void)protocol::decode_server_message(frame, memory);
  for (std::size_t cut = frame.size() - 2000; cut < frame.size(); cut += 97)
    EXPECT_TRUE(protocol::decode_server_message(frame.substr(0, cut), memory).has_error());
  EXPECT_EQ(result_in(protocol::decode_server_message(frame, memory)), value(rows_of(numbered(100))));
  EXPECT_LE(memory.size(), frame.size());
}

}  // namespace
