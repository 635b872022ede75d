// Queries: ranges of indexes, filters, limits, orders, and what is said about wrong ones.
#include "fixture.hpp"

namespace hull::backend::database {
namespace {

class Query : public DatabaseTest {
 protected:
  void SetUp() override {
    ASSERT_TRUE(push(R"({"schemaValidation":false,"tables":[{"tableName":"t","documentType":null,"indexes":[
        {"indexDescriptor":"by_ab","fields":["a","b"]},{"indexDescriptor":"by_inner","fields":["o.x"]}]}]})"));
    for (const char* row :
         {R"({"n":1,"a":1,"b":1})", R"({"n":2,"a":1,"b":2})", R"({"n":3,"a":1,"b":3,"o":{"x":9}})",
          R"({"n":4,"a":2,"b":1,"o":{"x":3}})", R"({"n":5,"a":null})", R"({"n":6})", R"({"n":7,"a":"s"})"})
      insert("t", row);
  }
  std::string by_ab(std::string_view comparisons, std::string_view order = "null") {
    return run(range("t.by_ab", comparisons, order));
  }
  std::string filtered(std::string_view expression) {
    return run(scan("t", R"([{"filter":)" + std::string(expression) + "}]"));
  }
};

TEST_F(Query, RangesOfAnIndex) {
  struct range_case {
    const char* comparisons;
    const char* up;
  };
  const range_case cases[] = {
      {"[]", "6 5 1 2 3 4 7"},
      {R"([{"type":"Eq","fieldPath":"a","value":1}])", "1 2 3"},
      {R"([{"type":"Eq","fieldPath":"a","value":1},{"type":"Eq","fieldPath":"b","value":2}])", "2"},
      {R"([{"type":"Eq","fieldPath":"b","value":2},{"type":"Eq","fieldPath":"a","value":1}])", "2"},
      {R"([{"type":"Eq","fieldPath":"a","value":1},{"type":"Gt","fieldPath":"b","value":1}])", "2 3"},
      {R"([{"type":"Eq","fieldPath":"a","value":1},{"type":"Gte","fieldPath":"b","value":2},
           {"type":"Lte","fieldPath":"b","value":2}])",
       "2"},
      {R"([{"type":"Eq","fieldPath":"a","value":1},{"type":"Lt","fieldPath":"b","value":3}])", "1 2"},
      {R"([{"type":"Lt","fieldPath":"a","value":2}])", "6 5 1 2 3"},
      {R"([{"type":"Lte","fieldPath":"a","value":1}])", "6 5 1 2 3"},
      {R"([{"type":"Gt","fieldPath":"a","value":1}])", "4 7"},
      {R"([{"type":"Gt","fieldPath":"a","value":{"$undefined":null}}])", "5 1 2 3 4 7"},
      {R"([{"type":"Eq","fieldPath":"a","value":{"$undefined":null}}])", "6"},
      {R"([{"type":"Eq","fieldPath":"a","value":null}])", "5"},
      {R"([{"type":"Gt","fieldPath":"a","value":5},{"type":"Lt","fieldPath":"a","value":2}])", ""},
  };
  for (const range_case& c : cases) {
    EXPECT_EQ(by_ab(c.comparisons), c.up) << c.comparisons;
    std::string down = by_ab(c.comparisons, "\"desc\"");
    std::reverse(down.begin(), down.end());  // One digit each.
    EXPECT_EQ(down, c.up) << c.comparisons;
  }
  EXPECT_EQ(run(range("t.by_inner", R"([{"type":"Gt","fieldPath":"o.x","value":0}])")), "4 3");
  EXPECT_EQ(run(range("t.by_creation_time", "[]", "\"desc\"", R"([{"limit":2}])")), "7 6");
  EXPECT_EQ(run(scan("t")), "1 2 3 4 5 6 7");
  EXPECT_EQ(run(scan("no_such_table")), "");
}

