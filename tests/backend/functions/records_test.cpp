// What the operator hears of runs.
#include "deployed_app.hpp"

#include <gtest/gtest.h>

namespace hull::backend::functions::test {
namespace {

constexpr const char* module_of_records = R"js(
import { query, mutation, action, db, call, run } from "./_deps/kit.js";
export const list = query({ handler: () => { console.log("listing"); return [1, 2]; } });
export const boom = mutation({ handler: () => { console.warn("about to"); throw new Error("boom"); } });
export const send = mutation({ handler: () => db.insert("t", { a: 1 }) });
)js";

TEST(Records, SayWhatRanAndHowItEnded) {
  deployed_app d{{{"m.js", module_of_records}}};
  d.records.clear();
  d.query("m:list");
  d.query("m:list");
  d.mutation("m:boom");
  d.mutation("m:send");
  d.action("m:gone", "[{}]");
  d.mutation("m:send", "{}");
  ASSERT_EQ(d.records.size(), 6u);

  const auto& ran = d.records[0];
  EXPECT_EQ(ran.kind, run_kind::query);
  EXPECT_EQ(ran.identifier, "m:list");
  EXPECT_EQ(ran.caller, callers::http);
  EXPECT_EQ(ran.identity, "unknown");
  EXPECT_EQ(ran.log_lines, std::vector<std::string>{"[LOG] 'listing'"});
  EXPECT_EQ(ran.return_bytes, 5u);
  EXPECT_FALSE(ran.cached);
  EXPECT_EQ(ran.ended_ns, d.time().wall_ns());

  EXPECT_TRUE(d.records[1].cached);
  EXPECT_TRUE(d.records[1].log_lines.empty());

  EXPECT_EQ(d.records[2].kind, run_kind::mutation);
  EXPECT_EQ(d.records[2].log_lines, std::vector<std::string>{"[WARN] 'about to'"});
  EXPECT_EQ(d.records[2].error->substr(0, 20), "Uncaught Error: boom");
  EXPECT_FALSE(d.records[3].error);
  EXPECT_TRUE(d.records[4].error) << "a function that is not there";
  EXPECT_TRUE(d.records[5].error) << "arguments that are none";
}

TEST(Records, AreWholeWhereClientsGetLess) {
  deployed_app d{{{"m.js", module_of_records}}, {}, true};
  d.records.clear();
  const auto shown = d.mutation("m:boom");
  EXPECT_TRUE(shown.log_lines.empty());
  EXPECT_EQ(shown.error->message.find("boom"), std::string::npos);
  ASSERT_EQ(d.records.size(), 1u);
  EXPECT_EQ(d.records[0].log_lines.size(), 1u);
  EXPECT_NE(d.records[0].error->find("boom"), std::string::npos);
  EXPECT_TRUE(d.query("m:list")->log_lines.empty());
  EXPECT_EQ(d.records[1].log_lines.size(), 1u);
}

}  // namespace
}  // namespace hull::backend::functions::test
