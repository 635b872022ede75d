// Actions and processes that do not come to a good end; the next action always runs.
#include "node_fixture.hpp"

#include <csignal>
#include <fstream>

namespace hull::backend::node::test {
namespace {

class node_ends : public node_actions {
 protected:
  void expect_that_the_next_runs() { EXPECT_EQ(run("export const f = action(() => 'fine');"), "\"fine\""); }
};

constexpr const char* ended =
    "thrown: The Node.js process of this deployment ended while the action was running. It may have used more memory "
    "than the 512 MiB that actions in Node.js have together.";

TEST_F(node_ends, time_is_limited) {
  options.time_limit = 1500ms;  // the next run starts a process within it
  EXPECT_EQ(run("export const f = action(() => new Promise(() => {}));"),
            "thrown: Action `f` execution timed out (maximum duration 1.5s)");
  expect_that_the_next_runs();
}

TEST_F(node_ends, an_endless_loop_is_ended) {
  options.time_limit = 1500ms;  // the next run starts a process within it
  options.grace = 500ms;
  EXPECT_EQ(run("export const f = action(() => { for (;;) {} });"),
            "thrown: Function execution unexpectedly timed out. Check your function for infinite loops or other "
            "long-running operations.");
  expect_that_the_next_runs();
}

TEST_F(node_ends, process_exit_ends_the_run_that_called_it) {
  EXPECT_EQ(run("export const f = action(() => process.exit(3));"),
            "thrown: Uncaught process.exit: process.exit() called with exit code 3");
  expect_that_the_next_runs();
}

TEST_F(node_ends, a_rejection_that_nobody_handles_is_the_runs) {
  EXPECT_EQ(run("export const f = action(async () => {"
                " Promise.reject(new Error('lost')); await new Promise((r) => setTimeout(r, 5000)); });"),
            "thrown: Uncaught unhandledRejection: lost");
  EXPECT_EQ(
      run("export const f = action(async () => {"
          " setTimeout(() => { throw new Error('late'); }, 1); await new Promise((r) => setTimeout(r, 5000)); });"),
      "thrown: Uncaught uncaughtException: late");
  expect_that_the_next_runs();
}

TEST_F(node_ends, a_process_that_dies_takes_its_runs_along) {
  EXPECT_EQ(run("export const f = action(() => process.kill(process.pid, 'SIGKILL') && new Promise(() => {}));"),
            ended);
  expect_that_the_next_runs();
}

TEST_F(node_ends, a_program_that_breaks_the_protocol_is_ended) {
  EXPECT_EQ(run("import { writeSync } from 'node:fs';\n"
                "export const f = action(() => { writeSync(3, 'no JSON\\n'); return new Promise(() => {}); });"),
            ended);
  expect_that_the_next_runs();
}

TEST_F(node_ends, a_memory_bomb_ends_only_the_process) {
  EXPECT_EQ(run("export const f = action(() => { const all = []; for (;;) all.push(new Array(1e6).fill({})); });"),
            ended);
  expect_that_the_next_runs();
}

TEST_F(node_ends, a_call_that_is_under_way_is_waited_for) {
  std::atomic<bool> answered{false};
  host.answers["slow"] = [&](runtime::scope*, std::string_view) {
    std::this_thread::sleep_for(200ms);
    answered = true;
    return std::string("1");
  };
  EXPECT_EQ(run("export const f = action(async () => { sys('slow');"
                " await new Promise((r) => setTimeout(r, 50)); process.kill(process.pid, 'SIGKILL'); });"),
            ended);
  EXPECT_TRUE(answered.load());
}

TEST_F(node_ends, there_is_a_turn_for_so_many_at_once) {
  options.max_actions = 1;
  options.patience = 50ms;
  std::atomic<bool> begun{false};
  std::atomic<bool> go_on{false};
  host.answers["hold"] = [&](runtime::scope*, std::string_view) {
    begun = true;
    while (!go_on) std::this_thread::sleep_for(1ms);
    return std::string("1");
  };
  executor();
  std::thread first([&] { EXPECT_EQ(run("export const f = action(() => sys('hold'));"), "1"); });
  while (!begun) std::this_thread::sleep_for(1ms);
  scripted_host other;
  const auto refused = runtime::run_in_node(
      &executor(), runtime::test::request_of(
                       {modules("export const f = action(() => 1);"), "f", runtime::function_kind::action}, other));
  go_on = true;
  first.join();
  EXPECT_EQ(runtime::test::text_of(refused), "failed: TooManyConcurrentRequests: The deployment is busy. Try again.");
}

TEST_F(node_ends, nothing_runs_without_node) {
  options.program = "there-is-no-such-node";
  const std::string text = run("export const f = action(() => 1);");
  EXPECT_EQ(text.substr(0, 46), "failed: DeploymentNotConfiguredForNodeActions:");
  EXPECT_NE(text.find("there-is-no-such-node"), std::string::npos) << text;
  EXPECT_NE(text.find("--node"), std::string::npos) << text;
}

TEST_F(node_ends, another_program_is_no_node) {
  options.program = "true";
  const std::string text = run("export const f = action(() => 1);");
  EXPECT_EQ(text.substr(0, 46), "failed: DeploymentNotConfiguredForNodeActions:");
  EXPECT_NE(text.find("Node.js 18 or newer"), std::string::npos) << text;
}

/// Pushes differ; a process keeps every module it has ever imported, so it is replaced now and then.
TEST_F(node_ends, many_pushes_run_one_after_another) {
  for (int i = 0; i < 40; ++i)
    EXPECT_EQ(run("export const f = action(() => " + std::to_string(i) + ");"), std::to_string(i));
}

}  // namespace
}  // namespace hull::backend::node::test
