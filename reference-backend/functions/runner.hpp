// Runs queries, mutations and actions from the outside: snapshots and the cache, commits and retries.
#pragma once

#include "common/failure.hpp"
#include "functions/query_cache.hpp"
#include "functions/right_of_way.hpp"
#include "functions/run.hpp"

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
  std::optional<std::string> job_id;  ///< Of the scheduled function that makes this call, however deep.
  bool allow_internal = false;
  std::string_view caller = callers::http;
  client_pointer client;
};

/// How a mutation or an action ended.
struct finished_call {
  value result;
  std::optional<runtime::js_error> thrown;
  std::vector<std::string> log_lines;
  database::timestamp ts = 0;
  std::shared_ptr<const std::string> result_json{};  ///< Text of `result`; null when it threw.
  std::optional<unsigned> http_status = {};          ///< Of an HTTP action that answered.
};

/// What somebody adds to the transaction of a mutation.
struct company {
  std::function<outcome<bool>(database::transaction&)> before;  ///< False: there is nothing to do any more.
  std::function<outcome<void>(database::transaction&, const finished_call&)> after;  ///< Not when the function throws.
};

struct http_request;

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
  outcome<finished_call> action(const checked_call& call);
  /// Answers through `request.respond` unless it fails.
  outcome<finished_call> http_action(http_request& request);

  /// One attempt at a mutation, with what others write in the same commit. Nothing: `with.before` said no.
  outcome<std::optional<finished_call>> mutation_once(const checked_call& call, const company& with, bool alone);

 private:
  run_session new_session(const checked_call& call, std::shared_ptr<const deployment> deployed) const;
  /// Tells the observer, if there is one, of a query that began at `began_ns`; `lines` of a run of its own.
  void tell_query(const checked_call& call, std::int64_t began_ns, const query_run& run,
                  std::optional<std::vector<std::string>> lines) const;
  /// `lines` gets what the function wrote, whether or not clients may see it.
  outcome<query_cache::run_pointer> run_query(const checked_call& call, database::timestamp ts,
                                              std::vector<std::string>& lines);
  outcome<finished_call> run_action(const checked_call& call);
  outcome<finished_call> run_http_action(http_request& request);
  outcome<std::optional<finished_call>> attempt_mutation(const checked_call& call, const company& with);
  /// A record of what ended just now and began at `began_ns` on the steady clock.
  function_record record_of(run_kind kind, const checked_call& call, std::int64_t began_ns) const;
  /// Tells the observer, which there must be.
  void tell(function_record record, const finished_call& finished) const;
  /// What every mutation and action ends with: the text of its result, and its record.
  void conclude_call(run_kind kind, const checked_call& call, std::int64_t began_ns, finished_call& finished) const;

  const services& shared_;
  query_cache cache_;
  right_of_way turns_;
};

/// "[Request ID: 0123456789abcdef] Server Error\n<text>"; redacted, without the text. Data of a ConvexError always goes
/// out.
function_error client_error(const std::string& request_id, const runtime::js_error& thrown, bool redacted);

}  // namespace hull::backend::functions
