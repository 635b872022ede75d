// Validators: what fits, and what is said about what does not.
#include "database/validator.hpp"
#include "common/ids.hpp"

#include <hull/value/json.hpp>

#include <gtest/gtest.h>

namespace hull::backend::database {
namespace {

class some_tables final : public table_numbers {
 public:
  std::optional<std::uint32_t> number_of(std::string_view table) const override {
    if (table == "users") return 10001;
    if (table == "teams") return 10002;
    if (table == "_storage") return 540;
    return std::nullopt;
  }
  std::optional<std::string> name_of(std::uint32_t number) const override {
    if (number == 10001) return "users";
    if (number == 10002) return "teams";
    if (number == 540) return "_storage";
    return std::nullopt;
  }
  bool is_private(std::uint32_t number) const override { return number == 521; }
};

std::string id_in(std::uint32_t table) { return document_id{table, {}}.to_string(); }

std::string check_text(const std::string& validator_json, const std::string& v) {
  auto parsed = parse_validator(read_json(validator_json).value());
  if (!parsed) return "invalid: " + parsed.error().message;
  return check(*parsed, read_json(v).value(), some_tables()).value_or("");
}

const std::string string_type = R"({"type":"string"})";
std::string object_of(const std::string& fields) { return R"({"type":"object","value":{)" + fields + "}}"; }
std::string required(const std::string& type) { return R"({"fieldType":)" + type + R"(,"optional":false})"; }
std::string optional(const std::string& type) { return R"({"fieldType":)" + type + R"(,"optional":true})"; }
std::string id_of(const std::string& table) { return R"({"type":"id","tableName":")" + table + "\"}"; }

struct validator_case {
  std::string validator, v, expected;
};

TEST(Validator, Texts) {
  const std::string number = R"({"type":"number"})";
  const std::string a_or_number = R"({"type":"union","value":[{"type":"literal","value":"a"},)" + number + "]}";
  const std::string user = "\"" + id_in(10001) + "\"";
  const std::string big = R"({"$integer":"BQAAAAAAAAA="})";
  const validator_case cases[] = {
      {R"({"type":"any"})", "[1]", ""},
      {R"({"type":"null"})", "null", ""},
      {R"({"type":"boolean"})", "true", ""},
      {R"({"type":"bytes"})", R"({"$bytes":"AP8="})", ""},
      {R"({"type":"bigint"})", big, ""},
      {R"({"type":"commitTs"})", big, ""},
      {R"({"type":"bigint"})", "5", "Value does not match validator.\n\nValue: 5.0\nValidator: v.int64()"},
      {number, big, "Value does not match validator.\n\nValue: 5n\nValidator: v.float64()"},
      {string_type, "1.5", "Value does not match validator.\n\nValue: 1.5\nValidator: v.string()"},
      {R"({"type":"literal","value":"a"})", "\"b\"", "`\"b\"` does not match literal validator `v.literal(\"a\")`."},
      {object_of(R"("k":)" + required(R"({"type":"literal","value":1})")), R"({"k":2})",
       "`2.0` does not match literal validator `v.literal(1.0)`.\nPath: .k"},
      {id_of("users"), user, ""},
      {id_of("teams"), user,
       "Found ID \"" + id_in(10001) +
           "\" from table `users`, which does not match the table name in validator `v.id(\"teams\")`."},
      {id_of("users"), "\"" + id_in(521) + "\"",
       "Found ID \"" + id_in(521) +
           "\" from a system table, which does not match the table name in validator `v.id(\"users\")`."},
      {id_of("_storage"), "\"" + id_in(540) + "\"", ""},
      {id_of("users"), "\"nonsense\"",
       "Value does not match validator.\n\nValue: \"nonsense\"\nValidator: v.id(\"users\")"},
      {object_of(R"("a":)" + required(string_type)), "{}",
       "Object is missing the required field `a`. Consider wrapping the field validator in `v.optional(...)` if this "
       "is "
       "expected.\n\nObject: {}\nValidator: v.object({a: v.string()})"},
      {object_of(R"("a":)" + optional(string_type)), "{}", ""},
      {object_of(R"("a":)" + optional(string_type)), R"({"a":null})",
       "Value does not match validator.\nPath: .a\nValue: null\nValidator: v.string()"},
      {object_of(R"("a":)" + optional(string_type)), R"({"b c":[1,null],"a":"x"})",
       "Object contains extra field `b c` that is not in the validator.\n\nObject: {a: \"x\", \"b c\": [1.0, null]}\n"
       "Validator: v.object({a: v.optional(v.string())})"},
      {object_of(R"("list":)" +
                 required(R"({"type":"array","value":)" + object_of(R"("b":)" + required(number)) + "}")),
       R"({"list":[{"b":1},{"b":"x"}]})",
       "Value does not match validator.\nPath: .list[1].b\nValue: \"x\"\nValidator: v.float64()"},
      {a_or_number, "\"a\"", ""},
      {a_or_number, "2", ""},
      {a_or_number, "true",
       "Value does not match validator.\n\nValue: true\nValidator: v.union(v.literal(\"a\"), v.float64())"},
      {R"({"type":"union","value":[{"type":"array","value":{"type":"string"}}]})", "[1]",
       "Value does not match validator.\nPath: [0]\nValue: 1.0\nValidator: v.string()"},
      {R"({"type":"union","value":[]})", "1", "Value does not match validator.\n\nValue: 1.0\nValidator: v.union()"},
      {R"({"type":"record","keys":)" + string_type + R"(,"values":)" + required(number) + "}", R"({"x":1})", ""},
      {R"({"type":"record","keys":)" + string_type + R"(,"values":)" + required(number) + "}", R"({"x":"y"})",
       "Value does not match validator.\nPath: .values()\nValue: \"y\"\nValidator: v.float64()"},
      {R"({"type":"record","keys":)" + id_of("users") + R"(,"values":)" + required(number) + "}", R"({"x":1})",
       "Value does not match validator.\nPath: .keys()\nValue: \"x\"\nValidator: v.id(\"users\")"},
      {R"({"type":"record","keys":{"type":"literal","value":"a"},"values":)" + required(number) + "}", "{}",
       "invalid: Records can only have keys of type string or id, got v.literal(\"a\")."},
      {R"({"type":"wonder"})", "1", "invalid: validator: unknown type `wonder`"},
      {R"({"type":"array"})", "1", "invalid: validator: the element of an array has no type"},
      {R"({"type":"literal","value":null})", "1",
       "invalid: validator: a literal must be a string, a finite number, a bigint or a boolean"},
  };
  for (const validator_case& c : cases) EXPECT_EQ(check_text(c.validator, c.v), c.expected) << c.validator << c.v;
}

TEST(Validator, Subsets) {
  const std::string number = R"({"type":"number"})";
  const std::string literal = R"({"type":"literal","value":"a"})";
  const std::string either = R"({"type":"union","value":[)" + literal + "," + number + "]}";
  const std::string narrow = object_of(R"("a":)" + required(string_type));
  const std::string wide = object_of(R"("a":)" + optional(string_type) + R"(,"b":)" + optional(number));
  struct subset_case {
    std::string inner, outer;
    bool expected;
  };
  const subset_case cases[] = {{literal, string_type, true},
                               {string_type, literal, false},
                               {id_of("users"), string_type, true},
                               {id_of("users"), id_of("teams"), false},
                               {literal, either, true},
                               {either, R"({"type":"any"})", true},
                               {R"({"type":"any"})", either, false},
                               {either, string_type, false},
                               {narrow, wide, true},
                               {wide, narrow, false},
                               {object_of(""), narrow, false},
                               {R"({"type":"bigint"})", R"({"type":"commitTs"})", true}};
  for (const subset_case& c : cases)
    EXPECT_EQ(is_subset(parse_validator(read_json(c.inner).value()).value(),
                        parse_validator(read_json(c.outer).value()).value()),
              c.expected)
        << c.inner << " in " << c.outer;
}

}  // namespace
}  // namespace hull::backend::database
