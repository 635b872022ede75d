// Schemas: pushing them, what they refuse, the indexes they bring and take away.
#include "database/validator.hpp"
#include "fixture.hpp"

namespace hull::backend::database {
namespace {

class Schemas : public DatabaseTest {
 protected:
  static std::string schema_of(std::string_view indexes, std::string_view fields, bool validation = true) {
    return R"({"schemaValidation":)" + std::string(validation ? "true" : "false") +
           R"(,"tables":[{"tableName":"messages","indexes":)" + std::string(indexes) +
           R"(,"documentType":{"type":"object","value":{)" + std::string(fields) + "}}}]}";
  }
  static constexpr const char* body = R"("body":{"fieldType":{"type":"string"},"optional":false})";
  static constexpr const char* by_body = R"([{"indexDescriptor":"by_body","fields":["body"]}])";
  std::string names(const value& diff, const char* key) {
    std::string out;
    for (const value& index : diff.find(key)->as_array()) out += index.find("name")->as_string() + " ";
    return out;
  }
  std::string diff_text(const value& diff) {
    return "+" + names(diff, "added_indexes") + "-" + names(diff, "removed_indexes") + "e" +
           names(diff, "enabled_indexes") + "d" + names(diff, "disabled_indexes");
  }
};

TEST_F(Schemas, EnforcesTheActiveOne) {
  ASSERT_TRUE(push(schema_of("[]", body)));
  const std::string id = insert("messages", R"({"body":"hi"})");
  transaction tx = db->begin();
  const auto refused = tx.insert(access::user, "messages", json(R"({"body":1})"));
  EXPECT_EQ(code_of(refused), "SchemaEnforcementError");
  EXPECT_EQ(
      error_of(refused),
      "Failed to insert or update a document in table \"messages\" because it does not match the schema: Value does "
      "not match validator.\nPath: .body\nValue: 1.0\nValidator: v.string()");
  EXPECT_FALSE(tx.patch(access::user, id, std::nullopt, json(R"({"extra":1})")));
  EXPECT_TRUE(tx.replace(access::user, id, std::nullopt, json(R"({"body":"b"})")));
  EXPECT_TRUE(tx.insert(access::user, "free_table", json(R"({"x":1})")));
}

TEST_F(Schemas, CanBeOff) {
  ASSERT_TRUE(push(schema_of("[]", body, false)));
  insert("messages", R"({"wrong":1})");
}

TEST_F(Schemas, FailOnDocumentsThatDoNotFit) {
  const std::string id = insert("messages", R"({"body":5})");
  const auto submitted = db->submit_schema(json(schema_of("[]", body)), false).value();
  const auto status = db->schema_status(*submitted.schema_id).value();
  EXPECT_EQ(status.state, schema_state::failed);
  EXPECT_EQ(status.table_name, "messages");
  EXPECT_EQ(status.error,
            "Document with ID \"" + id +
                "\" in table \"messages\" does not match the schema: Value does not match validator.\nPath: "
                ".body\nValue: 5.0\nValidator: v.string()");
  transaction tx = db->begin();
  EXPECT_EQ(code_of(db->activate_schema(tx, submitted.schema_id)), "RaceDetected");
  EXPECT_TRUE(db->active_schema().is_null());
}

TEST_F(Schemas, WritesBetweenSubmitAndFinishCanFailThem) {
  const auto submitted = db->submit_schema(json(schema_of("[]", body)), false).value();
  EXPECT_EQ(db->schema_status(*submitted.schema_id).value().state, schema_state::validated);
  insert("messages", R"({"body":5})");
  const auto status = db->schema_status(*submitted.schema_id).value();
  EXPECT_EQ(status.state, schema_state::failed);
  EXPECT_EQ(status.error.substr(0, status.error.find('.')),
            "New document in table \"messages\" does not match the schema: Value does not match validator");
}

TEST_F(Schemas, AreReusedOrOverwritten) {
  const auto first = db->submit_schema(json(schema_of("[]", body)), false).value();
  EXPECT_EQ(db->submit_schema(json(schema_of("[]", body)), false).value().schema_id, first.schema_id);
  const auto second = db->submit_schema(json(schema_of(by_body, body)), false).value();
  EXPECT_NE(second.schema_id, first.schema_id);
  EXPECT_EQ(db->schema_status(*first.schema_id).value().state, schema_state::overwritten);
  transaction tx = db->begin();
  ASSERT_TRUE(db->activate_schema(tx, second.schema_id));
  ASSERT_TRUE(db->commit(std::move(tx), "push"));
  EXPECT_EQ(db->schema_status(*second.schema_id).value().state, schema_state::active);
  EXPECT_EQ(db->submit_schema(json(schema_of(by_body, body)), false).value().schema_id, second.schema_id);
  EXPECT_EQ(db->active_schema(), json(schema_of(by_body, body)));
}

TEST_F(Schemas, BringIndexesThatHoldOldAndNewDocuments) {
  for (const char* row : {R"({"body":"c"})", R"({"body":"a"})"}) insert("messages", row);
  const std::string query = range("messages.by_body", "[]");
  EXPECT_EQ(run(query, "body"), "Index messages.by_body not found.");
  transaction early = db->begin();
  ASSERT_TRUE(early.insert(access::user, "messages", json(R"({"body":"lost?"})")));
  const auto submitted = db->submit_schema(json(schema_of(by_body, body)), false).value();
  EXPECT_EQ(diff_text(submitted.index_diff), "+messages.by_body -ed");
  EXPECT_EQ(write_json(submitted.index_diff.find("added_indexes")->as_array()[0]),
            R"({"fields":["body","_creationTime"],"name":"messages.by_body","staged":false,"type":"database"})");
  EXPECT_EQ(code_of(db->commit(std::move(early), "m")), "OptimisticConcurrencyControlFailure")
      << "it did not know of the new index";
  const auto progress = db->schema_status(*submitted.schema_id).value();
  EXPECT_EQ(progress.indexes_total, 1u);
  EXPECT_EQ(progress.indexes_complete, 1u);
  insert("messages", R"({"body":"b"})");
  EXPECT_EQ(run(query, "body"), "Index messages.by_body is currently backfilling and not available to query yet.");
  transaction tx = db->begin();
  EXPECT_EQ(diff_text(db->activate_schema(tx, submitted.schema_id).value()), "+messages.by_body -ed");
  ASSERT_TRUE(db->commit(std::move(tx), "push"));
  EXPECT_EQ(run(query, "body"), R"("a" "b" "c")");
}

TEST_F(Schemas, QueriesOfAMissingIndexNoticeItsArrival) {
  insert("messages", R"({"body":"c"})");
  transaction tx = db->begin();
  run(tx, range("messages.by_body", "[]"));
  const auto reads = tx.take_reads();
  const timestamp then = db->latest_ts();
  ASSERT_TRUE(push(schema_of(by_body, body)));
  EXPECT_FALSE(db->unchanged(*reads, then, db->latest_ts()));

  transaction user = db->begin();
  run(user, range("messages.by_body", "[]"));
  const auto using_reads = user.take_reads();
  const timestamp later = db->latest_ts();
  ASSERT_TRUE(push(schema_of("[]", body)));
  EXPECT_FALSE(db->unchanged(*using_reads, later, db->latest_ts())) << "the index it used is gone";
}

TEST_F(Schemas, ReplaceAndRemoveIndexes) {
  ASSERT_TRUE(push(schema_of(by_body, body)));
  insert("messages", R"({"body":"x"})");
  const std::string other = R"([{"indexDescriptor":"by_body","fields":["body","author"]}])";
  EXPECT_EQ(diff_text(db->index_diff(json(schema_of(other, body))).value()), "+messages.by_body -messages.by_body ed");
  EXPECT_EQ(diff_text(push(schema_of(other, body)).value()), "+messages.by_body -messages.by_body ed");
  EXPECT_EQ(run(range("messages.by_body", R"([{"type":"Eq","fieldPath":"body","value":"x"},
                                             {"type":"Eq","fieldPath":"author","value":{"$undefined":null}}])"),
                "body"),
            "\"x\"");
  EXPECT_EQ(diff_text(push(schema_of("[]", body)).value()), "+-messages.by_body ed");
  EXPECT_EQ(run(range("messages.by_body", "[]"), "body"), "Index messages.by_body not found.");
}

TEST_F(Schemas, StageIndexes) {
  const std::string staged = R"({"schemaValidation":true,"tables":[{"tableName":"messages","indexes":[],
      "stagedDbIndexes":[{"indexDescriptor":"by_body","fields":["body"]}],"documentType":null}]})";
  EXPECT_EQ(diff_text(db->index_diff(json(staged)).value()), "+messages.by_body -ed");
  ASSERT_TRUE(push(staged));
  insert("messages", R"({"body":"x"})");
  EXPECT_EQ(run(range("messages.by_body", "[]"), "body"),
            "Index messages.by_body is currently staged and not available to query until it is enabled.");
  EXPECT_EQ(diff_text(push(schema_of(by_body, body)).value()), "+-emessages.by_body d");
  EXPECT_EQ(run(range("messages.by_body", "[]"), "body"), "\"x\"");
  EXPECT_EQ(diff_text(push(staged).value()), "+-edmessages.by_body ");
}

