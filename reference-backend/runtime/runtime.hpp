// Runs the JavaScript of a deployment in V8. No V8 type leaves this room.
#pragma once

#include "common/clock.hpp"
#include "common/failure.hpp"
#include "runtime/byte_stream.hpp"
#include "runtime/fetch_client.hpp"
#include "runtime/log_line.hpp"
#include "runtime/node_executor.hpp"
#include "runtime/stored_file.hpp"

#include <hull/value/value.hpp>

#include <array>
#include <chrono>
#include <compare>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hull::backend::runtime {

struct module_source {
  std::string path;  ///< "messages.js", "_deps/ABCD.js"
  std::string source;
  std::optional<std::string> source_map;
  bool node = false;   ///< Bundled for Node.js ("use node").
  std::string sha256;  ///< Hex, over source and source map.
};

/// A package of the npm registry that modules for Node.js import, and that is not in their bundle.
struct npm_package {
  std::string name;     ///< "sharp", "@scope/name"
  std::string version;  ///< Exact: "0.33.5"
  friend auto operator<=>(const npm_package&, const npm_package&) = default;
};
/// "sharp@0.33.5, @scope/name@1.0.0": for people, and as the name of the set.
std::string list_of(const std::vector<npm_package>& packages);

/// All modules of one push, immutable and shared: one execution never mixes two pushes. The runtime may hang
/// compiled code on it.
class module_set {
 public:
  explicit module_set(std::map<std::string, module_source, std::less<>> modules,
                      std::vector<npm_package> packages = {});
  ~module_set();
  const module_source* find(std::string_view path) const;
  const std::map<std::string, module_source, std::less<>>& all() const noexcept { return modules_; }
  /// Sorted, each name once.
  const std::vector<npm_package>& packages() const noexcept { return packages_; }
  struct cache;
  cache& compiled() const noexcept { return *cache_; }

 private:
  std::map<std::string, module_source, std::less<>> modules_;
  std::vector<npm_package> packages_;
  std::unique_ptr<cache> cache_;
};

enum class function_kind { query, mutation, action };

using environment_variables = std::map<std::string, std::string>;

using seed = std::array<std::uint8_t, 32>;

/// What a function threw, with frames mapped to the sources ("Uncaught Error: boom\n    at ...\n").
struct js_error {
  std::string message;        ///< "Uncaught Error: boom"
  std::string display;        ///< message, newline, one line per frame, trailing newline
  std::optional<value> data;  ///< ConvexError payload
  bool fatal = false;         ///< Timeout or out of memory: kills callers too, not catchable.
};

struct run_request;
struct run_result;

/// The isolate that is running now; lets a syscall run another function inside it (`ctx.runQuery`).
class scope {
 public:
  virtual ~scope() = default;
  /// Fresh context, same isolate, same frozen time; the seed is drawn from the caller's generator.
  virtual run_result run_nested(const run_request& request) = 0;
};

/// The syscalls of npm `convex`, as JSON text in and out. Called on the thread that runs the function, one at a time;
/// but `async_syscall` of an action on other threads, up to eight at a time, beside the rest. A deterministic failure
/// becomes a catchable JavaScript error with the message and `data`; any other ends the run with that failure.
class syscall_host {
 public:
  virtual ~syscall_host() = default;
  virtual outcome<std::string> syscall(std::string_view name, std::string_view args_json) = 0;
  virtual outcome<std::string> async_syscall(scope& s, std::string_view name, std::string_view args_json) = 0;
  virtual std::optional<std::string> environment_variable(std::string_view name) = 0;
  /// All of them, the built-in ones included: for actions in Node.js, which cannot ask for one at a time.
  virtual environment_variables all_environment_variables() { return {}; }
  /// A new file of an action.
  virtual outcome<std::unique_ptr<file_writer>> store_file(const file_to_store&) {
    return bad_request("NoStorageInQueriesOrMutations", "Only actions can store files from code.");
  }
  /// Null when there is no such file.
  virtual outcome<std::unique_ptr<file_reader>> open_file(std::string_view /*storage_id*/) {
    return bad_request("NoStorageInQueriesOrMutations", "Only actions can load files into code.");
  }
  /// A line was logged (called as it happens; the run's result has all of them too).
  virtual void logged(const log_line&) {}
};

struct run_limits {
  /// Queries and mutations: JavaScript's processor time; the clock stops during syscalls, nested runs share it.
  /// Actions: time on the wall, waiting included; they want `for_actions()`.
  std::chrono::milliseconds user_time{1000};
  std::chrono::milliseconds system_time{15000};  ///< Time spent in syscalls; not limited in actions.
  std::size_t heap_bytes = 64u << 20;
  std::size_t max_log_lines = 256;

  static run_limits for_actions() {
    run_limits l;
    l.user_time = std::chrono::minutes(30);
    return l;
  }
};

/// Bytes that JavaScript can read under an id: the body of a request, or the signal that its client has gone.
struct incoming_stream {
  std::string id;
  std::shared_ptr<byte_stream> stream;  ///< The run reads; whoever asked for it writes.
};

