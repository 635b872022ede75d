// A runtime, a scripted host and modules written by hand that look like what the npm package makes of query(),
// mutation() and action().
#pragma once

#include "runtime/runtime.hpp"

#include <hull/value/json.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <mutex>
#include <utility>

namespace hull::backend::runtime::test {

/// A wall clock that stands where it is put; steady time is real.
class fixed_clock final : public clock {
 public:
  std::int64_t wall_ns() override { return wall.load(); }
  std::int64_t steady_ns() override {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
  }
  std::atomic<std::int64_t> wall{1'700'000'000'000'000'000};
};

/// Answers syscalls from functions of the test and notes what was asked.
class scripted_host final : public syscall_host {
 public:
  using answer = std::function<outcome<std::string>(scope*, std::string_view args)>;
  outcome<std::string> syscall(std::string_view name, std::string_view args) override {
    return ask(nullptr, name, args);
  }
  outcome<std::string> async_syscall(scope& s, std::string_view name, std::string_view args) override {
    return ask(&s, name, args);
  }
  std::optional<std::string> environment_variable(std::string_view name) override {
    const auto at = environment.find(std::string(name));
    return at == environment.end() ? std::nullopt : std::optional(at->second);
  }
  environment_variables all_environment_variables() override { return environment; }
  void logged(const log_line& line) override { lines.push_back(line.to_text()); }

  std::map<std::string, answer, std::less<>> answers;
  std::map<std::string, std::string> environment;
  std::vector<std::string> asked;  ///< By actions in any order.
  std::vector<std::string> lines;

 private:
  std::shared_ptr<std::mutex> mutex_ = std::make_shared<std::mutex>();
  outcome<std::string> ask(scope* s, std::string_view name, std::string_view args) {
    {
      const std::lock_guard lock(*mutex_);
      asked.push_back(std::string(name) + std::string(args));
    }
    const auto at = answers.find(name);
    if (at == answers.end()) return bad_request("UnknownOperation", "Unknown operation " + std::string(name));
    return at->second(s, args);
  }
};

/// What stands before the user's code in a bundle: wrappers that give the properties of the npm package's.
inline const std::string helpers = R"js(
function wrap(flag, invoke, handler, extra) {
  const f = () => { throw new Error("called directly"); };
  f[flag] = true;
  f.isPublic = true;
  f[invoke] = async (...a) => {
    const result = await handler(...JSON.parse(a[a.length - 1]));
    return JSON.stringify(result === undefined ? null : result);
  };
  f.exportArgs = () => '{"type":"any"}';
  f.exportReturns = () => 'null';
  f._handler = handler;
  return Object.assign(f, extra);
}
const query = (h, x) => wrap("isQuery", "invokeQuery", h, x);
const mutation = (h, x) => wrap("isMutation", "invokeMutation", h, x);
const action = (h, x) => wrap("isAction", "invokeAction", h, x);
const sys = async (name, args) => JSON.parse(await Convex.asyncSyscall(name, JSON.stringify(args ?? {})));
)js";

inline module_source module_of(std::string path, std::string source, std::optional<std::string> map = std::nullopt) {
  return module_source{std::move(path), std::move(source), std::move(map), false, ""};
}

inline std::shared_ptr<const module_set> set_of(std::vector<module_source> list) {
  std::map<std::string, module_source, std::less<>> modules;
  for (module_source& m : list) {
    std::string path = m.path;
    modules.emplace(std::move(path), std::move(m));
  }
  return std::make_shared<const module_set>(std::move(modules));
}

/// A set with one module "m.js": the helpers, then `source`.
inline std::shared_ptr<const module_set> module_m(const std::string& source) {
  return set_of({module_of("m.js", helpers + source)});
}

inline fixed_clock& the_clock() {
  static fixed_clock c;
  return c;
}

/// One runtime for all tests of the program: it starts V8.
inline runtime& the_runtime() {
  static const std::unique_ptr<runtime> r = runtime::start(runtime_options{}, the_clock()).value();
  return *r;
}

struct call {
  std::shared_ptr<const module_set> modules;
  std::string function = "f";
  function_kind what = function_kind::query;
  std::string args = "[]";
  std::string module = "m.js";
  std::uint8_t seed_byte = 7;
  run_limits limits = {};
};

inline run_request request_of(const call& c, syscall_host& host) {
  run_request r;
  r.what = c.what;
  r.modules = c.modules;
  r.module_path = c.module;
  r.function = c.function;
  r.args_json = c.args;
  r.display_path = "m:" + c.function;
  r.random_seed.fill(c.seed_byte);
  r.unix_timestamp_ms = 1'650'000'000'123.75;
  r.import_seed.fill(3);
  r.import_timestamp_ms = 1'600'000'000'000;
  r.host = &host;
  r.limits = c.limits;
  if (c.what == function_kind::action && c.limits.user_time == run_limits().user_time)
    r.limits.user_time = run_limits::for_actions().user_time;
  return r;
}

inline run_result run(const call& c, syscall_host& host) { return the_runtime().run(request_of(c, host)); }

inline run_result run(const call& c) {
  scripted_host host;
  return run(c, host);
}

/// The result as one text: the JSON value, or what went wrong.
inline std::string text_of(const run_result& r) {
  if (r.value_json) return *r.value_json;
  if (r.thrown) return (r.thrown->fatal ? "fatal: " : "thrown: ") + r.thrown->message;
  return "failed: " + r.failed->code + ": " + r.failed->message;
}

/// The value of a JavaScript expression in a query.
inline std::string evaluated(const std::string& expression, function_kind what = function_kind::query) {
  const std::string wrapper = what == function_kind::query      ? "query"
                              : what == function_kind::mutation ? "mutation"
                                                                : "action";
  return text_of(run({module_m("export const f = " + wrapper + "(async () => (" + expression + "));"), "f", what}));
}

}  // namespace hull::backend::runtime::test
