// What every storage engine must do, run against each of them.
#include "scratch_folder.hpp"
#include "storage/memory.hpp"
#include "storage/sqlite/sqlite.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <limits>
#include <map>
#include <random>

namespace hull::backend::storage {
namespace {

class Engine : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    if (GetParam() == std::string("memory"))
      store = open_memory();
    else
      store = open_sqlite(folder.path()).value();
  }

  static value document(int n) { return value::make_object({{"n", n}}); }

  static document_change change(std::uint8_t id, std::optional<value> v, std::vector<index_change> entries) {
    document_change out;
    out.id[0] = id;
    out.document = std::move(v);
    out.entries = std::move(entries);
    return out;
  }

  void write(timestamp ts, std::vector<document_change> changes) {
    const commit_record record{ts, std::move(changes)};
    ASSERT_TRUE(store->write({&record, 1}));
  }

  /// "key=n" of each row.
  std::string read(index_number index, timestamp at, bool descending = false, std::size_t limit = SIZE_MAX,
                   std::string start = "", std::optional<std::string> end = std::nullopt) {
    auto rows = store->scan({index, std::move(start), std::move(end), descending, at, limit});
    if (!rows) return "failed: " + rows.error().message;
    std::string out;
    for (const index_row& row : *rows)
      out += row.key + "=" + std::to_string(static_cast<int>(row.document.find("n")->as_double())) + " ";
    return out;
  }

  hull::test::scratch_folder folder;
  std::unique_ptr<persistence> store;
};

TEST_P(Engine, IsFreshAtFirst) {
  EXPECT_EQ(store->max_ts().value(), 0u);
  EXPECT_EQ(read(1, 100), "");
}

TEST_P(Engine, ReadsRangesInBothDirections) {
  write(10, {change(1, document(1), {{1, "a"}}), change(2, document(2), {{1, "b"}}), change(3, document(3), {{1, "c"}}),
             change(4, document(4), {{2, "b"}})});
  EXPECT_EQ(store->max_ts().value(), 10u);
  EXPECT_EQ(read(1, 10), "a=1 b=2 c=3 ");
  EXPECT_EQ(read(1, 10, true), "c=3 b=2 a=1 ");
  EXPECT_EQ(read(1, 10, false, 2), "a=1 b=2 ");
  EXPECT_EQ(read(1, 10, true, 1), "c=3 ");
  EXPECT_EQ(read(1, 10, false, SIZE_MAX, "b"), "b=2 c=3 ");
  EXPECT_EQ(read(1, 10, false, SIZE_MAX, "a", "c"), "a=1 b=2 ");
  EXPECT_EQ(read(1, 10, true, SIZE_MAX, "a", "c"), "b=2 a=1 ");
  EXPECT_EQ(read(1, 10, false, SIZE_MAX, "c", "a"), "");
  EXPECT_EQ(read(1, 10, false, 0), "");
  EXPECT_EQ(read(2, 10), "b=4 ");
}

TEST_P(Engine, OrdersKeysAsUnsignedBytes) {
  using namespace std::string_literals;
  write(1, {change(1, document(1), {{1, "\x00"s}}), change(2, document(2), {{1, "\x7f"s}}),
            change(3, document(3), {{1, "\xff"s}}), change(4, document(4), {{1, ""s}}),
            change(5, document(5), {{1, "\x00\x00"s}})});
  auto rows = store->scan({1, "", std::nullopt, false, 1, SIZE_MAX}).value();
  std::vector<std::string> keys;
  for (const auto& row : rows) keys.push_back(row.key);
  EXPECT_EQ(keys, (std::vector<std::string>{""s, "\x00"s, "\x00\x00"s, "\x7f"s, "\xff"s}));
}

TEST_P(Engine, KeepsWhatOlderSnapshotsSee) {
  write(10, {change(1, document(1), {{1, "a"}})});
  write(20, {change(1, document(2), {{1, "a", true, true}})});
  write(30, {change(1, document(3), {{1, "a", false, true}, {1, "b"}})});
  write(40, {change(1, std::nullopt, {{1, "b", false, true}})});
  EXPECT_EQ(read(1, 9), "");
  EXPECT_EQ(read(1, 10), "a=1 ");
  EXPECT_EQ(read(1, 19, true), "a=1 ");
  EXPECT_EQ(read(1, 20), "a=2 ");
  EXPECT_EQ(read(1, 30), "b=3 ");
  EXPECT_EQ(read(1, 40), "");
  EXPECT_EQ(store->scan({1, "", std::nullopt, false, 25, 1}).value()[0].ts, 20u);
}

