// Rows of results: keys, predictions, predictions that became stored rows, and the operations that follow.
#include "hullrowsmachine_p.h"

#include <hull/value/json.hpp>

#include <QtCore/QObject>

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace {

hull::value json(const std::string& text) {
  const auto value = hull::read_json(text);
  EXPECT_TRUE(value) << text;
  return value ? *value : hull::value();
}

// Follows a machine by what it is told alone: which old row, or none, each row is.
class Recorder final : public HullRowsSink {
 public:
  QObject owner;
  HullRowsMachine machine{&owner, *this};
  std::vector<int> origins;
  int resets = 0, removed = 0, moved = 0, inserted = 0, settles = 0;
  std::vector<std::pair<int, int>> changes;
  std::vector<QList<int>> changedRoles;

  void show(const hull::value& result, bool isLayered = false) {
    origins.resize(static_cast<std::size_t>(machine.count()));
    for (std::size_t i = 0; i < origins.size(); ++i) origins[i] = static_cast<int>(i);
    resets = removed = moved = inserted = 0;
    changes.clear();
    changedRoles.clear();
    ASSERT_TRUE(machine.show(result, isLayered));
  }
  hull::array values() const {
    hull::array all;
    for (int i = 0; i < machine.count(); ++i) all.push_back(machine.rows().at(i).value);
    return all;
  }
  std::vector<bool> flags() const {
    std::vector<bool> all;
    for (int i = 0; i < machine.count(); ++i) all.push_back(machine.rows().at(i).isOptimistic);
    return all;
  }

 private:
  void beginReset() override {}
  void endReset() override {
    ++resets;
    origins.assign(static_cast<std::size_t>(machine.count()), -1);
  }
  void beginRemove(int first, int last) override {
    removed += last - first + 1;
    origins.erase(origins.begin() + first, origins.begin() + last + 1);
  }
  void endRemove() override { check(); }
  void beginMove(int first, int last, int to) override {
    moved += last - first + 1;
    if (to < first)
      std::rotate(origins.begin() + to, origins.begin() + first, origins.begin() + last + 1);
    else
      std::rotate(origins.begin() + first, origins.begin() + last + 1, origins.begin() + to);
  }
  void endMove() override { check(); }
  void beginInsert(int first, int last) override {
    inserted += last - first + 1;
    origins.insert(origins.begin() + first, static_cast<std::size_t>(last - first + 1), -1);
  }
  void endInsert() override { check(); }
  void changed(int first, int last, const QList<int>& roles) override {
    changes.emplace_back(first, last);
    changedRoles.push_back(roles);
  }
  void settled() override { ++settles; }
  void check() const { ASSERT_EQ(static_cast<int>(origins.size()), machine.count()); }
};

TEST(Rows, RefuseWhatIsNoList) {
  for (const char* text : {"1", "\"text\"", R"({"rows":[]})", R"({"page":3})"}) {
    const auto items = HullRows::items(json(text));
    ASSERT_FALSE(items) << text;
    EXPECT_EQ(items.error().code, hull::errc::bad_value);
  }
  EXPECT_TRUE((*HullRows::items(json("null")))->empty());
  const hull::value page = json(R"({"page":[1,2],"isDone":true})");
  EXPECT_EQ((*HullRows::items(page))->size(), 2u);
}

TEST(Rows, AreKnownByTheirKeys) {
  const struct {
    const char* name;
    const char* before;
    const char* after;
    std::vector<int> origins;
  } cases[] = {
      {"by the key field", R"([{"_id":"a","n":1},{"_id":"b"}])", R"([{"_id":"b"},{"_id":"a","n":2}])", {1, 0}},
      {"a number is no text", R"([{"_id":1},{"_id":"1"}])", R"([{"_id":"1"},{"_id":1}])", {1, 0}},
      {"without one by the whole row", R"([{"n":1},{"n":2}])", R"([{"n":2},{"n":3}])", {1, -1}},
      {"the same key again is another row", R"(["x",1,"x"])", R"(["x",1,"x","x"])", {0, 1, 2, -1}},
      {"of equal keys any may leave",
       R"([{"_id":"x"},{"_id":"y"},{"_id":"x"}])",
       R"([{"_id":"y"},{"_id":"x"}])",
       {1, 2}},
      {"all of a kind", "[7,7,7]", "[7,7]", {0, 1}},
      {"null has no rows", R"([{"_id":"a"}])", "null", {}},
  };
  for (const auto& c : cases) {
    Recorder recorder;
    recorder.show(json(c.before));
    EXPECT_EQ(recorder.resets, 1) << c.name;
    recorder.show(json(c.after));
    EXPECT_EQ(recorder.resets, 0) << c.name;
    EXPECT_EQ(recorder.origins, c.origins) << c.name;
    EXPECT_EQ(hull::value(recorder.values()), json(c.after).is_null() ? json("[]") : json(c.after)) << c.name;
  }
}

TEST(Rows, ArePredictionsUntilStored) {
  Recorder recorder;
  recorder.show(json(R"([{"_id":"a"}])"));
  recorder.show(json(R"([{"_id":"a"},{"_id":"t1"},{"_id":"jd7f2k9c4x5m8n3p6q1r0s2t4v6w8y0z"}])"), true);
  EXPECT_EQ(recorder.flags(), (std::vector<bool>{false, true, false})) << "the last has an id that a deployment gave";
  recorder.show(json(R"([{"_id":"a"},{"_id":"t1"},{"_id":"t2"}])"), true);
  EXPECT_EQ(recorder.flags(), (std::vector<bool>{false, true, true}));
  recorder.show(json(R"([{"_id":"a"},{"_id":"t1"}])"), false);
  EXPECT_EQ(recorder.flags(), (std::vector<bool>{false, false})) << "without a layer everything is stored";
  EXPECT_EQ(recorder.changes, (std::vector<std::pair<int, int>>{{1, 1}}));
  EXPECT_EQ(recorder.changedRoles.at(0), QList<int>{HullRoleMap::IsOptimistic});
}

TEST(Rows, AdoptTheStoredRowInPlace) {
  const char* const stored = R"([{"_id":"a","body":"x"}])";
  const char* const before = R"([{"_id":"a","body":"x"},{"_id":"t1","body":"one"},{"_id":"t2","body":"two"}])";
  const struct {
    const char* name;
    const char* after;
    std::vector<int> origins;
  } cases[] = {
      {"both confirmed at once",
       R"([{"_id":"a","body":"x"},{"_id":"s1","body":"one"},{"_id":"s2","body":"two"}])",
       {0, 1, 2}},
      {"the first confirmed",
       R"([{"_id":"a","body":"x"},{"_id":"s1","body":"one"},{"_id":"t2","body":"two"}])",
       {0, 1, 2}},
      {"somebody else's row came between",
       R"([{"_id":"a","body":"x"},{"_id":"z","body":"zzz"},{"_id":"s1","body":"one"},{"_id":"t2"}])",
       {0, -1, 1, 2}},
      {"the prediction failed", R"([{"_id":"a","body":"x"},{"_id":"t2","body":"two"}])", {0, 2}},
      {"nothing in common",
       R"([{"_id":"a","body":"x"},{"_id":"z","body":"zzz"},{"_id":"t2","body":"two"}])",
       {0, -1, 2}},
      {"stored elsewhere",
       R"([{"_id":"s1","body":"one"},{"_id":"a","body":"x"},{"_id":"t2","body":"two"}])",
       {-1, 0, 2}},
  };
  for (const auto& c : cases) {
    Recorder recorder;
    recorder.show(json(stored));
    recorder.show(json(before), true);
    EXPECT_EQ(recorder.flags(), (std::vector<bool>{false, true, true}));
    recorder.show(json(c.after), std::string_view(c.after).find("t2") != std::string_view::npos);
    EXPECT_EQ(recorder.origins, c.origins) << c.name;
    EXPECT_EQ(recorder.moved, 0) << c.name;
    EXPECT_EQ(hull::value(recorder.values()), json(c.after)) << c.name;
  }
  Recorder recorder;
  recorder.show(json(R"([{"_id":"a","body":"x"}])"));
  recorder.show(json(R"([{"_id":"b","body":"x"}])"));
  EXPECT_EQ(recorder.origins, std::vector<int>{-1}) << "stored rows are never adopted";
}

TEST(Rows, TellWhichRolesChanged) {
  Recorder recorder;
  recorder.machine.setDeclared({QStringLiteral("author.name")});
  recorder.show(json(R"([{"_id":"a","author":{"name":"Ada","age":1}},{"_id":"b","author":{"name":"Bob","age":2}}])"));
  const auto names = recorder.machine.roles().names();
  const auto role = [&](const char* name) { return names.key(name, -1); };
  EXPECT_EQ(recorder.machine.roles().data(*recorder.machine.row(1), role("author.name")).toString(),
            QStringLiteral("Bob"));
  recorder.show(json(R"([{"_id":"a","author":{"name":"Ada","age":7}},{"_id":"b","author":{"name":"Cy","age":2}}])"));
  EXPECT_EQ(recorder.changes, (std::vector<std::pair<int, int>>{{0, 0}, {1, 1}}));
  EXPECT_EQ(recorder.changedRoles.at(0), (QList<int>{HullRoleMap::ModelData, role("author")}));
  EXPECT_EQ(recorder.changedRoles.at(1), (QList<int>{HullRoleMap::ModelData, role("author.name"), role("author")}));
}

// Lists with shared and with copied payloads, with and without keys that occur again.
TEST(Rows, FollowRandomLists) {
  std::mt19937 random(5);
  for (int round = 0; round < 400; ++round) {
    Recorder recorder;
    const unsigned keys = round % 3 == 0 ? 5 : 1000;  // Few: they occur again and again.
    const auto make = [&](unsigned key, unsigned content) {
      return hull::value::make_object(
          {{"_id", "k" + std::to_string(key % keys)}, {"n", static_cast<int>(content % 3)}});
    };
    hull::array list;
    unsigned next = 0;
    for (int i = 0; i < 12; ++i) list.push_back(make(next++, random()));
    recorder.show(hull::value(list));
    for (int step = 0; step < 12; ++step) {
      const hull::array old = list;
      for (unsigned edit = random() % 5; edit > 0 && !list.empty(); --edit) {
        const auto at = list.begin() + static_cast<std::ptrdiff_t>(random() % list.size());
        switch (random() % 5) {
          case 0:
            list.insert(at, make(next++, random()));
            break;
          case 1:
            list.erase(at);
            break;
          case 2:
            std::swap(*at, list[random() % list.size()]);
            break;
          case 3:
            *at = hull::value::make_object({{"_id", *at->find("_id")}, {"n", static_cast<int>(random() % 3)}});
            break;
          default:  // As if decoded anew.
            for (hull::value& row : list) row = json(hull::write_json(row));
        }
      }
      recorder.show(hull::value(list));
      ASSERT_EQ(hull::value(recorder.values()), hull::value(list)) << "round " << round;
      for (std::size_t i = 0; i < list.size(); ++i) {
        const int origin = recorder.origins[i];
        if (origin < 0) continue;
        const hull::value& before = old[static_cast<std::size_t>(origin)];
        ASSERT_EQ(*before.find("_id"), *list[i].find("_id"));
        const bool isTold = std::any_of(recorder.changes.begin(), recorder.changes.end(), [&](const auto& change) {
          return change.first <= static_cast<int>(i) && static_cast<int>(i) <= change.second;
        });
        ASSERT_EQ(isTold, before != list[i]);
      }
      if (keys < 1000) continue;
      const auto isIn = [](const hull::array& where, const hull::value& row) {
        return std::any_of(where.begin(), where.end(),
                           [&](const hull::value& other) { return *other.find("_id") == *row.find("_id"); });
      };
      ASSERT_EQ(recorder.removed,
                std::count_if(old.begin(), old.end(), [&](const hull::value& row) { return !isIn(list, row); }));
      ASSERT_EQ(recorder.inserted,
                std::count_if(list.begin(), list.end(), [&](const hull::value& row) { return !isIn(old, row); }));
    }
  }
}

TEST(Rows, CountStrangers) {
  hull::array list;
  for (int i = 0; i < 100; ++i) list.push_back(hull::value::make_object({{"_id", i}}));
  std::vector<HullRow> rows;
  for (const hull::value& value : list) rows.push_back({value, 0, false});
  const HullRowList before(std::move(rows));
  EXPECT_EQ(HullRows::strangers(before, list, 10), 0);
  hull::array edited = list;
  edited.erase(edited.begin() + 10);
  edited.insert(edited.begin() + 50, json(R"({"_id":"new"})"));
  edited[80] = json(R"({"_id":80})");
  EXPECT_EQ(HullRows::strangers(before, edited, 10), 3);
  std::reverse(edited.begin(), edited.end());
  EXPECT_EQ(HullRows::strangers(before, edited, 10), 10) << "enough";
  edited = list;
  edited.insert(edited.begin(), 9, json(R"({"_id":"new"})"));
  EXPECT_EQ(HullRows::strangers(before, edited, 10), 9);
}

}  // namespace
