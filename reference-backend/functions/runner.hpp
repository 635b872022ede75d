// Runs queries, mutations and actions from the outside: snapshots and the cache, commits and retries.
#pragma once

#include "common/failure.hpp"
#include "functions/known_requests.hpp"
#include "functions/query_cache.hpp"
#include "functions/right_of_way.hpp"
#include "functions/run.hpp"

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace hull::backend::functions {

/// A call whose path and arguments are understood.
struct checked_call {
  function_path path;
  value args;             ///< Array of arguments.
  std::string args_text;  ///< The same, canonical.
  identity who;
  std::string request_id;
  std::optional<std::string> journal;
  std::optional<session_request> session;
  std::shared_ptr<std::atomic<bool>> committing;  ///< function_call::committing
  std::optional<std::string> job_id;              ///< Of the scheduled function that makes this call, however deep.
  bool allow_internal = false;
  std::string_view caller = callers::http;
  client_pointer client;
  std::string parent_execution{};  ///< Of the action that makes it; empty when none does.
};

/// How a mutation or an action ended.
struct finished_call {
  value result;
  std::optional<runtime::js_error> thrown;
  std::vector<runtime::log_line> log_lines;
  database::timestamp ts = 0;
  std::shared_ptr<const std::string> result_json{};  ///< Text of `result`; null when it threw.
  std::optional<unsigned> http_status = {};          ///< Of an HTTP action that answered.
  bool replayed = false;                             ///< It did not run: an earlier call of the same request did.
};

/// What somebody adds to the transaction of a mutation.
struct company {
  std::function<outcome<bool>(database::transaction&)> before;  ///< False: there is nothing to do any more.
  std::function<outcome<void>(database::transaction&, const finished_call&)> after;  ///< Not when the function throws.
};

/// Which of the attempts at a mutation.
struct mutation_attempt {
  std::int64_t conflicts = 0;  ///< Attempts before it that others got in the way of.
  bool alone = false;          ///< Without rivals.
  bool last = false;           ///< Nobody tries again when others get in the way of this one, too.
};

using run_later = application::run_later;
using mutation_answer = std::function<void(outcome<finished_call>)>;

struct http_request;
class run_report;

/// Safe from any thread.
class runner {
 public:
  explicit runner(const services& shared);

  /// Tells the observer of a call that was refused before it could run.
  void tell_refused(run_kind kind, const checked_call& call, const runtime::js_error& why) const;

  outcome<query_cache::run_pointer> query(const checked_call& call, std::optional<database::timestamp> ts);
  /// The same as far as it goes without waiting or running (query_cache::look).
  query_cache::glance look(const checked_call& call, database::timestamp ts, query_cache::landing landed);
  outcome<finished_call> mutation(const checked_call& call);
  /// The same, but the thread is free again as soon as the function has run, unless nobody else is committing. `answer`
  /// is called once, perhaps before this returns, from a thread on which others wait: it must neither block nor throw.
  void mutation(const checked_call& call, const run_later& later, mutation_answer answer);
  outcome<finished_call> action(const checked_call& call);
  /// Answers through `request.respond` unless it fails.
  outcome<finished_call> http_action(http_request& request);

  /// One attempt at a mutation, with what others write in the same commit. Nothing: `with.before` said no.
  outcome<std::optional<finished_call>> mutation_once(const checked_call& call, const company& with,
                                                      const mutation_attempt& which);

 private:
  run_session new_session(const checked_call& call, std::shared_ptr<const deployment> deployed) const;
  /// Tells the observer, if it wants to hear of it, of a query that did not run.
  void tell_known(const checked_call& call, std::int64_t began_ns, const query_run& run) const;
  outcome<query_cache::run_pointer> run_query(const checked_call& call, database::timestamp ts, run_report& report);
  outcome<finished_call> run_action(const checked_call& call, run_report& report);
  outcome<finished_call> run_http_action(http_request& request, const checked_call& call, run_report& report);
  struct executed_mutation;
  struct open_mutation;
  outcome<executed_mutation> execute_mutation(const checked_call& call, const company& with, run_report& report);
  /// `ts`: when it was committed, or why not.
  outcome<finished_call> settle_mutation(const checked_call& call, executed_mutation executed,
                                         const outcome<database::timestamp>& ts, run_report& report);
  void settle_open_mutation(const std::shared_ptr<open_mutation>& mine, const outcome<database::timestamp>& ts);
  outcome<finished_call> retry_mutation(const checked_call& call, int first_retry);

  const services& shared_;
  query_cache cache_;
  known_requests known_;
  right_of_way turns_;
};

/// "[Request ID: 0123456789abcdef] Server Error\n<text>"; redacted, without the text. Data of a ConvexError always goes
/// out.
function_error client_error(const std::string& request_id, const runtime::js_error& thrown, bool redacted);

}  // namespace hull::backend::functions