// The keys of "s" and of "s\0..." begin alike, and so do those of {} and of an object with an empty field name.
TEST_F(Query, ValuesThatBeginAlike) {
  insert("t", R"({"n":8,"a":"s\u0000"})");
  insert("t", R"({"n":9,"a":{}})");
  insert("t", R"({"n":0,"a":{"":1}})");
  EXPECT_EQ(by_ab(R"([{"type":"Eq","fieldPath":"a","value":"s"}])"), "7");
  EXPECT_EQ(by_ab(R"([{"type":"Lte","fieldPath":"a","value":"s"},{"type":"Gt","fieldPath":"a","value":2}])"), "7");
  EXPECT_EQ(by_ab(R"([{"type":"Gt","fieldPath":"a","value":"s"}])"), "8 9 0");
  EXPECT_EQ(by_ab(R"([{"type":"Eq","fieldPath":"a","value":"s\u0000"}])"), "8");
  EXPECT_EQ(by_ab(R"([{"type":"Eq","fieldPath":"a","value":{}}])"), "9");
  EXPECT_EQ(by_ab(R"([{"type":"Gt","fieldPath":"a","value":{}}])"), "0");
}

TEST_F(Query, FullyBoundRanges) {
  const std::string id = insert("t", R"({"n":8,"a":9})");
  EXPECT_EQ(run(range("t.by_id", R"([{"type":"Eq","fieldPath":"_id","value":")" + id + "\"}]")), "8");
}

TEST_F(Query, RefusesWrongRanges) {
  struct error_case {
    const char* index;
    const char* comparisons;
    const char* code;
    const char* text;
  };
  const error_case cases[] = {
      {"t.by_ab", R"([{"type":"Gt","fieldPath":"a","value":1},{"type":"Gte","fieldPath":"a","value":2}])",
       "AlreadyDefinedBound", "Already defined lower bound in index range. Can't add"},
      {"t.by_ab", R"([{"type":"Lt","fieldPath":"a","value":1},{"type":"Lt","fieldPath":"a","value":2}])",
       "AlreadyDefinedBound", "Already defined upper bound"},
      {"t.by_ab", R"([{"type":"Gt","fieldPath":"a","value":1},{"type":"Lt","fieldPath":"b","value":2}])",
       "BoundsOnMultipleFields", "Upper and lower bounds in `range` can only be applied to a single index field."},
      {"t.by_ab", R"([{"type":"Eq","fieldPath":"b","value":1}])", "InvalidIndexRange",
       "Tried to query index t.by_ab but the query didn't use the index fields in order."},
      {"t.by_ab", R"([{"type":"Gt","fieldPath":"b","value":1}])", "InvalidIndexRange", "Tried to query index"},
      {"t.by_ab", R"([{"type":"Eq","fieldPath":"z","value":1}])", "FieldNotInIndex",
       "The index range included a comparison with \"z\", but t.by_ab"},
      {"t.by_nothing", "[]", "IndexNotFoundError", "Index t.by_nothing not found."},
      {"nowhere.by_x", "[]", "IndexNotFoundError", "Index nowhere.by_x not found."},
      {"t", "[]", "InvalidQuery", "Invalid query"},
  };
  for (const error_case& c : cases) {
    transaction tx = db->begin();
    const auto opened = tx.open_query(access::user, json(range(c.index, c.comparisons)));
    EXPECT_EQ(code_of(opened), c.code) << c.comparisons;
    EXPECT_EQ(error_of(opened).substr(0, std::string(c.text).size()), c.text);
  }
  EXPECT_EQ(run(scan("t", "[]", "\"sideways\"")), "Invalid query: the order must be \"asc\" or \"desc\"");
  std::string many = "[";
  for (int i = 0; i < 257; ++i) many += std::string(i ? "," : "") + R"({"limit":1})";
  EXPECT_EQ(run(scan("t", many + "]")), "Query has too many operators: 257 > maximum 256");
}