/// How a run of an HTTP action differs from that of an action: the module is http.js, `args_json` is the request as
/// the npm package takes it ({url, method, headerPairs, streamId, signal}; the ids name streams of `incoming`).
struct http_call {
  std::string method;       ///< "GET"
  std::string routed_path;  ///< As the router sees it.
  /// The response is known: {headerPairs, status, streamId, url?} as JSON, and its body, null when it has none.
  /// Called once, on the thread of the run, which goes on until the body is written, read to the end or cancelled.
  /// What the function throws later is the failure of the body, and `thrown` of the result. Not called when the
  /// function fails before it has a response.
  std::function<void(const std::string& response_json, std::shared_ptr<byte_stream> body)> on_response;
  /// The router has found "GET /users/*": its own words for the route. Called before the function runs.
  std::function<void(std::string route)> on_route = {};
};

struct run_request {
  function_kind what = function_kind::query;
  std::shared_ptr<const module_set> modules;
  std::string module_path;   // "messages.js"
  std::string function;      // export name
  std::string args_json;     // JSON text of the array of arguments
  std::string display_path;  // "messages:list", for texts
  seed random_seed{};
  double unix_timestamp_ms = 0;  // frozen for queries and mutations
  seed import_seed{};
  double import_timestamp_ms = 0;
  syscall_host* host = nullptr;  // never null; outlives the run
  run_limits limits;
  std::vector<incoming_stream> incoming;
  std::optional<http_call> http;  // an HTTP action; `what` is action, `function` is not used
};

struct run_result {
  /// JSON text of the returned value (of an HTTP action: its response), the error that the function threw, or a
  /// failure of ours. An HTTP action for whose path the router has no route fails with code "NoMatchingRoute".
  std::optional<std::string> value_json;
  std::optional<js_error> thrown;
  std::optional<failure> failed;
  std::vector<log_line> log_lines;
  bool observed_time = false;
  bool observed_random = false;
  std::chrono::microseconds user_time{0};    ///< As the limit counts it.
  std::chrono::microseconds script_time{0};  ///< The same without what an action has waited; 0 for Node.js.
};

/// Result of looking at a module at push time, in the shape of ANALYZED_MODULE of the push protocol.
struct analyzed_module {
  value json;
};

struct runtime_options {
  std::size_t isolates = 2;                           ///< That run queries and mutations, each one at a time.
  std::chrono::milliseconds patience{5'000};          ///< How long a query or mutation waits for one of them.
  std::size_t max_actions = 64;                       ///< Actions at once.
  std::chrono::milliseconds action_patience{10'000};  ///< How long an action waits for its turn when there are more.
  std::shared_ptr<fetch_client> fetch;                ///< For fetch() in actions; null: it fails.
  std::shared_ptr<node_executor> node;                ///< For modules for Node.js; null: they are refused.
  /// A context that a query or mutation has left exactly as it was serves the next one, too. False: a new context for
  /// each run, much slower, with the same results.
  bool reuse_contexts = true;
};

/// Contexts of functions since the start.
struct context_counts {
  std::uint64_t made = 0;
  std::uint64_t reused = 0;  ///< How often a run left its context as it was, so that it serves another one.
};

/// Safe from any thread. `run` runs the function on the caller's thread, which should have a stack of 4 MiB or more:
/// with less, JavaScript may not call itself as deep. A queue waits for a free isolate, actions not longer than
/// `patience` or `action_patience`: then they fail with code "TooManyConcurrentRequests".
class runtime {
 public:
  static outcome<std::unique_ptr<runtime>> start(const runtime_options& options, clock& c);
  virtual ~runtime() = default;

  virtual run_result run(const run_request& request) = 0;
  virtual context_counts contexts() const { return {}; }

  /// Evaluates a module and describes its functions, routes and crons. The failure's text is the one the CLI shows.
  /// Whether the targets of crons exist is for the caller, who knows the other modules.
  virtual outcome<analyzed_module> analyze(const std::shared_ptr<const module_set>& modules, const std::string& path,
                                           const seed& import_seed, double import_timestamp_ms,
                                           const std::function<std::optional<std::string>(std::string_view)>& env) = 0;
  /// The same for a module for Node.js.
  virtual outcome<analyzed_module> analyze_in_node(const std::shared_ptr<const module_set>& modules,
                                                   const std::string& path, const environment_variables& env) = 0;
  /// `JSON.parse(default.export())` of a schema bundle.
  virtual outcome<value> evaluate_schema(const module_source& schema, const seed& import_seed,
                                         double import_timestamp_ms) = 0;
  /// `default.export()` of a convex.config bundle. `component_dependency_modules`: specifier as the bundle imports
  /// it ("./_componentDeps/<base64url>") to the text of the module to give it. `env` empty: a component, which has
  /// no environment variables.
  virtual outcome<value> evaluate_definition(
      const module_source& definition, const std::map<std::string, std::string>& component_dependency_modules,
      const std::function<std::optional<std::string>(std::string_view)>& env) = 0;
  /// The default export of auth.config.js.
  virtual outcome<value> evaluate_auth_config(
      const module_source& config, const std::function<std::optional<std::string>(std::string_view)>& env) = 0;
};

}  // namespace hull::backend::runtime
