// Scheduled functions from their row to their end, and what a dying process leaves of them.
#include "fixture.hpp"

namespace hull::backend::scheduler {
namespace {

TEST_F(OverTime, a_mutation_commits_together_with_the_end_of_its_job) {
  const auto id = schedule("m.js:write");
  EXPECT_EQ(state(id), "pending");
  functions.before_commit = [&] { EXPECT_EQ(state(id), "pending") << "others see nothing of it yet"; };
  functions.run = [&](database::transaction* tx) -> outcome<call_end> {
    const value mine = tx->get(database::access::user_system, id, std::nullopt).value().value();
    EXPECT_EQ(*mine.find("state")->find("kind"), value("inProgress")) << "it sees itself running";
    return call_end{};
  };
  EXPECT_FALSE(work->run_job(id, 0));
  EXPECT_EQ(state(id), "success");
  ASSERT_EQ(functions.calls.size(), 1u);
  EXPECT_EQ(functions.calls[0].args_json, "[{\"n\":1}]");
  EXPECT_EQ(functions.calls[0].job_id, id);
  EXPECT_TRUE(coming().empty());
}

TEST_F(OverTime, the_view_shows_a_job_as_users_know_it) {
  time.set_wall(1'700'000'000'123'000'000);
  const auto id = schedule("m.js:write", 5 * second);
  const value pending = shown(id);
  EXPECT_EQ(*pending.find("name"), value("m.js:write"));
  EXPECT_EQ(write_json(*pending.find("args")), "[{\"n\":1}]");
  EXPECT_EQ(*pending.find("scheduledTime"), value(1'700'000'005'123.0));
  EXPECT_EQ(write_json(*pending.find("state")), "{\"kind\":\"pending\"}");
  EXPECT_EQ(pending.find("completedTime"), nullptr);
  EXPECT_EQ(pending.as_object().size(), 6u);

  time.advance(6 * second);
  work->run_job(id, 0);
  EXPECT_EQ(*shown(id).find("completedTime"), value(1'700'000'006'123.0));
  EXPECT_EQ(write_json(*shown(id).find("state")), "{\"kind\":\"success\"}");
}

TEST_F(OverTime, a_job_in_the_past_runs_now_and_keeps_the_time_that_was_asked_for) {
  const auto id = schedule("m.js:write", -100 * second);
  EXPECT_EQ(coming()[0].due_ns, time.wall_ns());
  EXPECT_EQ(int64_of(row(id), "originalScheduledTs"), time.wall_ns() - 100 * second);
}

TEST_F(OverTime, a_job_that_is_not_due_is_left_alone) {
  const auto id = schedule("m.js:write", second);
  EXPECT_FALSE(work->run_job(id, 0));
  EXPECT_EQ(state(id), "pending");
  EXPECT_TRUE(functions.calls.empty());
}

TEST_F(OverTime, a_mutation_that_throws_has_failed_and_written_nothing) {
  const auto id = schedule("m.js:write");
  functions.run = [](database::transaction* tx) -> outcome<call_end> {
    tx->insert(database::access::user, "effects", value::make_object({})).value();
    return call_end{{}, "Uncaught Error: no", {}};
  };
  EXPECT_FALSE(work->run_job(id, 0));
  EXPECT_EQ(state(id), "failed");
  EXPECT_EQ(error(id), "Uncaught Error: no");
  EXPECT_EQ(effects(), 0u);
}

TEST_F(OverTime, what_is_no_mutation_and_no_action_fails) {
  const auto query = schedule("m.js:ask");
  work->run_job(query, 0);
  EXPECT_EQ(error(query),
            "Unsupported function type. m.js:ask is defined as a Query. Only Mutation and Action can be scheduled.");
  EXPECT_TRUE(functions.calls.empty());
}

TEST_F(OverTime, a_mutation_that_others_get_in_the_way_of_is_tried_again) {
  const auto id = schedule("m.js:write");
  functions.before_commit = [&, first = true]() mutable {
    if (!std::exchange(first, false)) return;
    change([&](database::transaction& tx) {
      return change_row(tx, id, value::make_object({{"attempts", value::make_object({})}}));
    });
  };
  const auto again = work->run_job(id, 0);
  ASSERT_TRUE(again);
  EXPECT_LE(*again, time.wall_ns() + second / 10);
  EXPECT_EQ(state(id), "pending");
  EXPECT_EQ(effects(), 0u);
  EXPECT_FALSE(work->run_job(id, 1));
  EXPECT_EQ(state(id), "success");
  EXPECT_EQ(effects(), 1u);
  EXPECT_EQ(int64_of(*row(id).find("attempts"), "occErrors"), 1);
}

TEST_F(OverTime, a_failure_of_ours_puts_a_mutation_off) {
  const auto id = schedule("m.js:write");
  functions.run = [](database::transaction*) -> outcome<call_end> { return internal_failure("no isolate"); };
  EXPECT_FALSE(work->run_job(id, 0));
  EXPECT_EQ(state(id), "pending");
  EXPECT_EQ(int64_of(*row(id).find("attempts"), "systemErrors"), 1);
  EXPECT_GE(coming()[0].due_ns, time.wall_ns());
  EXPECT_EQ(warnings.size(), 1u);
}

TEST_F(OverTime, an_action_runs_between_two_commits) {
  const auto id = schedule("m.js:act");
  functions.run = [&](database::transaction*) -> outcome<call_end> {
    EXPECT_EQ(state(id), "inProgress") << "for everybody";
    const value shown_state = *shown(id).find("state");
    EXPECT_NE(shown_state.find("request_id"), nullptr);
    EXPECT_NE(shown_state.find("execution_id"), nullptr);
    return call_end{};
  };
  EXPECT_FALSE(work->run_job(id, 0));
  EXPECT_EQ(state(id), "success");
}

TEST_F(OverTime, an_action_that_throws_has_failed) {
  const auto id = schedule("m.js:act");
  functions.run = [](database::transaction*) -> outcome<call_end> { return call_end{{}, "Uncaught Error: no", {}}; };
  work->run_job(id, 0);
  EXPECT_EQ(error(id), "Uncaught Error: no");
}

TEST_F(OverTime, an_action_that_could_not_be_started_is_put_off) {
  const auto id = schedule("m.js:act");
  functions.run = [](database::transaction*) -> outcome<call_end> {
    return failure{blame::overload, "TooManyConcurrentRequests", "busy", std::nullopt};
  };
  EXPECT_FALSE(work->run_job(id, 0));
  EXPECT_EQ(state(id), "pending");
  functions.run = [](database::transaction*) -> outcome<call_end> { return internal_failure("broke"); };
  time.advance(second);
  EXPECT_FALSE(work->run_job(id, 0));
  EXPECT_EQ(error(id), transient_error) << "it may have started";
}

TEST_F(OverTime, a_canceled_job_never_runs) {
  for (const char* path : {"m.js:write", "m.js:act"}) {
    const auto id = schedule(path);
    cancel(id);
    EXPECT_EQ(state(id), "canceled");
    EXPECT_FALSE(work->run_job(id, 0));
    EXPECT_EQ(state(id), "canceled");
  }
  EXPECT_TRUE(functions.calls.empty());
  EXPECT_TRUE(coming().empty());
}

TEST_F(OverTime, canceling_wins_over_a_mutation_that_has_not_committed) {
  const auto id = schedule("m.js:write");
  functions.before_commit = [&] { cancel(id); };
  EXPECT_TRUE(work->run_job(id, 0)) << "a conflict";
  EXPECT_FALSE(work->run_job(id, 1));
  EXPECT_EQ(state(id), "canceled");
  EXPECT_EQ(effects(), 0u);
}

TEST_F(OverTime, canceling_a_running_action_stays_and_reaches_what_it_schedules) {
  const auto id = schedule("m.js:act");
  std::string child;
  functions.run = [&](database::transaction*) -> outcome<call_end> {
    cancel(id);
    child = schedule("m.js:write", 0, id);
    return call_end{};
  };
  work->run_job(id, 0);
  EXPECT_EQ(state(id), "canceled");
  EXPECT_EQ(state(child), "canceled");
  EXPECT_TRUE(coming().empty());
}

TEST_F(OverTime, canceling_what_is_over_or_gone_does_nothing_and_what_is_no_job_fails) {
  const auto id = schedule("m.js:write");
  work->run_job(id, 0);
  cancel(id);
  EXPECT_EQ(state(id), "success");
  change([&](database::transaction& tx) { return erase_row(tx, id); });
  cancel(id);

  auto tx = db->begin();
  const auto other = tx.insert(database::access::user, "effects", value::make_object({})).value();
  for (const std::string& wrong : {std::string("nothing"), std::string(), other}) {
    const auto refused = cancel_job(tx, wrong, 0);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, "InvalidArgument");
    EXPECT_EQ(refused.error().message,
              "Invalid scheduled function ID. The ID must be an ID on the '_scheduled_functions' table.");
  }
}

TEST_F(OverTime, jobs_come_in_the_order_of_their_times) {
  const auto late = schedule("m.js:write", 3 * second), soon = schedule("m.js:write", second);
  const auto ended = schedule("m.js:write");
  work->run_job(ended, 0);
  const auto jobs = coming();
  ASSERT_EQ(jobs.size(), 2u);
  EXPECT_EQ(jobs[0].id, soon);
  EXPECT_EQ(jobs[1].id, late);
}

TEST_F(OverTime, ended_jobs_go_after_a_week_with_their_arguments) {
  const auto old = schedule("m.js:write");
  work->run_job(old, 0);
  time.advance(kept_after_end_ns - second);
  const auto young = schedule("m.js:write");
  work->run_job(young, 0);
  const auto clean = [&](std::size_t limit) {
    auto tx = db->begin();
    const auto deleted = delete_ended_jobs(tx, time.wall_ns(), limit).value();
    EXPECT_TRUE(db->commit(std::move(tx), "test"));
    return deleted;
  };
  EXPECT_EQ(clean(10), 0u);
  time.advance(second);
  const auto open = schedule("m.js:write", second);
  EXPECT_EQ(clean(10), 1u);
  EXPECT_TRUE(row(old).is_null());
  EXPECT_FALSE(row(young).is_null());
  EXPECT_FALSE(row(open).is_null());
  EXPECT_EQ(rows("_scheduled_job_args"), 2u);
  time.advance(kept_after_end_ns);
  EXPECT_EQ(clean(0), 0u);
  EXPECT_EQ(clean(1), 1u);
}

TEST_F(OverTime, ended_jobs_with_large_arguments_go_in_pieces) {
  for (int i = 0; i < 5; ++i)
    work->run_job(schedule("m.js:write", 0, {}, "[\"" + std::string(7u << 20, 'x') + "\"]"), 0);
  time.advance(kept_after_end_ns);
  std::vector<std::size_t> gone;
  do {
    auto tx = db->begin();
    gone.push_back(delete_ended_jobs(tx, time.wall_ns(), 100).value());
    EXPECT_TRUE(db->commit(std::move(tx), "test"));
  } while (gone.back() != 0);
  EXPECT_EQ(gone, (std::vector<std::size_t>{100, 2, 0})) << "100: there is more";
}

TEST_F(OverTime, a_mutation_commits_once_wherever_the_process_dies) {
  const auto id = schedule("m.js:write");
  const auto run = [&] { return survives([&] { work->run_job(id, 0); }); };
  functions.before_commit = [] { throw killed(); };
  EXPECT_FALSE(run());
  EXPECT_EQ(state(id), "pending");
  functions.before_commit = nullptr;
  functions.after_commit = [] { throw killed(); };
  EXPECT_FALSE(run());
  functions.after_commit = nullptr;
  EXPECT_TRUE(run());
  EXPECT_EQ(state(id), "success");
  EXPECT_EQ(effects(), 1u);
}

TEST_F(OverTime, a_mutation_that_threw_runs_again_if_its_failure_could_not_be_noted) {
  const auto id = schedule("m.js:write");
  functions.run = [](database::transaction*) -> outcome<call_end> { throw killed(); };
  EXPECT_FALSE(survives([&] { work->run_job(id, 0); }));
  EXPECT_EQ(state(id), "pending");
}

TEST_F(OverTime, an_action_starts_once_wherever_the_process_dies) {
  const auto id = schedule("m.js:act");
  functions.run = [&](database::transaction*) -> outcome<call_end> {
    ++actions;
    throw killed();
  };
  EXPECT_FALSE(survives([&] { work->run_job(id, 0); }));
  EXPECT_EQ(state(id), "inProgress");
  ASSERT_EQ(coming().size(), 1u) << "the next process finds it";
  EXPECT_TRUE(survives([&] { work->run_job(id, 0); }));
  EXPECT_EQ(state(id), "failed");
  EXPECT_EQ(error(id), "Transient error while executing action");
  EXPECT_EQ(actions, 1);
}

}  // namespace
}  // namespace hull::backend::scheduler