TEST_F(Schemas, DryRunCreatesNoIndex) {
  const auto submitted = db->submit_schema(json(schema_of(by_body, body)), true).value();
  EXPECT_EQ(diff_text(submitted.index_diff), "+messages.by_body -ed");
  EXPECT_EQ(db->schema_status(*submitted.schema_id).value().indexes_total, 0u);
}

TEST_F(Schemas, NoSchemaMeansNoIndexes) {
  ASSERT_TRUE(push(schema_of(by_body, body)));
  const auto submitted = db->submit_schema(value(), false).value();
  EXPECT_FALSE(submitted.schema_id);
  EXPECT_EQ(diff_text(submitted.index_diff), "+-messages.by_body ed");
  transaction tx = db->begin();
  ASSERT_TRUE(db->activate_schema(tx, std::nullopt));
  ASSERT_TRUE(db->commit(std::move(tx), "push"));
  EXPECT_TRUE(db->active_schema().is_null());
  insert("messages", R"({"anything":1})");
}

TEST_F(Schemas, CreateTablesInTheirOrder) {
  ASSERT_TRUE(push(R"({"schemaValidation":true,"tables":[{"tableName":"users","indexes":[],"documentType":
      {"type":"object","value":{"team":{"fieldType":{"type":"id","tableName":"teams"},"optional":true}}}}]})"));
  transaction tx = db->begin();
  EXPECT_EQ(tx.tables().number_of("users"), 10001u);
  EXPECT_EQ(tx.tables().number_of("teams"), 10002u);
  const std::string user = tx.insert(access::user, "users", json("{}")).value();
  const std::string team = tx.insert(access::user, "teams", json("{}")).value();
  EXPECT_TRUE(tx.insert(access::user, "users", value::make_object({{"team", team}})));
  EXPECT_NE(error_of(tx.insert(access::user, "users", value::make_object({{"team", user}}))).find("from table `users`"),
            std::string::npos);
}

