// Cron jobs: how pushes change them, how their runs go, and what is kept of those.
#include "fixture.hpp"

#include <utility>

namespace hull::backend::scheduler {
namespace {

using declarations = std::map<std::string, value, std::less<>>;

value spec(const std::string& path, const char* schedule, const char* args = "[{}]") {
  array argument_bytes;
  for (const char* c = args; *c != 0; ++c) argument_bytes.emplace_back(static_cast<int>(*c));
  return value::make_object(
      {{"udfPath", path}, {"udfArgs", std::move(argument_bytes)}, {"cronSchedule", read_json(schedule).value()}});
}

constexpr const char* every_ten = R"({"type":"interval","seconds":10})";

class Crons : public OverTime {
 protected:
  void push(const declarations& declared) {
    change([&](database::transaction& tx) { return store_crons(tx, declared, time.wall_ns()); });
  }
  std::string id_of(const std::string& name) {
    auto tx = db->begin();
    const auto found = tx.lookup("_cron_jobs", "by_name", {value(name)}).value();
    return found.empty() ? std::string() : text_of(found.front(), "_id");
  }
  std::optional<cron_job> cron(const std::string& name) {
    auto tx = db->begin();
    return find_cron(tx, id_of(name)).value();
  }
  std::int64_t next(const std::string& name) { return cron(name)->slot_ns; }
  std::vector<value> logs(const std::string& name) {
    auto tx = db->begin();
    return tx.lookup("_cron_job_logs", "by_name_and_ts", {value(name)}).value();
  }
  again_at run(const std::string& name) { return work->run_cron(id_of(name), 0); }
};

TEST_F(Crons, an_interval_runs_at_once_and_then_in_step) {
  push({{"tick", spec("m.js:write", every_ten, "[{\"a\":1}]")}});
  const std::int64_t start = time.wall_ns();
  EXPECT_EQ(next("tick"), start);
  time.advance(second);
  EXPECT_FALSE(run("tick"));
  EXPECT_EQ(next("tick"), start + 10 * second);
  EXPECT_EQ(effects(), 1u);
  ASSERT_EQ(functions.calls.size(), 1u);
  EXPECT_EQ(functions.calls[0].args_json, "[{\"a\":1}]");
  EXPECT_FALSE(functions.calls[0].job_id);
  EXPECT_FALSE(run("tick")) << "the slot is taken";
  EXPECT_EQ(effects(), 1u);

  ASSERT_EQ(logs("tick").size(), 1u);
  const value log = logs("tick")[0];
  EXPECT_EQ(write_json(*log.find("status")), R"({"result":{"type":"value","value":"done"},"type":"success"})");
  EXPECT_EQ(write_json(*log.find("logLines")), R"({"isTruncated":false,"logLines":["[LOG] 'hello'"]})");
  EXPECT_EQ(text_of(log, "udfPath"), "m.js:write");
}

TEST_F(Crons, missed_runs_are_made_up_for_once_and_counted) {
  push({{"tick", spec("m.js:write", every_ten)}});
  const std::int64_t start = time.wall_ns();
  time.advance(35 * second);
  run("tick");
  EXPECT_EQ(effects(), 1u);
  EXPECT_EQ(next("tick"), start + 40 * second);
  ASSERT_EQ(logs("tick").size(), 2u);
  EXPECT_EQ(int64_of(*logs("tick")[1].find("status"), "num_canceled"), 3);
}

TEST_F(Crons, a_mutation_that_throws_is_logged_and_not_run_again) {
  push({{"tick", spec("m.js:write", every_ten)}});
  functions.run = [](database::transaction* tx) -> outcome<call_end> {
    tx->insert(database::access::user, "effects", value::make_object({})).value();
    return call_end{{}, "Uncaught Error: no", {}};
  };
  const std::int64_t start = time.wall_ns();
  EXPECT_FALSE(run("tick"));
  EXPECT_EQ(effects(), 0u);
  EXPECT_EQ(next("tick"), start + 10 * second);
  EXPECT_EQ(write_json(*logs("tick")[0].find("status")), R"({"error":"Uncaught Error: no","type":"err"})");
}

TEST_F(Crons, a_failure_of_ours_is_tried_again_for_the_same_slot) {
  push({{"tick", spec("m.js:write", every_ten)}});
  const std::int64_t slot = next("tick");
  functions.run = [](database::transaction*) -> outcome<call_end> { return internal_failure("no isolate"); };
  EXPECT_TRUE(run("tick"));
  EXPECT_EQ(next("tick"), slot);
  EXPECT_TRUE(logs("tick").empty());
}

TEST_F(Crons, what_is_kept_of_runs_is_bounded) {
  push({{"tick", spec("m.js:write", every_ten)}, {"tock", spec("m.js:write", every_ten)}});
  functions.run = [](database::transaction*) -> outcome<call_end> {
    return call_end{std::string(5000, 'x'), std::nullopt, {std::string(999, 'a'), "\xC3\xA9nd", "never"}};
  };
  for (int i = 0; i < 12; ++i) {
    run("tick");
    time.advance(10 * second);
  }
  run("tock");
  const auto kept = logs("tick");
  ASSERT_EQ(kept.size(), kept_cron_logs);
  EXPECT_EQ(logs("tock").size(), 1u + 1u) << "its run and what it skipped";
  EXPECT_LT(int64_of(kept[0], "ts"), int64_of(kept[4], "ts"));
  EXPECT_EQ(text_of(*kept[4].find("status")->find("result"), "truncatedLog").size(), 1000u);
  const value& lines = *kept[4].find("logLines");
  EXPECT_EQ(*lines.find("isTruncated"), value(true));
  ASSERT_EQ(lines.find("logLines")->as_array().size(), 1u) << "half a character is none";
}

TEST_F(Crons, an_action_that_could_not_be_started_is_tried_again_for_the_same_slot) {
  push({{"tick", spec("m.js:act", every_ten)}});
  const std::int64_t start = time.wall_ns();
  const auto able = functions.run;
  functions.run = [](database::transaction*) -> outcome<call_end> {
    return failure{blame::overload, "TooManyConcurrentRequests", "busy", std::nullopt};
  };
  EXPECT_TRUE(run("tick"));
  EXPECT_FALSE(cron("tick")->in_progress);
  EXPECT_EQ(next("tick"), start);
  functions.run = able;
  EXPECT_FALSE(run("tick"));
  EXPECT_EQ(actions, 1);
  EXPECT_EQ(next("tick"), start + 10 * second);
}

TEST_F(Crons, an_action_starts_once_per_slot_wherever_the_process_dies) {
  push({{"tick", spec("m.js:act", every_ten)}});
  const std::int64_t start = time.wall_ns();
  functions.run = [&](database::transaction*) -> outcome<call_end> {
    ++actions;
    throw killed();
  };
  EXPECT_FALSE(survives([&] { run("tick"); }));
  EXPECT_TRUE(cron("tick")->in_progress);
  EXPECT_TRUE(survives([&] { run("tick"); }));
  EXPECT_EQ(actions, 1);
  EXPECT_FALSE(cron("tick")->in_progress);
  EXPECT_EQ(next("tick"), start + 10 * second);
  EXPECT_EQ(text_of(*logs("tick")[0].find("status"), "error"), "Transient error while executing action");
}

TEST_F(Crons, a_mutation_commits_once_per_slot_wherever_the_process_dies) {
  push({{"tick", spec("m.js:write", every_ten)}});
  functions.before_commit = [] { throw killed(); };
  EXPECT_FALSE(survives([&] { run("tick"); }));
  functions.before_commit = nullptr;
  functions.after_commit = [] { throw killed(); };
  EXPECT_FALSE(survives([&] { run("tick"); }));
  functions.after_commit = nullptr;
  EXPECT_TRUE(survives([&] { run("tick"); }));
  EXPECT_EQ(effects(), 1u);
  EXPECT_EQ(logs("tick").size(), 1u);
}

TEST_F(Crons, a_push_changes_only_what_differs) {
  push({{"a", spec("m.js:write", every_ten)}, {"b", spec("m.js:write", every_ten)}});
  const std::int64_t start = time.wall_ns();
  const auto a = id_of("a");
  run("a");
  run("b");
  time.advance(second);
  push({{"a", spec("m.js:act", every_ten)},
        {"b", spec("m.js:write", R"({"type":"interval","seconds":60})")},
        {"c", spec("m.js:write", every_ten)}});
  EXPECT_EQ(id_of("a"), a);
  EXPECT_EQ(next("a"), start + 10 * second) << "another function, the same schedule";
  EXPECT_EQ(cron("a")->path, "m.js:act");
  EXPECT_EQ(next("b"), start + 60 * second) << "counted from its last run";
  EXPECT_EQ(next("c"), time.wall_ns()) << "new";

  push({{"a", spec("m.js:act", every_ten)}});
  EXPECT_EQ(id_of("b"), "");
  EXPECT_TRUE(logs("b").empty());
  EXPECT_EQ(logs("a").size(), 1u);
  EXPECT_EQ(rows("_cron_next_run"), 1u);
}

TEST_F(Crons, a_push_during_a_run_takes_effect_when_it_ends) {
  push({{"tick", spec("m.js:act", every_ten)}});
  const std::int64_t start = time.wall_ns();
  functions.run = [&](database::transaction*) -> outcome<call_end> {
    push({{"tick", spec("m.js:act", R"({"type":"interval","seconds":60})")}});
    EXPECT_EQ(next("tick"), start) << "no second run beside this one";
    return call_end{};
  };
  run("tick");
  EXPECT_EQ(next("tick"), start + 60 * second);

  functions.run = [&](database::transaction*) -> outcome<call_end> {
    push({});
    return call_end{};
  };
  time.advance(60 * second);
  run("tick");
  EXPECT_EQ(rows("_cron_jobs") + rows("_cron_next_run") + rows("_cron_job_logs"), 0u);
}

}  // namespace
}  // namespace hull::backend::scheduler
