// A whole deployment in memory: real database, real JavaScript, a clock that stands still, and modules written by hand.
#pragma once

#include "common/seeded_random.hpp"
#include "common/virtual_clock.hpp"
#include "functions/application.hpp"

#include <hull/value/value.hpp>

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace hull::backend::functions::test {

/// Module path to source text. Sources may import "./_deps/kit.js", which is always deployed: query, mutation, action,
/// db, run and ConvexError in the shape of npm convex.
using sources = std::map<std::string, std::string>;

class deployed_app {
 public:
  explicit deployed_app(const sources& modules = {}, const std::string& schema = {}, bool redacted = false);

  application& app() { return *app_; }
  virtual_clock& time() { return time_; }

  /// Body of start_push for these modules.
  static value push_body(const sources& modules, const std::string& schema = {});
  /// start, wait and finish; the answer of finish_push. Throws failure_exception.
  value push(const sources& modules, const std::string& schema = {});

  static function_call call(const std::string& path, const std::string& args_json = "[{}]");
  std::shared_ptr<const query_outcome> query(const std::string& path, const std::string& args_json = "[{}]");
  call_outcome mutation(const std::string& path, const std::string& args_json = "[{}]");
  call_outcome action(const std::string& path, const std::string& args_json = "[{}]");

  std::vector<std::string> log;          ///< What the backend told its operator.
  std::vector<function_record> records;  ///< Of its functions; look at them between calls.
  std::atomic<int> known = 0;            ///< Queries whose result was known.
  std::atomic<bool> tell_known = true;   ///< They are among the records.
  std::atomic<int> sleeps = 0;
  /// Called when a function has run and before its transaction is committed.
  std::function<void(const runtime::run_request&)> after_run;

 private:
  std::mutex records_mutex_;
  virtual_clock time_;
  seeded_random random_{42};
  std::unique_ptr<application> app_;
};

/// The body of start_push with a convex.config.js whose app has these fields, in JavaScript: "httpPrefix: '/api/'".
value with_app(const value& body, const std::string& fields);

/// The error text without the line with the request id; empty when there is no error.
std::string error_text(const std::optional<function_error>& error);
/// The error text up to its first line break.
std::string first_line(const std::optional<function_error>& error);

/// JSON text of a schema module with one table.
std::string schema_with(const std::string& tables_json);

}  // namespace hull::backend::functions::test
