// Rows of a result: keys, predictions, and predictions that became stored rows.
#include "hullrows_p.h"

#include <hull/value/json.hpp>

#include <gtest/gtest.h>

#include <algorithm>

namespace {

hull::value json(const char* text) {
  const auto value = hull::read_json(text);
  EXPECT_TRUE(value) << text;
  return value ? *value : hull::value();
}

std::vector<std::string> keysOf(const char* text) {
  const auto rows = HullRows::read(json(text), "_id");
  std::vector<std::string> keys;
  if (rows)
    for (const HullRow& row : *rows) keys.push_back(row.key);
  return keys;
}

using Keys = std::vector<std::string>;
using Pairs = std::vector<std::pair<int, int>>;

TEST(Rows, HaveDistinctKeys) {
  EXPECT_EQ(keysOf(R"([{"_id":"a"},{"_id":"b"}])"), (Keys{"\"a\"", "\"b\""}));
  EXPECT_EQ(keysOf(R"({"page":[{"_id":"a"}],"isDone":true})"), (Keys{"\"a\""}));
  EXPECT_EQ(keysOf(R"(["x",1,"x"])"), (Keys{"\"x\"", "1", "\"x\"#1"}));
  EXPECT_EQ(keysOf(R"([{"n":1}])"), (Keys{R"({"n":1})"})) << "no key field: the whole row";
  EXPECT_EQ(keysOf(R"([{"_id":1},{"_id":"1"}])"), (Keys{"1", "\"1\""})) << "a number is no text";
  EXPECT_EQ(keysOf("null"), Keys{});
  EXPECT_EQ(keysOf("[]"), Keys{});
}

TEST(Rows, RefuseWhatIsNoList) {
  for (const char* text : {"1", "\"text\"", R"({"rows":[]})", R"({"page":3})"}) {
    const auto rows = HullRows::read(json(text), "_id");
    ASSERT_FALSE(rows) << text;
    EXPECT_EQ(rows.error().code, hull::errc::bad_value);
  }
}

// Rows from JSON; the fields "?": true marks predictions.
std::vector<HullRow> rows(const char* text) {
  auto all = HullRows::read(json(text), "_id");
  for (HullRow& row : *all) row.isOptimistic = row.value.find("?") != nullptr;
  return *all;
}

TEST(Rows, ArePredictionsUntilStored) {
  const auto before = rows(R"([{"_id":"a"},{"_id":"t1","?":true}])");
  auto after = *HullRows::read(
      json(R"([{"_id":"a"},{"_id":"t1"},{"_id":"t2"},{"_id":"jd7f2k9c4x5m8n3p6q1r0s2t4v6w8y0z"}])"), "_id");
  const auto flags = [&] {
    std::vector<bool> all;
    for (const HullRow& row : after) all.push_back(row.isOptimistic);
    return all;
  };
  HullRows::markOptimistic(after, before, true);
  EXPECT_EQ(flags(), (std::vector<bool>{false, true, true, false})) << "the last has an id that a deployment gave";
  after = *HullRows::read(json(R"([{"_id":"a"},{"_id":"t1"}])"), "_id");
  HullRows::markOptimistic(after, before, false);
  EXPECT_EQ(flags(), (std::vector<bool>{false, false})) << "without a layer everything is stored";
}

TEST(Rows, AdoptTheStoredRowInPlace) {
  const char* const before =
      R"([{"_id":"a","body":"x"},{"_id":"t1","body":"one","?":true},{"_id":"t2","body":"two","?":true}])";
  const struct {
    const char* name;
    const char* after;
    Pairs pairs;
  } cases[] = {
      {"both confirmed at once",
       R"([{"_id":"a","body":"x"},{"_id":"s1","body":"one"},{"_id":"s2","body":"two"}])",
       {{1, 1}, {2, 2}}},
      {"the first confirmed",
       R"([{"_id":"a","body":"x"},{"_id":"s1","body":"one"},{"_id":"t2","body":"two"}])",
       {{1, 1}}},
      {"somebody else's row came between",
       R"([{"_id":"a","body":"x"},{"_id":"z","body":"zzz"},{"_id":"s1","body":"one"},{"_id":"t2"}])",
       {{1, 2}}},
      {"the prediction failed", R"([{"_id":"a","body":"x"},{"_id":"t2","body":"two"}])", {}},
      {"nothing in common", R"([{"_id":"a","body":"x"},{"_id":"z","body":"zzz"},{"_id":"t2","body":"two"}])", {}},
      {"stored elsewhere", R"([{"_id":"s1","body":"one"},{"_id":"a","body":"x"},{"_id":"t2","body":"two"}])", {}},
  };
  for (const auto& c : cases) EXPECT_EQ(HullRows::adoptions(rows(before), rows(c.after)), c.pairs) << c.name;
}

TEST(Rows, StoredRowsAreNeverAdopted) {
  EXPECT_EQ(HullRows::adoptions(rows(R"([{"_id":"a","body":"x"}])"), rows(R"([{"_id":"b","body":"x"}])")), Pairs{});
}

}  // namespace