TEST_P(Engine, SkipsManyDeadVersions) {
  write(1,
        {change(1, document(0), {{1, "a"}}), change(2, document(0), {{1, "b"}}), change(3, document(0), {{1, "c"}})});
  for (timestamp ts = 2; ts <= 60; ++ts) write(ts, {change(2, document(static_cast<int>(ts)), {{1, "b", true, true}})});
  for (const bool down : {false, true}) {
    EXPECT_EQ(read(1, 60, down), down ? "c=0 b=60 a=0 " : "a=0 b=60 c=0 ");
    EXPECT_EQ(read(1, 30, down), down ? "c=0 b=30 a=0 " : "a=0 b=30 c=0 ");
    EXPECT_EQ(read(1, 30, down, 2), down ? "c=0 b=30 " : "a=0 b=30 ");
  }
  EXPECT_EQ(read(1, 1), "a=0 b=0 c=0 ");
}

TEST_P(Engine, WritesSeveralRecordsAtOnce) {
  const commit_record records[] = {{5, {change(1, document(1), {{1, "a"}})}},
                                   {6, {change(1, document(2), {{1, "a", true, true}})}}};
  ASSERT_TRUE(store->write(records));
  EXPECT_EQ(read(1, 5), "a=1 ");
  EXPECT_EQ(read(1, 6), "a=2 ");
  EXPECT_EQ(store->max_ts().value(), 6u);
}

TEST_P(Engine, FillsAnIndexBesideItsWriters) {
  std::vector<document_change> many;
  for (int i = 0; i < 1200; ++i) {
    std::string key = "k" + std::to_string(10000 + i);
    document_change c;
    c.id[0] = static_cast<std::uint8_t>(i);
    c.id[1] = static_cast<std::uint8_t>(i >> 8);
    c.document = document(i);
    c.entries = {{1, key}};
    many.push_back(std::move(c));
  }
  write(10, many);
  // After the fill's snapshot the writer maintains the new index too: it moves one document and removes another.
  document_change moved = many[3];
  moved.document = document(-3);
  moved.entries = {{1, "k10003", true, true}, {2, "000003", false, true}, {2, "-3"}};
  document_change removed = many[4];
  removed.document.reset();
  removed.entries = {{1, "k10004", false, true}, {2, "000004", false, true}};
  write(20, {moved, removed});

  const auto key_of = [](const value& v) {
    std::string digits = std::to_string(static_cast<int>(v.find("n")->as_double()));
    return std::string(6 - std::min<std::size_t>(6, digits.size()), '0') + digits;
  };
  for (int run = 0; run < 2; ++run) {
    ASSERT_TRUE(store->fill_index(1, 2, 10, key_of));
    EXPECT_EQ(store->scan({2, "", std::nullopt, false, 10, SIZE_MAX}).value().size(), 1200u);
    EXPECT_EQ(store->scan({2, "", std::nullopt, false, 20, SIZE_MAX}).value().size(), 1199u);
    EXPECT_EQ(read(2, 20, false, 5), "-3=-3 000000=0 000001=1 000002=2 000005=5 ");
  }
}

TEST_P(Engine, PrunesOnlyWhatNobodySees) {
  write(10, {change(1, document(1), {{1, "a"}}), change(2, document(9), {{1, "z"}})});
  write(20, {change(1, document(2), {{1, "a", true, true}})});
  write(30, {change(1, document(3), {{1, "a", false, true}, {1, "b"}})});
  write(40, {change(1, std::nullopt, {{1, "b", false, true}})});
  std::size_t gone = 0;
  for (std::size_t round = 1; round != 0; gone += round) round = store->prune(20, 100).value();
  EXPECT_EQ(gone, 1u);
  EXPECT_EQ(read(1, 20), "a=2 z=9 ");
  EXPECT_EQ(read(1, 30), "b=3 z=9 ");
  for (std::size_t round = 1; round != 0;) round = store->prune(40, 1).value();
  EXPECT_EQ(read(1, 40), "z=9 ");
  EXPECT_EQ(store->prune(1000, 100).value(), 0u);
  EXPECT_EQ(read(1, 1000), "z=9 ");
}

