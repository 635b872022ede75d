// Queries through the cache, mutations through the retry loop, actions beside both.
#include "functions/runner.hpp"

#include "common/busy.hpp"
#include "common/sha256.hpp"
#include "database/commit_ts.hpp"
#include "functions/action_host.hpp"
#include "functions/call_check.hpp"
#include "functions/mutation_retry.hpp"
#include "functions/run_report.hpp"
#include "functions/session_requests.hpp"
#include "functions/system_queries.hpp"
#include "functions/transaction_host.hpp"
#include "functions/warnings.hpp"

#include <hull/value/json.hpp>

#include <charconv>
#include <utility>

namespace hull::backend::functions {
namespace {

constexpr std::size_t cache_bytes = 100u << 20;

/// Equal results have equal digests; the request id of an error does not count.
std::uint64_t digest_of(const query_run& run) {
  std::string all = run.value_json ? "v" + *run.value_json : "e" + run.display;
  if (run.error && run.error->data) all += "\n" + write_json(*run.error->data);
  for (const std::string& line : run.log_lines) (all += '\0') += line;
  const std::string hex = sha256_hex(all);
  std::uint64_t digest = 0;
  std::from_chars(hex.data(), hex.data() + 16, digest, 16);
  return digest;
}

query_key key_of(const checked_call& call) {
  return {call.path.canonical(), call.args_text, identity_key(call.who), call.journal.value_or(""),
          call.allow_internal};
}

void warn(run_session& session, const run_extent& run) {
  for (runtime::log_line& line : limit_warnings(run, session.shared.time.wall_ns() / 1'000'000))
    session.log.add_warning(std::move(line));
}

/// The text of the result of every mutation and action, unless it is there.
void write_result(finished_call& finished) {
  if (finished.thrown || finished.result_json) return;
  finished.result_json = std::make_shared<const std::string>(write_json(finished.result));
}

/// Of an attempt that others got in the way of, or of one with which the mutation is over.
void report_mutation(run_report& report, outcome<finished_call>& attempt, const mutation_attempt& which) {
  if (!attempt) {
    if (attempt.error().who == blame::conflict) report.end(attempt.error(), which.conflicts, !which.last);
    return;
  }
  write_result(*attempt);
  if (!attempt->replayed) report.end(*attempt);
}

/// Finds the function, checks the arguments and runs it in `tx`; refusals come back as thrown.
struct transaction_run {
  function_end end;
  std::optional<std::string> journal;
};

outcome<transaction_run> refused(const failure& f) {
  if (!f.deterministic()) return f;
  transaction_run run;
  run.end.thrown = as_thrown(f);
  return run;
}

outcome<transaction_run> run_in_transaction(run_session& session, database::transaction& tx, const checked_call& call,
                                            runtime::function_kind kind, run_report& report) {
  auto function = find_function(*session.deployed, call.path, kind, call.allow_internal);
  if (!function) return refused(function.error());
  report.found(*session.deployed->modules, call.path.module);
  if (auto checked = check_arguments(**function, call.args, tx); !checked) return refused(checked.error());

  transaction_host host(session, tx, **function, 0, call.journal);
  const runtime::run_request request = make_request(session, **function, call.args_text, host);
  runtime::run_result ran = session.shared.js.run(request);
  report.ran(ran);
  report.used(tx);
  const auto took = ran.user_time;
  const std::size_t result_bytes = ran.value_json ? ran.value_json->size() : 0;
  auto end = conclude(session, tx, **function, std::move(ran));
  if (!end) return end.error();
  warn(session, {kind, call.args, call.args_text.size(), end->thrown ? nullptr : &end->result, result_bytes, took,
                 request.limits.user_time, &tx});
  return transaction_run{*std::move(end), host.journal()};
}

outcome<transaction_run> ask_system(const services& shared, const deployment& deployed, database::transaction& tx,
                                    const checked_call& call) {
  auto answer = run_system_query(shared, deployed, tx, call.path, call.args, call.who);
  if (!answer) return refused(answer.error());
  transaction_run run;
  run.end.result = *std::move(answer);
  return run;
}

}  // namespace

function_error client_error(const std::string& request_id, const runtime::js_error& thrown, bool redacted) {
  std::string text = "[Request ID: " + request_id + "] Server Error";
  if (!redacted) text += "\n" + thrown.display;
  return {std::move(text), thrown.data};
}

runner::runner(const services& shared)
    : shared_(shared),
      cache_(cache_bytes, [&db = shared.db](const query_run& run, database::timestamp from, database::timestamp to) {
        return db.unchanged(*run.reads, from, to);
      }) {}

void runner::tell_refused(run_kind kind, const checked_call& call, const runtime::js_error& why) const {
  run_report(shared_, kind, call, shared_.time.steady_ns()).end(why);
}

run_session runner::new_session(const checked_call& call, std::shared_ptr<const deployment> deployed) const {
  run_session session{shared_, std::move(deployed), call.who, call.request_id};
  session.job_id = call.job_id;
  session.client = call.client;
  session.timestamp_ms = shared_.now_ms();
  return session;
}

outcome<query_cache::run_pointer> runner::query(const checked_call& call, std::optional<database::timestamp> ts) {
  const database::timestamp at = ts ? *ts : shared_.db.latest_ts();
  const std::int64_t began_ns = shared_.time.steady_ns();
  std::optional<run_report> own;  // Of a run of our own; else the result was known.
  auto run = cache_.get(key_of(call), at, shared_.time.wall_ns(), [&] {
    auto mine = run_query(call, at, own.emplace(shared_, run_kind::query, call, began_ns));
    if (mine) own->end(**mine);  // Before others have the result: then its log is there, too.
    return mine;
  });
  if (run && !own) tell_known(call, began_ns, **run);
  return run;
}

query_cache::glance runner::look(const checked_call& call, database::timestamp ts, query_cache::landing landed) {
  const std::int64_t began_ns = shared_.time.steady_ns();
  auto later = [this, call, began_ns, landed = std::move(landed)](outcome<query_cache::run_pointer> run) {
    if (run && *run) tell_known(call, began_ns, **run);
    landed(std::move(run));
  };
  query_cache::glance seen = cache_.look(key_of(call), ts, shared_.time.wall_ns(), std::move(later));
  if (seen.run) tell_known(call, began_ns, *seen.run);
  return seen;
}

void runner::tell_known(const checked_call& call, std::int64_t began_ns, const query_run& run) const {
  const application_options& options = shared_.options;
  if (!options.observe || is_system_path(call.path)) return;
  if (options.observe_known && !options.observe_known(began_ns)) return;
  run_report report(shared_, run_kind::query, call, began_ns);
  report.record().cached = true;
  report.record().place = run_place::isolate;
  report.end(run);
}

outcome<query_cache::run_pointer> runner::run_query(const checked_call& call, database::timestamp ts,
                                                    run_report& report) {
  auto tx = shared_.db.begin_at(ts);
  if (!tx) return tx.error();
  auto deployed = shared_.deployments.deployment_of(*tx);
  if (!deployed) return deployed.error();

  auto run = std::make_shared<query_run>();
  run->wall_ns = shared_.time.wall_ns();
  run_session session = new_session(call, *deployed);
  auto ran = is_system_path(call.path) ? ask_system(shared_, **deployed, *tx, call)
                                       : run_in_transaction(session, *tx, call, runtime::function_kind::query, report);
  if (!ran) return ran.error();

  std::vector<runtime::log_line> lines = session.log.take();
  if (!shared_.options.redact_logs_to_client) run->log_lines = texts_of(lines);
  report.record().log_lines = std::move(lines);
  run->journal = ran->journal;
  // What only admins may ask must not reach others through the cache.
  run->observed_identity = session.observed_identity || is_system_path(call.path);
  run->observed_time = session.observed_time;
  run->ts = run->first_ts = ts;
  if (ran->end.thrown) {
    run->display = ran->end.thrown->display;
    run->error = client_error(call.request_id, *ran->end.thrown, shared_.options.redact_logs_to_client);
  } else {
    run->value_json = std::make_shared<const std::string>(write_json(ran->end.result));
  }
  run->reads = tx->take_reads();
  run->digest = digest_of(*run);
  return query_cache::run_pointer(std::move(run));
}

/// A mutation whose function has run.
struct runner::executed_mutation {
  finished_call finished;
  std::optional<database::transaction> tx;  ///< To be committed; nothing: all is done.
  std::vector<files::file_row> removed_files;
  known_requests::session_pointer session;  ///< That of the client; null: the call is of none.
  bool unwanted = false;                    ///< company::before said no.
};

/// One that nobody waits for on a thread of his own.
struct runner::open_mutation {
  open_mutation(const services& shared, const checked_call& c, const run_later& l, mutation_answer a)
      : call(c), later(l), answer(std::move(a)), report(shared, run_kind::mutation, call, shared.time.steady_ns()) {}
  const checked_call call;
  const run_later later;
  const mutation_answer answer;
  run_report report;
  right_of_way::turn turn;
  executed_mutation executed;
};

outcome<finished_call> runner::mutation(const checked_call& call) { return retry_mutation(call, 0); }

outcome<finished_call> runner::retry_mutation(const checked_call& call, int first_retry) {
  int retry = first_retry;
  const auto attempt = [&] {
    const bool last = retry == max_conflict_retries;
    auto finished = mutation_once(call, {}, {retry++, last, last});
    if (!finished) return outcome<finished_call>(finished.error());
    return outcome<finished_call>(**std::move(finished));
  };
  return retry_on_conflict(shared_, attempt, max_conflict_retries, first_retry);
}

void runner::mutation(const checked_call& call, const run_later& later, mutation_answer answer) {
  const auto mine = std::make_shared<open_mutation>(shared_, call, later, std::move(answer));
  mine->turn = turns_.together();
  auto executed = execute_mutation(mine->call, {}, mine->report);
  if (!executed) return mine->answer(executed.error());
  if (!executed->tx) {
    mine->turn.reset();
    outcome<finished_call> finished = std::move(executed->finished);
    report_mutation(mine->report, finished, {});
    return mine->answer(std::move(finished));
  }
  database::transaction tx = *std::exchange(executed->tx, std::nullopt);
  mine->executed = *std::move(executed);
  const bool slow = !mine->executed.removed_files.empty();  // files are removed after the commit
  auto settle = [this, mine](const outcome<database::timestamp>& ts) { settle_open_mutation(mine, ts); };
  if (slow)
    settle(shared_.db.commit(std::move(tx), mine->call.path.stripped()));
  else
    shared_.db.commit(std::move(tx), mine->call.path.stripped(), std::move(settle));
}

void runner::settle_open_mutation(const std::shared_ptr<open_mutation>& mine, const outcome<database::timestamp>& ts) {
  auto finished = settle_mutation(mine->call, std::move(mine->executed), ts, mine->report);
  mine->turn.reset();
  report_mutation(mine->report, finished, {});
  if (!finished && finished.error().who == blame::conflict) {
    const bool taken = mine->later([this, mine] {
      wait_before_retry(shared_, 0);
      mine->answer(retry_mutation(mine->call, 1));
    });
    if (taken) return;
    finished = busy();
    tell_refused(run_kind::mutation, mine->call, as_thrown(finished.error()));
  }
  mine->answer(std::move(finished));
}

outcome<std::optional<finished_call>> runner::mutation_once(const checked_call& call, const company& with,
                                                            const mutation_attempt& which) {
  run_report report(shared_, run_kind::mutation, call, shared_.time.steady_ns());
  const auto turn = which.alone ? turns_.alone() : turns_.together();
  auto executed = execute_mutation(call, with, report);
  if (!executed) return executed.error();
  if (executed->unwanted) return std::optional<finished_call>();
  outcome<finished_call> finished = internal_failure("The mutation did not end.");
  if (executed->tx) {
    const auto ts = shared_.db.commit(*std::exchange(executed->tx, std::nullopt), call.path.stripped());
    finished = settle_mutation(call, *std::move(executed), ts, report);
  } else {
    finished = std::move(executed->finished);
  }
  report_mutation(report, finished, which);
  if (!finished) return finished.error();
  return std::optional(*std::move(finished));
}

outcome<runner::executed_mutation> runner::execute_mutation(const checked_call& call, const company& with,
                                                            run_report& report) {
  executed_mutation out;
  auto tx = shared_.db.begin();
  auto deployed = shared_.deployments.deployment_of(tx);
  if (!deployed) return deployed.error();
  if (call.session) {
    out.session = known_.enter(call.session->session_id);
    auto recorded = find_recorded(shared_, tx, *call.session, *out.session);
    if (!recorded) return recorded.error();
    if (*recorded) {
      out.finished = **std::move(recorded);
      return out;
    }
  }
  if (with.before) {
    auto wanted = with.before(tx);
    if (!wanted) return wanted.error();
    out.unwanted = !*wanted;
    if (out.unwanted) return out;
  }

  run_session session = new_session(call, *deployed);
  session.owns_job = with.before != nullptr && call.job_id.has_value();
  session.in_mutation = true;
  auto ran = run_in_transaction(session, tx, call, runtime::function_kind::mutation, report);
  if (!ran) return ran.error();
  out.finished.result = std::move(ran->end.result);
  out.finished.thrown = std::move(ran->end.thrown);
  out.finished.log_lines = session.log.take();
  if (out.finished.thrown) return out;
  // Now, and not when others wait for the commit; a result that holds the time of the commit comes later.
  if (!database::holds_commit_ts(out.finished.result)) write_result(out.finished);

  if (call.session) {
    out.session->will_record(call.session->request_id);
    auto noted = record(tx, *call.session, out.finished);
    if (!noted) return noted.error();
  }
  if (with.after) {
    auto noted = with.after(tx, out.finished);
    if (!noted) return noted.error();
  }
  out.removed_files = std::move(session.removed_files);
  out.tx = std::move(tx);
  if (call.committing) call.committing->store(true);
  return out;
}

outcome<finished_call> runner::settle_mutation(const checked_call& call, executed_mutation executed,
                                               const outcome<database::timestamp>& ts, run_report& report) {
  finished_call finished = std::move(executed.finished);
  if (!ts) {
    if (call.committing) call.committing->store(false);
    report.record().log_lines = finished.log_lines;  // For when this was a conflict, and the call goes on.
    if (!ts.error().deterministic()) return ts.error();
    finished.thrown = as_thrown(ts.error());
    finished.result_json = nullptr;
    return finished;
  }
  finished.ts = *ts;
  if (!finished.result_json)
    finished.result = database::with_commit_ts(finished.result, static_cast<std::int64_t>(finished.ts));
  shared_.files.remove_blobs(executed.removed_files);
  return finished;
}

outcome<finished_call> runner::action(const checked_call& call) {
  run_report report(shared_, run_kind::action, call, shared_.time.steady_ns());
  auto finished = run_action(call, report);
  if (!finished) return finished;
  write_result(*finished);
  report.end(*finished);
  return finished;
}

outcome<finished_call> runner::run_action(const checked_call& call, run_report& report) {
  auto tx = shared_.db.begin();
  auto deployed = shared_.deployments.deployment_of(tx);
  if (!deployed) return deployed.error();
  auto environment = read_environment(tx);
  if (!environment) return environment.error();

  finished_call finished;
  const auto refuse = [&](const failure& f) -> outcome<finished_call> {
    if (!f.deterministic()) return f;
    finished.thrown = as_thrown(f);
    return finished;
  };
  auto function = find_function(**deployed, call.path, runtime::function_kind::action, call.allow_internal);
  if (!function) return refuse(function.error());
  report.found(*(*deployed)->modules, call.path.module);
  if (auto checked = check_arguments(**function, call.args, tx); !checked) return refuse(checked.error());

  run_session session = new_session(call, *deployed);
  report.follow(session);
  action_host host(*this, session, **function, *std::move(environment));
  const runtime::run_request request = make_request(session, **function, call.args_text, host);
  auto ran = shared_.js.run(request);
  report.ran(ran);
  const auto took = ran.user_time;
  const std::size_t result_bytes = ran.value_json ? ran.value_json->size() : 0;
  auto now = shared_.db.begin();  // The result may name tables that the action has made.
  auto end = conclude(session, now, **function, std::move(ran));
  if (!end) return end.error();
  warn(session, {runtime::function_kind::action, call.args, call.args_text.size(), end->thrown ? nullptr : &end->result,
                 result_bytes, took, request.limits.user_time, nullptr});
  finished.result = std::move(end->result);
  finished.thrown = std::move(end->thrown);
  finished.log_lines = session.log.take();
  return finished;
}

}  // namespace hull::backend::functions
