// What one transaction sees and may do: its own writes, nested calls, access rules, argument texts, limits.
#include "common/ids.hpp"
#include "database/system_tables.hpp"
#include "fixture.hpp"

#include <cmath>

namespace hull::backend::database {
namespace {

class Transaction : public DatabaseTest {};

TEST_F(Transaction, ReadsItsOwnWrites) {
  const std::string old = insert("t", R"({"n":1})");
  time.advance(1'000'000);
  transaction tx = db->begin();
  const std::string fresh = tx.insert(access::user, "t", json(R"({"n":2})")).value();
  EXPECT_EQ(run(tx, scan("t")), "1 2");
  EXPECT_EQ(run(tx, scan("t", "[]", "\"desc\"")), "2 1");
  ASSERT_TRUE(tx.patch(access::user, old, std::nullopt, json(R"({"n":10})")));
  ASSERT_TRUE(tx.patch(access::user, old, std::nullopt, json(R"({"m":1})")));
  EXPECT_EQ(run(tx, scan("t")), "10 2");
  ASSERT_TRUE(tx.remove(access::user, fresh, std::nullopt));
  EXPECT_EQ(run(tx, scan("t")), "10");
  EXPECT_EQ(tx.get(access::user, fresh, std::nullopt).value(), std::nullopt);
  EXPECT_EQ(run(scan("t")), "1") << "others see it only once it is committed";
  ASSERT_TRUE(db->commit(std::move(tx), "test"));
  EXPECT_EQ(run(scan("t")), "10");
}

TEST_F(Transaction, PatchesReplacesAndRemoves) {
  const std::string id = insert("t", R"({"a":1,"b":2})");
  transaction tx = db->begin();
  value now = tx.patch(access::user, id, "t", json(R"({"a":{"$undefined":null},"c":3})")).value();
  EXPECT_EQ(now.find("a"), nullptr);
  EXPECT_EQ(*now.find("b"), value(2));
  EXPECT_EQ(*now.find("c"), value(3));
  EXPECT_EQ(now.find("_id")->as_string(), id);
  now = tx.replace(access::user, id, std::nullopt, json(R"({"z":1})")).value();
  EXPECT_EQ(now.as_object().size(), 3u);
  ASSERT_TRUE(tx.replace(access::user, id, std::nullopt, now)) << "a document with its own system fields";
  EXPECT_EQ(tx.remove(access::user, id, std::nullopt).value(), now);
}

TEST_F(Transaction, GivesIdsAndRisingCreationTimes) {
  transaction tx = db->begin();
  const auto first = tx.insert(access::user, "t", json("{}")).value();
  const auto second = tx.insert(access::user, "t", json("{}")).value();
  EXPECT_NE(first, second);
  EXPECT_EQ(document_id::parse(first)->table, 10001u);
  const auto created = [&](const std::string& id) {
    return (*tx.get(access::user, id, std::nullopt).value()).find("_creationTime")->as_double();
  };
  EXPECT_EQ(std::floor(created(first)), 1.7e12);
  EXPECT_NEAR(created(second) - created(first), 0.0005, 0.0002);
  const auto other = tx.insert(access::user, "u", json("{}")).value();
  EXPECT_EQ(document_id::parse(other)->table, 10002u);
}

TEST_F(Transaction, UnchangedWritesAreNoWrites) {
  const std::string id = insert("t", R"({"n":1})");
  const timestamp before = db->latest_ts();
  transaction tx = db->begin();
  ASSERT_TRUE(tx.patch(access::user, id, std::nullopt, json(R"({"n":1})")));
  EXPECT_FALSE(tx.has_writes());
  EXPECT_EQ(db->commit(std::move(tx), "test").value(), before);
}

TEST_F(Transaction, WhatIsInsertedAndRemovedNeedsNoTime) {
  insert("t", R"({"n":1})");
  const timestamp before = db->latest_ts();
  transaction tx = db->begin();
  const auto id = tx.insert(access::user, "t", json("{}")).value();
  ASSERT_TRUE(tx.remove(access::user, id, std::nullopt));
  EXPECT_EQ(db->commit(std::move(tx), "test").value(), before);
  EXPECT_EQ(db->latest_ts(), before) << "a time that no record has would be unknown after a restart";
}

TEST_F(Transaction, RollsBackNestedWritesAlone) {
  const std::string id = insert("t", R"({"n":1})");
  transaction tx = db->begin();
  ASSERT_TRUE(tx.patch(access::user, id, std::nullopt, json(R"({"n":2})")));
  tx.begin_nested();
  ASSERT_TRUE(tx.patch(access::user, id, std::nullopt, json(R"({"n":3})")));
  ASSERT_TRUE(tx.patch(access::user, id, std::nullopt, json(R"({"n":4})")));
  ASSERT_TRUE(tx.insert(access::user, "t", json(R"({"n":100})")));
  tx.begin_nested();
  ASSERT_TRUE(tx.insert(access::user, "fresh_table", json(R"({"n":7})")));
  ASSERT_TRUE(tx.remove(access::user, id, std::nullopt));
  tx.commit_nested();
  EXPECT_EQ(run(tx, scan("t")), "100");
  EXPECT_EQ(run(tx, scan("fresh_table")), "7");
  tx.rollback_nested();
  EXPECT_EQ(run(tx, scan("t")), "2");
  EXPECT_EQ(run(tx, scan("fresh_table")), "");
  ASSERT_TRUE(tx.insert(access::user, "other_table", json(R"({"n":8})")));
  EXPECT_EQ(run(tx, scan("other_table")), "8");
  tx.begin_nested();
  ASSERT_TRUE(tx.insert(access::user, "t", json(R"({"n":5})")));
  tx.commit_nested();
  EXPECT_EQ(run(tx, scan("t")), "2 5");
  ASSERT_TRUE(db->commit(std::move(tx), "test"));
  EXPECT_EQ(run(scan("t")), "2 5");
  EXPECT_EQ(run(scan("fresh_table")), "");
}

TEST_F(Transaction, KeepsReadsOfARolledBackCall) {
  insert("t", "{}");
  transaction tx = db->begin();
  tx.begin_nested();
  run(tx, scan("t"));
  tx.rollback_nested();
  ASSERT_TRUE(tx.insert(access::user, "u", json("{}")));
  insert("t", "{}");
  EXPECT_EQ(code_of(db->commit(std::move(tx), "test")), "OptimisticConcurrencyControlFailure");
}

TEST_F(Transaction, RefusesWithTheTextsOfTheSpecification) {
  const std::string id = insert("users", "{}");
  insert("teams", "{}");
  transaction tx = db->begin();
  EXPECT_EQ(error_of(tx.get(access::user, id, "teams")),
            "Invalid argument `id` for `db.get`: expected to be an Id<\"teams\">, got Id<\"users\"> instead.");
  EXPECT_EQ(code_of(tx.get(access::user, "junk", std::nullopt)), "InvalidArgument");
  EXPECT_EQ(error_of(tx.insert(access::user, "t", value(1))),
            "Invalid argument `value` for `db.insert`: Value must be an Object");
  EXPECT_EQ(error_of(tx.get(access::user_system, id, std::nullopt)), "User tables cannot be accessed with db.system.");
  EXPECT_EQ(run(tx, scan("_storage")), "System tables can only be accessed with db.system.");
  EXPECT_EQ(code_of(tx.insert(access::user, "_modules", json("{}"))), "InvalidTableName");
  EXPECT_EQ(code_of(tx.insert(access::user, "a b", json("{}"))), "InvalidTableName");
  EXPECT_EQ(code_of(tx.insert(access::user, "t", json(R"({"_id":"x"})"))), "InvalidArgument");
  EXPECT_EQ(code_of(tx.patch(access::user, id, std::nullopt, json(R"({"_id":"x"})"))), "InvalidArgument");
  ASSERT_TRUE(tx.remove(access::user, id, std::nullopt));
  EXPECT_EQ(error_of(tx.patch(access::user, id, std::nullopt, json("{}"))), "Update on nonexistent document ID " + id);
  EXPECT_EQ(error_of(tx.replace(access::user, id, std::nullopt, json("{}"))),
            "Replace on nonexistent document ID " + id);
  EXPECT_EQ(error_of(tx.remove(access::user, id, std::nullopt)), "Delete on nonexistent document ID " + id);
  EXPECT_EQ(error_of(tx.next(99)), "in-progress query not found");
}

TEST_F(Transaction, HidesPrivateTables) {
  transaction tx = db->begin();
  const std::string id = tx.insert(access::backend, "_modules", json(R"({"path":"a.js"})")).value();
  EXPECT_EQ(tx.get(access::user, id, std::nullopt).value(), std::nullopt);
  EXPECT_EQ(tx.get(access::user_system, id, std::nullopt).value(), std::nullopt);
  EXPECT_TRUE(tx.get(access::backend, id, std::nullopt).value());
  EXPECT_EQ(error_of(tx.remove(access::user, id, std::nullopt)), "Delete on nonexistent document ID " + id);
  EXPECT_EQ(run(tx, scan("_modules"), "path"), "");
  EXPECT_EQ(run(tx, scan("_modules"), "path", access::backend), "\"a.js\"");
  EXPECT_EQ(tx.normalize_id("_modules", id).value(), std::nullopt);
  EXPECT_EQ(tx.metrics().documents_written.used, 0u);
}

TEST_F(Transaction, ShowsFilesThroughTheirView) {
  transaction tx = db->begin();
  const std::string id =
      tx.insert(access::backend, "_file_storage",
                value::make_object({{"storageId", "u"}, {"sha256", value(bytes{1})}, {"size", value::int64(7)}}))
          .value();
  const value shown = *tx.get(access::user_system, id, "_storage").value();
  EXPECT_EQ(*shown.find("size"), value(7));
  EXPECT_EQ(*shown.find("sha256"), value("AQ=="));
  EXPECT_EQ(shown.find("storageId"), nullptr);
  EXPECT_EQ(run(tx, scan("_storage"), "size", access::user_system), "7");
  EXPECT_EQ(tx.normalize_id("_storage", id).value(), id);
  EXPECT_EQ(error_of(tx.remove(access::user, id, std::nullopt)), "System tables can only be accessed with db.system.");
}

TEST_F(Transaction, NormalizesIds) {
  const std::string id = insert("t", "{}");
  insert("u", "{}");
  transaction tx = db->begin();
  EXPECT_EQ(tx.normalize_id("t", id).value(), id);
  EXPECT_EQ(tx.normalize_id("u", id).value(), std::nullopt);
  EXPECT_EQ(tx.normalize_id("nowhere", id).value(), std::nullopt);
  EXPECT_EQ(tx.normalize_id("t", "junk").value(), std::nullopt);
}

TEST_F(Transaction, LooksUpForTheBackend) {
  transaction tx = db->begin();
  for (int i = 0; i < 3; ++i)
    ASSERT_TRUE(tx.insert(access::backend, "_session_requests",
                          value::make_object({{"sessionId", i == 2 ? "b" : "a"}, {"requestId", value::int64(i)}})));
  EXPECT_EQ(tx.lookup("_session_requests", "by_session_id_and_request_id", {"a"}).value().size(), 2u);
  EXPECT_EQ(tx.lookup("_session_requests", "by_session_id_and_request_id", {"a", value::int64(1)}).value().size(), 1u);
  EXPECT_EQ(tx.lookup("_session_requests", "by_session_id_and_request_id", {}, 1).value().size(), 1u);
  EXPECT_EQ(tx.lookup("_nothing", "by_id", {}).value().size(), 0u);
  ASSERT_TRUE(tx.insert(access::backend, "_session_requests",
                        value::make_object({{"sessionId", std::string("a\0", 2)}, {"requestId", value::int64(1)}})));
  EXPECT_EQ(tx.lookup("_session_requests", "by_session_id_and_request_id", {"a"}).value().size(), 2u);
  EXPECT_FALSE(tx.lookup("_session_requests", "by_magic", {}));
  ASSERT_TRUE(tx.declare_table({"_mine", 0, {{"by_x", {"x"}}}}));
  ASSERT_TRUE(tx.insert(access::backend, "_mine", json(R"({"x":1})")));
  EXPECT_EQ(tx.lookup("_mine", "by_x", {1}).value().size(), 1u);
  EXPECT_EQ(tx.metrics().documents_read.used, 0u);
}

TEST_F(Transaction, CountsAndLimits) {
  const std::string id = insert("t", R"({"n":1})");
  transaction tx = db->begin();
  ASSERT_TRUE(tx.get(access::user, id, std::nullopt));
  ASSERT_TRUE(tx.insert(access::user, "t", json("{}")));
  const transaction_metrics m = tx.metrics();
  EXPECT_EQ(m.database_queries.used, 1u);
  EXPECT_EQ(m.documents_read.used, 1u);
  EXPECT_EQ(m.documents_written.used, 1u);
  EXPECT_GT(m.bytes_read.used, 50u);
  EXPECT_GT(m.bytes_written.used, 40u);

  outcome<std::optional<value>> read = std::optional<value>();
  for (int i = 0; read && i < 5000; ++i) read = tx.get(access::user, id, std::nullopt);
  EXPECT_EQ(code_of(read), "TooManyReads");
  EXPECT_EQ(error_of(read).substr(0, 68), "Too many reads in a single function execution (limit: 4096). Conside");
  EXPECT_EQ(tx.metrics().database_queries.used, 4097u);

  outcome<void> scheduled = tx.note_scheduled(1);
  for (int i = 0; scheduled && i < 2000; ++i) scheduled = tx.note_scheduled(1);
  EXPECT_EQ(error_of(scheduled), "Too many functions scheduled by this mutation (limit: 1000)");
}

TEST_F(Transaction, LimitsWrites) {
  transaction tx = db->begin();
  const std::string id = tx.insert(access::user, "t", json(R"({"n":0})")).value();
  outcome<value> written = value();
  for (int i = 1; written && i < 17'000; ++i)
    written = tx.patch(access::user, id, std::nullopt, value::make_object({{"n", i}}));
  EXPECT_EQ(error_of(written), "Too many writes in a single function execution (limit: 16000)");

  transaction big = db->begin();
  outcome<std::string> inserted = std::string();
  for (int i = 0; inserted && i < 20; ++i)
    inserted = big.insert(access::user, "t", value::make_object({{"s", std::string(1'000'000, 'x')}}));
  EXPECT_EQ(code_of(inserted), "TooManyBytesWritten");
  // Who catches the failure commits nothing of what failed.
  const auto before = big.count(access::user, "t").value();
  EXPECT_EQ(code_of(big.insert(access::user, "t", value::make_object({{"s", std::string(1'000'000, 'x')}}))),
            "TooManyBytesWritten");
  EXPECT_EQ(big.count(access::user, "t").value(), before);
  EXPECT_EQ(code_of(big.insert(access::user, "fresh", json("{}"))), "TooManyBytesWritten");
  EXPECT_EQ(code_of(db->commit(std::move(big), "m")), "");
  EXPECT_EQ(db->begin().count(access::user, "t").value(), before);
  EXPECT_EQ(db->begin().count(access::user, "fresh").value(), 0u);
}

TEST_F(Transaction, CountsWithoutACharge) {
  for (int i = 0; i < 5; ++i) insert("t", R"({"n":1})");
  transaction tx = db->begin();
  EXPECT_EQ(tx.count(access::user, "t").value(), 5u);
  EXPECT_EQ(tx.count(access::user, "nowhere").value(), 0u);
  EXPECT_EQ(tx.count(access::user, "_tables").value(), 0u);
  EXPECT_EQ(tx.metrics().documents_read.used, 0u);
  const std::string id = tx.insert(access::user, "t", json("{}")).value();
  ASSERT_TRUE(tx.insert(access::user, "other", json("{}")));
  EXPECT_EQ(tx.count(access::user, "t").value(), 6u);
  ASSERT_TRUE(tx.remove(access::user, id, std::nullopt));
  EXPECT_EQ(tx.count(access::user, "t").value(), 5u);
  insert("t", "{}");
  EXPECT_EQ(code_of(db->commit(std::move(tx), "m")), "OptimisticConcurrencyControlFailure");
}

}  // namespace
}  // namespace hull::backend::database
