// A database in memory under virtual time, and short words for what tests do with it.
#pragma once

#include "common/seeded_random.hpp"
#include "common/virtual_clock.hpp"
#include "database/database.hpp"
#include "storage/memory.hpp"

#include <hull/value/json.hpp>

#include <gtest/gtest.h>

#include <string>

namespace hull::backend::database {

inline value json(std::string_view text) {
  return read_json(text, {.limits = {}, .any_names = true, .plain = false}).value();
}

/// The text of a failure; "" when there is none.
template <class T>
std::string error_of(const outcome<T>& result) {
  return result ? std::string() : result.error().message;
}
template <class T>
std::string code_of(const outcome<T>& result) {
  return result ? std::string() : result.error().code;
}

class DatabaseTest : public testing::Test {
 protected:
  DatabaseTest() { reopen(storage::open_memory()); }

  void reopen(std::unique_ptr<storage::persistence> store) {
    db = database::open(std::move(store), time, random).value();
  }

  /// Inserts one document in a transaction of its own.
  std::string insert(std::string_view table, std::string_view fields) {
    time.advance(1'000'000);
    transaction tx = db->begin();
    std::string id = tx.insert(access::user, table, json(fields)).value();
    EXPECT_EQ(error_of(db->commit(std::move(tx), "test")), "");
    return id;
  }

  static std::string scan(std::string_view table, std::string_view operators = "[]", std::string_view order = "null") {
    return R"({"source":{"type":"FullTableScan","tableName":")" + std::string(table) + R"(","order":)" +
           std::string(order) + R"(},"operators":)" + std::string(operators) + "}";
  }
  static std::string range(std::string_view index, std::string_view range, std::string_view order = "null",
                           std::string_view operators = "[]") {
    return R"({"source":{"type":"IndexRange","indexName":")" + std::string(index) + R"(","range":)" +
           std::string(range) + R"(,"order":)" + std::string(order) + R"(},"operators":)" + std::string(operators) +
           "}";
  }

  /// The field `field` of every document of a query, or the text of its failure.
  static std::string run(transaction& tx, std::string_view query, std::string_view field = "n",
                         access who = access::user) {
    auto id = tx.open_query(who, json(query));
    if (!id) return id.error().message;
    std::string out;
    while (true) {
      auto document = tx.next(*id);
      if (!document) return document.error().message;
      if (!*document) return out;
      const value* found = (*document)->find(field);
      out += (out.empty() ? "" : " ") + (found ? write_clean_json(*found) : std::string("-"));
    }
  }
  std::string run(std::string_view query, std::string_view field = "n") {
    transaction tx = db->begin();
    return run(tx, query, field);
  }

  /// Pushes a schema to the end.
  outcome<value> push(std::string_view schema) {
    auto submitted = db->submit_schema(json(schema), false);
    if (!submitted) return submitted.error();
    transaction tx = db->begin();
    auto diff = db->activate_schema(tx, submitted->schema_id);
    if (!diff) return diff;
    auto done = db->commit(std::move(tx), "push");
    if (!done) return done.error();
    return diff;
  }

  virtual_clock time;
  seeded_random random{42};
  std::unique_ptr<database> db;
};

}  // namespace hull::backend::database