TEST_F(Query, Filters) {
  struct filter_case {
    const char* expression;
    const char* expected;
  };
  const filter_case cases[] = {
      {R"({"$eq":[{"$field":"a"},{"$literal":1}]})", "1 2 3"},
      {R"({"$neq":[{"$field":"a"},{"$literal":1}]})", "4 5 6 7"},
      {R"({"$lt":[{"$field":"b"},{"$literal":2}]})", "1 4 5 6 7"},
      {R"({"$gte":[{"$field":"n"},{"$literal":6}]})", "6 7"},
      {R"({"$eq":[{"$field":"a"},{"$literal":{"$undefined":null}}]})", "6"},
      {R"({"$eq":[{"$field":"o.x"},{"$literal":9}]})", "3"},
      {R"({"$and":[{"$gt":[{"$field":"n"},{"$literal":2}]},{"$lte":[{"$field":"n"},{"$literal":4}]}]})", "3 4"},
      {R"({"$or":[{"$eq":[{"$field":"n"},{"$literal":2}]},{"$eq":[{"$field":"n"},{"$literal":7}]}]})", "2 7"},
      {R"({"$not":{"$lt":[{"$field":"n"},{"$literal":6}]}})", "6 7"},
      {R"({"$and":[]})", "1 2 3 4 5 6 7"},
      {R"({"$or":[]})", ""},
      {R"({"$eq":[{"$mod":[{"$field":"n"},{"$literal":2}]},{"$literal":0}]})", "2 4 6"},
      {R"({"$eq":[{"$add":[{"$field":"n"},{"$literal":1}]},{"$literal":3}]})", "2"},
      {R"({"$gt":[{"$mul":[{"$sub":[{"$field":"n"},{"$literal":1}]},{"$literal":2}]},{"$literal":10}]})", "7"},
      {R"({"$eq":[{"$div":[{"$field":"n"},{"$literal":2}]},{"$literal":1.5}]})", "3"},
      {R"({"$eq":[{"$neg":{"$field":"n"}},{"$literal":-2}]})", "2"},
      {R"({"$and":[{"$literal":false},{"$literal":"not looked at"}]})", ""},
      // -0 is less than 0, in filters as in indexes.
      {R"({"$lt":[{"$mul":[{"$sub":[{"$field":"n"},{"$literal":3}]},{"$literal":-1}]},{"$literal":0}]})", "3 4 5 6 7"},
      {R"({"$lte":[{"$literal":0},{"$mul":[{"$sub":[{"$field":"n"},{"$literal":3}]},{"$literal":-1}]}]})", "1 2"},
      {R"({"$eq":[{"$mul":[{"$sub":[{"$field":"n"},{"$literal":3}]},{"$literal":-1}]},{"$literal":0}]})", ""},
      // What goes wrong.
      {R"({"$field":"n"})", "Cannot use value 1.0 (type Float64) as a Boolean"},
      {R"({"$not":{"$field":"zz"}})", "Cannot use value undefined (type undefined) as a Boolean"},
      {R"({"$eq":[{"$add":[{"$literal":"x"},{"$field":"n"}]},{"$literal":3}]})",
       "Cannot add \"x\" (type String) and 1.0 (type Float64)"},
      {R"({"$eq":[{"$div":[{"$literal":{"$integer":"BQAAAAAAAAA="}},{"$literal":{"$integer":"AAAAAAAAAAA="}}]},{"$literal":3}]})",
       "Cannot divide 5n by zero"},
      {R"({"$eq":[{"$mul":[{"$literal":{"$integer":"/////////38="}},{"$literal":{"$integer":"AgAAAAAAAAA="}}]},{"$literal":3}]})",
       "Cannot multiply 9223372036854775807n and 2n: the result is out of range for Int64"},
      {R"({"$eq":[{"$neg":{"$literal":"x"}},{"$literal":1}]})", "Cannot negate \"x\" (type String)"},
      {R"({"$wonder":[]})", "Invalid query: unknown operator $wonder"},
      {R"({"$eq":[{"$literal":1}]})", "Invalid query: $eq has the wrong number of operands"},
      {R"({"$eq":[],"$lt":[]})", "Invalid query: an expression must be an object with one field"},
  };
  for (const filter_case& c : cases) EXPECT_EQ(filtered(c.expression), c.expected) << c.expression;
}