TEST_F(Schemas, RefuseWrongDefinitions) {
  struct wrong_case {
    std::string schema, code;
  };
  const auto with_index = [](std::string_view name, std::string_view fields) {
    return schema_of(R"([{"indexDescriptor":")" + std::string(name) + R"(","fields":)" + std::string(fields) + "}]",
                     body);
  };
  std::string sixteen = "[";
  for (int i = 0; i < 16; ++i) sixteen += (i ? ",\"f" : "\"f") + std::to_string(i) + "\"";
  std::string many = "[";
  for (int i = 0; i < 65; ++i)
    many += (i ? "," : "") + std::string(R"({"indexDescriptor":"i)") + std::to_string(i) + R"(","fields":["f)" +
            std::to_string(i) + "\"]}";
  const wrong_case cases[] = {
      {with_index("i", R"(["_creationTime"])"), "IndexFieldsContainCreationTime"},
      {with_index("i", R"(["_id"])"), "IndexFieldsContainId"},
      {with_index("i", R"(["_x"])"), "IndexFieldNameReserved"},
      {with_index("i", R"(["a","a"])"), "FieldsNotUniqueWithinIndex"},
      {with_index("i", R"(["a..b"])"), "InvalidIndexField"},
      {with_index("i", "[]"), "EmptyIndex"},
      {with_index("i", sixteen + "]"), "TooManyFieldsInIndex"},
      {with_index("by_id", R"(["a"])"), "InvalidIndexName"},
      {schema_of(R"([{"indexDescriptor":"i","fields":["a"]},{"indexDescriptor":"j","fields":["a"]}])", body),
       "IndexNotUnique"},
      {schema_of(many + "]", body), "TooManyIndexes"},
      {R"({"tables":[{"tableName":"t","indexes":[],"documentType":{"type":"string"}}]})",
       "InvalidTopLevelTypeInSchemaError"},
      {R"({"tables":[{"tableName":"_t","indexes":[]}]})", "InvalidTableName"},
      {"{}", "InvalidSchema"},
  };
  for (const wrong_case& c : cases) EXPECT_EQ(code_of(db->submit_schema(json(c.schema), false)), c.code) << c.schema;
}

}  // namespace
}  // namespace hull::backend::database
