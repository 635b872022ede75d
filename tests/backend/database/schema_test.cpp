// Schemas: pushing them, what they refuse, the indexes they bring and take away.
#include "database/schema.hpp"
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
  const std::string both = std::string(body) + R"(,"author":{"fieldType":{"type":"string"},"optional":true})";
  EXPECT_EQ(diff_text(db->index_diff(json(schema_of(other, both))).value()), "+messages.by_body -messages.by_body ed");
  EXPECT_EQ(diff_text(push(schema_of(other, both)).value()), "+messages.by_body -messages.by_body ed");
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

class IndexedFields : public Schemas {
 protected:
  static constexpr const char* document = R"({"type":"object","value":{
      "text":{"fieldType":{"type":"string"},"optional":true},
      "anything":{"fieldType":{"type":"any"},"optional":false},
      "scores":{"fieldType":{"type":"record","keys":{"type":"string"},
                "values":{"fieldType":{"type":"object","value":{"n":{"fieldType":{"type":"number"},"optional":false}}},
                          "optional":false}},"optional":false},
      "either":{"fieldType":{"type":"union","value":[{"type":"null"},
                {"type":"object","value":{"a":{"fieldType":{"type":"literal","value":"x"},"optional":true}}}]},
                "optional":false},
      "vector":{"fieldType":{"type":"array","value":{"type":"number"}},"optional":true},
      "words":{"fieldType":{"type":"array","value":{"type":"string"}},"optional":false},
      "mixed":{"fieldType":{"type":"union","value":[{"type":"null"},{"type":"array","value":{"type":"any"}}]},
               "optional":false}}})";

  static std::string schema_with(const std::string& list, const std::string& index, const char* type = document,
                                 bool validation = true) {
    return R"({"schemaValidation":)" + std::string(validation ? "true" : "false") + R"(,"tables":[{"tableName":"t",")" +
           list + R"(":[{"indexDescriptor":"i",)" + index + R"(}],"documentType":)" + type + "}]}";
  }
  static std::string database_index(const std::string& field) { return R"("fields":[")" + field + "\"]"; }
  static std::string search_index(const std::string& field, const std::string& filter = "text") {
    return R"("searchField":")" + field + R"(","filterFields":[")" + filter + "\"]";
  }
  static std::string vector_index(const std::string& field, const std::string& filter = "text") {
    return R"("dimensions":3,"vectorField":")" + field + R"(","filterFields":[")" + filter + "\"]";
  }
  /// The text of the refusal, or nothing.
  std::string refusal(const std::string& schema) {
    const auto diff = db->index_diff(json(schema));
    if (diff) return {};
    EXPECT_EQ(diff.error().code, "SchemaDefinitionError") << diff.error().message;
    EXPECT_EQ(error_of(db->submit_schema(json(schema), false)), diff.error().message);
    return diff.error().message;
  }
};

TEST_F(IndexedFields, MayBeWhereDocumentsCanHaveThem) {
  for (const char* field :
       {"text", "anything", "anything.deep.down", "scores.alice", "scores.alice.n", "either.a", "vector"})
    for (const char* list : {"indexes", "stagedDbIndexes"})
      EXPECT_EQ(refusal(schema_with(list, database_index(field))), "") << field;
  for (const char* field : {"text", "anything", "anything.deep", "either.a"})
    EXPECT_EQ(refusal(schema_with("searchIndexes", search_index(field))), "") << field;
  for (const char* field : {"vector", "anything", "anything.deep", "mixed"})
    EXPECT_EQ(refusal(schema_with("vectorIndexes", vector_index(field))), "") << field;
  EXPECT_EQ(refusal(schema_with("searchIndexes", search_index("text", "_creationTime"))), "");
}

TEST_F(IndexedFields, MayNotBeWhereNoDocumentHasThem) {
  const auto missing = [](const std::string& field) {
    return "In table \"t\" the index \"i\" is invalid because it references the field " + field +
           " that does not exist.";
  };
  for (const char* field : {"gone", "text.length", "either.b", "scores.alice.m", "vector.x"}) {
    EXPECT_EQ(refusal(schema_with("indexes", database_index(field))), missing(field));
    EXPECT_EQ(refusal(schema_with("stagedDbIndexes", database_index(field))), missing(field));
    EXPECT_EQ(refusal(schema_with("searchIndexes", search_index(field))), missing(field));
    EXPECT_EQ(refusal(schema_with("searchIndexes", search_index("text", field))), missing(field));
    EXPECT_EQ(refusal(schema_with("vectorIndexes", vector_index(field))), missing(field));
    EXPECT_EQ(refusal(schema_with("stagedVectorIndexes", vector_index("vector", field))), missing(field));
  }
}

TEST_F(IndexedFields, AreOfTheKindThatTheIndexNeeds) {
  for (const char* field : {"vector", "either", "scores", "_creationTime"})
    EXPECT_EQ(refusal(schema_with("searchIndexes", search_index(field))),
              "In table \"t\" the search index \"i\" is invalid because it references the field " + std::string(field) +
                  " that cannot be a string.");
  for (const char* field : {"text", "words", "scores.alice.n"})
    EXPECT_EQ(refusal(schema_with("vectorIndexes", vector_index(field))),
              "In table \"t\" the vector index \"i\" is invalid because it references the field " + std::string(field) +
                  " that is neither an array of float64 or optional array of float64.");
}

TEST_F(IndexedFields, AreNotAskedForWhereDocumentsAreNotChecked) {
  EXPECT_EQ(refusal(schema_with("indexes", database_index("gone"), document, false)), "");
  EXPECT_EQ(refusal(schema_with("indexes", database_index("gone"), "null")), "");
  EXPECT_EQ(refusal(schema_with("vectorIndexes", vector_index("gone"), R"({"type":"any"})")), "");
  const auto union_of = R"({"type":"union","value":[{"type":"object","value":{}},
      {"type":"object","value":{"only_here":{"fieldType":{"type":"string"},"optional":false}}}]})";
  EXPECT_EQ(refusal(schema_with("indexes", database_index("only_here"), union_of)), "");
  EXPECT_NE(refusal(schema_with("indexes", database_index("nowhere"), union_of)), "");
}

TEST_F(IndexedFields, OfAStoredSchemaAreNotLookedAtAgain) {
  const auto stored = json(schema_with("indexes", database_index("gone")));
  EXPECT_TRUE(parse_schema(stored)) << "or a deployment that has it could not be opened";
}

}  // namespace
}  // namespace hull::backend::database