TEST_P(Engine, DropsAnIndexWithAllItsTraces) {
  write(10, {change(1, document(1), {{1, "a"}, {7, "x"}}), change(2, document(2), {{1, "b"}, {7, "y"}})});
  write(20, {change(1, document(3), {{1, "a", true, true}, {7, "x", true, true}})});
  EXPECT_EQ(store->indexes().value(), (std::vector<index_number>{1, 7}));
  for (std::size_t round = 2; round == 2;) round = store->drop_index(7, 2).value();
  EXPECT_EQ(store->indexes().value(), std::vector<index_number>{1});
  EXPECT_EQ(read(7, 20), "");
  EXPECT_EQ(read(1, 20), "a=3 b=2 ");
  // Its number may be given to another index, whose entries nobody takes for replaced.
  ASSERT_TRUE(store->fill_index(1, 7, 10, [](const value&) { return std::string("x"); }));
  for (std::size_t round = 1; round != 0;) round = store->prune(20, 100).value();
  EXPECT_EQ(read(7, 20), "x=1 ");
  EXPECT_EQ(store->drop_index(9, 2).value(), 0u);
}

TEST_P(Engine, KeepsGlobals) {
  EXPECT_EQ(store->global("x").value(), std::nullopt);
  ASSERT_TRUE(store->set_global("x", "1"));
  ASSERT_TRUE(store->set_global("x", "2"));
  EXPECT_EQ(store->global("x").value(), "2");
}

TEST_P(Engine, KeepsEveryKindOfValue) {
  const value all = value::make_object({{"n", 0},
                                        {"int", value::int64(-5)},
                                        {"minus_zero", -0.0},
                                        {"nan", std::numeric_limits<double>::quiet_NaN()},
                                        {"text", std::string("a\0b", 3) + " \xc3\xa4 \xf0\x9f\x90\xb3"},
                                        {"bytes", value(bytes{0, 255})},
                                        {"list", value::make_array({nullptr, true, 1.5})}});
  write(1, {change(1, all, {{1, "a"}})});
  EXPECT_TRUE(store->scan({1, "", std::nullopt, false, 1, 1}).value()[0].document == all);
}

/// Random history against a plain model.
TEST_P(Engine, AgreesWithAModel) {
  std::mt19937 random(GetParam() == std::string("memory") ? 1 : 2);
  std::map<timestamp, std::map<std::string, int>> model;  // State after each commit.
  std::map<std::string, int> now;
  for (timestamp ts = 1; ts <= 150; ++ts) {
    std::map<std::string, document_change> changes;
    for (int i = 0; i < 3; ++i) {
      const std::string key(1 + random() % 2, static_cast<char>('a' + random() % 6));
      const bool there = now.contains(key);
      if (changes.contains(key)) continue;
      if (there && random() % 3 == 0) {
        changes[key] = change(0, std::nullopt, {{1, key, false, true}});
        now.erase(key);
      } else {
        const int n = static_cast<int>(random() % 1000);
        changes[key] = change(0, document(n), {{1, key, true, there}});
        now[key] = n;
      }
    }
    std::vector<document_change> list;
    for (auto& [key, c] : changes) list.push_back(std::move(c));
    write(ts, std::move(list));
    model[ts] = now;
    if (ts == 80) {
      ASSERT_TRUE(store->prune(60, 10'000));
    }
  }
  for (timestamp at = 60; at <= 150; at += 7) {
    for (const bool down : {false, true}) {
      const std::size_t limit = 1 + random() % 8;
      const std::string start(1, static_cast<char>('a' + random() % 6));
      const std::string end(1, static_cast<char>('a' + random() % 7));
      std::vector<std::string> expected;
      for (const auto& [key, n] : model[at])
        if (key >= start && key < end) expected.push_back(key + "=" + std::to_string(n) + " ");
      if (down) std::reverse(expected.begin(), expected.end());
      if (expected.size() > limit) expected.resize(limit);
      std::string text;
      for (const auto& e : expected) text += e;
      ASSERT_EQ(read(1, at, down, limit, start, end), text) << at;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Engines, Engine, testing::Values("memory", "sqlite"),
                         [](const auto& engine) { return std::string(engine.param); });

}  // namespace
}  // namespace hull::backend::storage
