// Everything that the edges (HTTP, sync, CLI) ask of a running deployment.
#pragma once

#include "common/clock.hpp"
#include "common/failure.hpp"
#include "common/random.hpp"
#include "database/database.hpp"
#include "files/file_storage.hpp"
#include "functions/function_record.hpp"
#include "runtime/runtime.hpp"
#include "scheduler/callee.hpp"

#include <hull/value/value.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace hull::backend::functions {

/// On whose behalf a function runs: nobody, a user, an admin, or an admin who acts as a user.
struct identity {
  bool admin = false;
  std::optional<value> attributes;  ///< Object with tokenIdentifier, issuer, subject, ... ; nothing when anonymous.
  /// HTTP actions run even when the caller's token was refused; `getUserIdentity()` then throws this.
  std::optional<failure> refusal = {};
};

/// Where a call comes from, as `getRequestMetadata` tells mutations and actions. Shared by all calls that follow from
/// it.
struct client_details {
  std::optional<std::string> ip;          ///< Of whoever connected; of the proxy where there is one.
  std::optional<std::string> user_agent;  ///< As sent, the first 512 bytes.
  std::optional<std::string> auth_token;  ///< The user's token, which was accepted.
};
using client_pointer = std::shared_ptr<const client_details>;  ///< Null: nobody connected, as for crons.

/// What a function threw, as clients get it.
struct function_error {
  std::string message;        ///< "[Request ID: 0123456789abcdef] Server Error\nUncaught Error: ..."
  std::optional<value> data;  ///< ConvexError payload
};

/// A finished run of a query. Immutable and shared by every watcher of the same query.
struct query_outcome {
  std::shared_ptr<const std::string> value_json;  ///< Canonical encoded JSON; null when `error` is set.
  std::optional<function_error> error;
  std::vector<std::string> log_lines;
  std::optional<std::string> journal;
  std::shared_ptr<const database::read_set> reads;
  database::timestamp ts = 0;  ///< The snapshot it ran on.
  std::uint64_t digest = 0;    ///< Of value or error, and log lines: equal digests need no resend.
};

struct call_outcome {
  std::shared_ptr<const std::string> value_json;
  std::optional<function_error> error;
  std::vector<std::string> log_lines;
  database::timestamp ts = 0;  ///< Commit time of a mutation that succeeded.
};

/// Keys a mutation of a sync session, so that a replay returns the first result instead of running again.
struct session_request {
  std::string session_id;
  std::uint32_t request_id = 0;
};

struct function_call {
  std::string path;  ///< As the caller wrote it.
  std::string component_path;
  std::string args_json;  ///< JSON array of arguments, encoded values.
  identity who;
  std::string request_id;                  ///< 16 hex digits, for error texts and logs.
  std::optional<std::string> journal;      ///< Queries only.
  std::optional<session_request> session;  ///< Mutations over a socket.
  /// Of a mutation, when set: true from before its writes may be seen until the caller, who has the answer, says false.
  /// Not when it ends without having written.
  std::shared_ptr<std::atomic<bool>> committing;
  bool allow_internal = false;
  std::string_view caller = callers::http;
  client_pointer client;
};

struct application_options {
  std::string instance_name = "hull-development";
  std::string origin;  ///< "http://127.0.0.1:3210"
  std::string site_origin;
  /// Clients get neither log lines nor the texts of errors, as from a production deployment.
  bool redact_logs_to_client = false;
  runtime::runtime_options runtime;
  std::shared_ptr<files::blob_store> blobs;  ///< Null: file storage is refused.
  files::upload_key upload_key{};            ///< Signs upload URLs.
  /// Signs claims (JSON) for `ctx.auth.signJwt`; it fails when this is empty.
  std::function<outcome<std::string>(std::string_view claims_json)> sign_token;
  std::function<void(const std::string&)> log;  ///< Warnings for the operator of the backend.
  function_observer observe;                    ///< Hears of every run; nobody does when it is empty.
  /// Asked, at a time of the steady clock, before `observe` hears of a query whose result was known: there are many,
  /// and no record is made when the answer is no. Empty: it hears of all.
  std::function<bool(std::int64_t now_ns)> observe_known;
  std::function<void(std::chrono::milliseconds)> sleep;  ///< Between retries; the thread sleeps when empty.
};

struct http_request;  // functions/http_action.hpp

/// Safe from any thread; the calls block until the function is done, unless they say otherwise.
/// A `failure` in an outcome is for the transport (overload, not found, our own fault); what a function throws, and
/// calls that were refused (unknown function, bad arguments), are a `function_error` inside the outcome.
class application {
 public:
  static outcome<std::unique_ptr<application>> start(std::unique_ptr<database::database> db,
                                                     const application_options& options, clock& c, random_source& r);
  /// With a runtime of the caller's own, for tests.
  static outcome<std::unique_ptr<application>> start(std::unique_ptr<database::database> db,
                                                     std::unique_ptr<runtime::runtime> js,
                                                     const application_options& options, clock& c, random_source& r);
  ~application();

  database::database& db() noexcept;
  const application_options& options() const noexcept;
  files::file_storage& files() noexcept;
  runtime::context_counts contexts() const;

  /// Runs at `ts` (or the newest snapshot), or takes the cached result if nothing it read has changed since.
  outcome<std::shared_ptr<const query_outcome>> query(const function_call& call,
                                                      std::optional<database::timestamp> ts = {});
  struct query_glance {
    std::shared_ptr<const query_outcome> result;  ///< If it is known.
    /// Somebody else's call is running it: `landed` will be called, on the thread of that one.
    bool under_way = false;
  };
  /// Null: the result is of no use for that snapshot.
  using query_landing = std::function<void(outcome<std::shared_ptr<const query_outcome>>)>;
  /// What `query` would return at `ts`, as far as that is known without running anything. Never blocks.
  query_glance look_for_query(const function_call& call, database::timestamp ts, const query_landing& landed);
  outcome<call_outcome> mutation(const function_call& call);
  /// Runs something on a thread where it may block; false when none can be had.
  using run_later = std::function<bool(std::function<void()>)>;
  using call_answer = std::function<void(outcome<call_outcome>)>;
  /// The same, but the thread is free again as soon as the function has run, unless nobody else is committing. `answer`
  /// is called once, perhaps before this returns, from a thread on which others wait: it must neither block nor throw.
  void mutation(const function_call& call, const run_later& later, const call_answer& answer);
  outcome<call_outcome> action(const function_call& call);
  /// Returns when the function is done, which may be after its response. Answers through `request.respond`, unless it
  /// returns a failure.
  outcome<call_outcome> http_action(http_request& request);
  /// Whatever the path names (admin's /api/function).
  outcome<call_outcome> any_function(const function_call& call);

  /// For the scheduler, which runs functions on its own.
  scheduler::callee& scheduled_functions() noexcept;

  // The push protocol (control-plane specification, section 5): request bodies in, response bodies out.
  outcome<value> config_hashes(const value& request);
  outcome<value> evaluate_push(const value& request);
  outcome<value> start_push(const value& request);
  outcome<value> wait_for_schema(const value& request);
  outcome<value> finish_push(const value& request);

  /// The providers of the deployed auth.config, as its push stored them.
  outcome<array> auth_providers();

  // Environment variables of the deployment.
  outcome<std::map<std::string, std::string>> environment_variables();
  outcome<void> update_environment_variables(
      const std::vector<std::pair<std::string, std::optional<std::string>>>& changes);

 private:
  struct impl;
  explicit application(std::unique_ptr<impl> i);
  std::unique_ptr<impl> impl_;
};

}  // namespace hull::backend::functions
