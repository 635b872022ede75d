// Contexts made ahead must not show: the same results, and nothing done twice.
#include "runtime_fixture.hpp"

#include <thread>

namespace hull::backend::runtime::test {
namespace {

/// Runs the call some times with pauses in which workers may prepare; all results.
std::vector<std::string> repeated(const call& c, scripted_host& host) {
  std::vector<std::string> results;
  for (int i = 0; i < 4; ++i) {
    results.push_back(text_of(run(c, host)));
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return results;
}

void expect_all(const std::string& source, const std::string& expected, scripted_host& host) {
  for (const std::string& got : repeated({module_m(source)}, host)) EXPECT_EQ(got, expected) << source;
}

TEST(Prepared, RunsSeeFreshModulesAndTheirOwnTimeAndSeed) {
  scripted_host host;
  expect_all(
      "let n = 0; globalThis.g = globalThis.g || 0; export const f = query(() => [++n, ++globalThis.g, Date.now()]);",
      "[1,1,1650000000123]", host);
  const auto modules =
      module_m("const at = [Date.now(), Math.random()]; export const f = query(() => [at, Math.random()]);");
  const auto same = repeated({modules}, host);
  for (const std::string& r : same) EXPECT_EQ(r, same[0]);
  EXPECT_NE(text_of(run({modules, "f", function_kind::query, "[]", "m.js", 99}, host)), same[0]);
}

TEST(Prepared, LoadingThatAsksTheHostIsDoneInEachRun) {
  scripted_host host;
  host.environment["KEY"] = "v";
  expect_all("const key = process.env.KEY; export const f = query(() => key);", "\"v\"", host);
  expect_all("console.log('loading'); export const f = query(() => 1);", "1", host);
  EXPECT_EQ(host.lines, std::vector<std::string>(4, "[LOG] 'loading'"));
  expect_all(
      "try { Convex.syscall('1.0/x', '{}') } catch (e) { globalThis.m = e.message } export const f = query(() => m);",
      "\"Can't use database at import time\"", host);
}

TEST(Prepared, WhatLoadingLeftIsDoneBeforeTheRun) {
  scripted_host host;
  expect_all("let at = 0; Promise.resolve().then(() => { at = Date.now(); }); export const f = query(() => at);",
             "1600000000000", host);
  expect_all("Promise.reject(new Error('nobody')); export const f = query(() => 1);", "thrown: Uncaught Error: nobody",
             host);
}

TEST(Prepared, LoadingThatFailsFailsInEachRun) {
  scripted_host host;
  expect_all("throw new Error('loading');", "thrown: Uncaught Error: loading", host);
  expect_all("if (process.env.NO === undefined) throw new Error('unset'); export const f = query(() => 1);",
             "thrown: Uncaught Error: unset", host);
}

}  // namespace
}  // namespace hull::backend::runtime::test
