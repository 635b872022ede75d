// Functions that come close to a limit say so in their log.
#include "functions/warnings.hpp"

#include "deployed_app.hpp"

#include <gtest/gtest.h>

namespace hull::backend::functions::test {
namespace {

std::vector<std::string> texts(const run_extent& run) {
  std::vector<std::string> out;
  for (const runtime::log_line& line : limit_warnings(run, 5)) {
    EXPECT_EQ(line.timestamp_ms, 5);
    EXPECT_EQ(line.code.rfind("warning:", 0), 0u) << line.code;
    out.push_back(line.to_text());
  }
  return out;
}

using lines = std::vector<std::string>;
using namespace std::chrono_literals;
using kind = runtime::function_kind;

run_extent quick(kind k, const value& args, std::size_t args_json = 0) {
  return {k, args, args_json, nullptr, 0, 0us, 1s, nullptr};
}

TEST(limit_warnings, begin_above_four_fifths) {
  const value args;
  for (const auto& [took, text] : std::initializer_list<std::pair<std::chrono::microseconds, std::string>>{
           {800'000us, ""}, {800'001us, "800.001ms"}, {950ms, "950ms"}, {1s, "1s"}, {1'000'001us, ""}}) {
    run_extent run = quick(kind::query, args);
    run.took = took;
    const lines expected = text.empty() ? lines{}
                                        : lines{
                                              "[WARN] Function execution took a long time. (maximum duration: 1s, "
                                              "actual duration: " +
                                              text + ")."};
    EXPECT_EQ(texts(run), expected) << took.count();
  }
}

TEST(limit_warnings, name_large_arguments_and_results) {
  const std::size_t size = 14u << 20;
  const value large(std::string(size, 'x'));
  const std::string actual = std::to_string(size + 2) + " bytes, limit: 16777216 bytes).";
  EXPECT_EQ(texts(quick(kind::mutation, large, size)),
            lines{"[WARN] Large size of the function arguments (actual: " + actual});
  const value args;
  run_extent run = quick(kind::action, args);
  run.result = &large;
  run.result_json_bytes = size;
  EXPECT_EQ(texts(run), lines{"[WARN] Large size of the action return value (actual: " + actual});
  const value small(std::string(13'000'000, 'x'));
  EXPECT_EQ(texts(quick(kind::query, small, 13'000'000)), lines{});
}

TEST(limit_warnings, have_a_code_for_tools) {
  const std::size_t size = 14u << 20;
  const value large(std::string(size, 'x'));
  const auto code_of = [](const run_extent& run) { return limit_warnings(run, 5).at(0).code; };
  EXPECT_EQ(code_of(quick(kind::mutation, large, size)), "warning:TooLargeFunctionArguments");
  EXPECT_EQ(code_of(quick(kind::action, large, size)), "warning:FunctionArgumentsTooLarge");
  const value args;
  run_extent run = quick(kind::query, args);
  run.result = &large;
  run.result_json_bytes = size;
  EXPECT_EQ(code_of(run), "warning:TooLargeFunctionResult");
  run_extent slow = quick(kind::query, args);
  slow.took = 900ms;
  EXPECT_EQ(code_of(slow), "warning:UserTimeout");
}

TEST(limit_warnings, of_transactions_stand_in_the_log) {
  deployed_app d(sources{{"m.js", R"js(
import { query, mutation, db, call } from "./_deps/kit.js";
export const write = mutation({ handler: async ({ rows, size }) => {
  for (let i = 0; i < rows; ++i) await db.insert("rows", { text: "x".repeat(size) });
} });
export const nest = mutation({ handler: async () => {
  let v = 1;
  for (let i = 0; i < 13; ++i) v = [v];
  await db.insert("nested", { v });
} });
export const read = query({ handler: async () => (await db.all("rows")).length });
export const schedule = mutation({ handler: ({ size }) =>
  call("schedule", { name: "m:write", ts: Date.now() / 1000 + 60, args: { rows: 0, pad: "x".repeat(size) } }) });
)js"}});
  const auto begins = [](const lines& log, const std::string& text) {
    ASSERT_EQ(log.size(), 1u) << text;
    EXPECT_EQ(log[0].substr(0, text.size()), text);
  };
  EXPECT_EQ(d.mutation("m:write", R"([{"rows":10,"size":700000}])").log_lines, lines{});
  begins(d.mutation("m:write", R"([{"rows":1,"size":900000}])").log_lines, "[WARN] Large document written with ID \"");
  EXPECT_EQ(d.records.back().log_lines[0].code, "warning:ValueTooLargeError");
  begins(d.mutation("m:write", R"([{"rows":20,"size":700000}])").log_lines,
         "[WARN] Many bytes written in a single function execution (actual: 14001");
  begins(d.mutation("m:nest").log_lines, "[WARN] Deeply nested document written with ID \"");
  begins(d.mutation("m:schedule", R"([{"size":3400000}])").log_lines,
         "[WARN] Large arguments for a single scheduled function from this mutation (actual: 34000");
  const auto read = d.query("m:read");
  EXPECT_EQ(first_line(read->error),
            "Uncaught Error: Too many bytes read in a single function execution (limit: "
            "16777216 bytes). Consider using smaller limits in your queries, paginating your "
            "queries, or using indexed queries with a selective index range expressions.");
  EXPECT_EQ(read->log_lines, lines{});
}

}  // namespace
}  // namespace hull::backend::functions::test