TEST_F(Query, OperatorsApplyInOrder) {
  const std::string even = R"({"filter":{"$eq":[{"$mod":[{"$field":"n"},{"$literal":2}]},{"$literal":0}]}})";
  EXPECT_EQ(run(scan("t", "[" + even + R"(,{"limit":2}])")), "2 4");
  EXPECT_EQ(run(scan("t", R"([{"limit":3},)" + even + "]")), "2");
  EXPECT_EQ(run(scan("t", R"([{"limit":0}])")), "");
  EXPECT_EQ(run(scan("t", R"([{"limit":-1}])")), "Invalid query: a limit must be a non-negative integer");
}

TEST_F(Query, MixesStoredAndPendingRows) {
  transaction tx = db->begin();
  ASSERT_TRUE(tx.insert(access::user, "t", json(R"({"n":8,"a":1,"b":2.5})")));
  const std::string moved = insert("t", R"({"n":9,"a":0})");
  transaction later = db->begin();
  ASSERT_TRUE(later.insert(access::user, "t", json(R"({"n":8,"a":1,"b":2.5})")));
  ASSERT_TRUE(later.patch(access::user, moved, std::nullopt, json(R"({"a":3})")));
  const std::string all =
      range("t.by_ab", R"([{"type":"Gte","fieldPath":"a","value":0},{"type":"Lte","fieldPath":"a","value":9}])");
  EXPECT_EQ(run(later, all), "1 2 8 3 4 9");
  const std::string down = range(
      "t.by_ab", R"([{"type":"Gte","fieldPath":"a","value":0},{"type":"Lte","fieldPath":"a","value":9}])", "\"desc\"");
  EXPECT_EQ(run(later, down), "9 4 3 8 2 1");
  EXPECT_EQ(run(tx, all), "1 2 8 3 4") << "the older snapshot knows nothing of the newer row";
}

TEST_F(Query, StreamsSeeWritesAheadOfThem) {
  transaction tx = db->begin();
  const auto query = tx.open_query(access::user, json(scan("t"))).value();
  EXPECT_EQ(*(*tx.next(query).value()).find("n"), value(1));
  ASSERT_TRUE(tx.remove(access::user, (*tx.next(query).value()).find("_id")->as_string(), std::nullopt));
  ASSERT_TRUE(tx.insert(access::user, "t", json(R"({"n":8})")));
  std::string rest;
  for (int i = 0; i < 6; ++i) rest += write_clean_json(*(*tx.next(query).value()).find("n"));
  EXPECT_EQ(rest, "345678");
  EXPECT_TRUE(tx.close_query(query));
  EXPECT_FALSE(tx.close_query(query));
  EXPECT_EQ(code_of(tx.next(query)), "QueryNotFound");
}

TEST_F(Query, ReadsOnlyWhatItYields) {
  for (int i = 0; i < 60; ++i) insert("many", R"({"n":)" + std::to_string(i) + "}");
  transaction tx = db->begin();
  EXPECT_EQ(run(tx, scan("many", R"([{"limit":1}])")), "0");
  EXPECT_EQ(tx.metrics().documents_read.used, 1u);
  EXPECT_EQ(run(tx, scan("many", R"([{"filter":{"$eq":[{"$field":"n"},{"$literal":30}]}},{"limit":1}])")), "30");
  EXPECT_EQ(tx.metrics().documents_read.used, 1u + 31);
  EXPECT_EQ(run(tx, scan("many", "[]", "\"desc\"")).substr(0, 8), "59 58 57");
}

TEST_F(Query, LimitsDocumentsRead) {
  transaction fill = db->begin();
  for (int i = 0; i < 900; ++i) ASSERT_TRUE(fill.insert(access::user, "many", json("{}")));
  ASSERT_TRUE(db->commit(std::move(fill), "m"));
  transaction tx = db->begin();
  std::string last;
  for (int i = 0; i < 40; ++i) last = run(tx, scan("many"));
  EXPECT_EQ(
      last,
      "Too many documents read in a single function execution (limit: 32000). Consider using smaller limits in your "
      "queries, paginating your queries, or using indexed queries with a selective index range expressions.");
}

TEST_F(Query, SearchSaysThatItIsNotThere) {
  EXPECT_NE(run(R"({"source":{"type":"Search","indexName":"t.s","filters":[]},"operators":[]})")
                .find("text search is not supported"),
            std::string::npos);
}

}  // namespace
}  // namespace hull::backend::database
