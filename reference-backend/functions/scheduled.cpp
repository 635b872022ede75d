// Translates between the scheduler and the runner.
#include "functions/scheduled.hpp"

#include "functions/call_check.hpp"
#include "functions/mutation_retry.hpp"

#include <hull/value/json.hpp>

#include <utility>

namespace hull::backend::functions {
namespace {

/// Nobody's call, which may reach what is internal. The failure is one of the stored path or arguments.
outcome<checked_call> read_call(const scheduler::scheduled_call& from) {
  auto path = parse_function_path(from.path);
  if (!path) return path.error();
  auto args = read_arguments(*path, from.args_json);
  if (!args) return args.error();
  checked_call call;
  call.path = *std::move(path);
  call.args = *std::move(args);
  call.args_text = write_json(call.args);
  call.request_id = from.request_id;
  call.job_id = from.job_id;
  call.caller = from.job_id ? callers::scheduler : callers::cron;
  call.allow_internal = true;
  return call;
}

scheduler::call_end end_of(finished_call finished) {
  scheduler::call_end end{std::move(finished.result), std::nullopt, texts_of(finished.log_lines)};
  if (finished.thrown) end.error = std::move(finished.thrown->display);
  return end;
}

scheduler::call_end refused(const failure& why) { return {{}, why.message, {}}; }

}  // namespace

outcome<scheduler::callable> scheduled_functions::what_is(database::transaction& tx, const std::string& path) {
  auto deployed = shared_.deployments.deployment_of(tx);
  if (!deployed) return deployed.error();
  const auto found = (*deployed)->functions.find(path);
  if (found == (*deployed)->functions.end()) return scheduler::callable::missing;
  switch (found->second.kind) {
    case runtime::function_kind::mutation:
      return scheduler::callable::mutation;
    case runtime::function_kind::action:
      return scheduler::callable::action;
    case runtime::function_kind::query:
      break;
  }
  return scheduler::callable::query;
}

outcome<std::optional<scheduler::call_end>> scheduled_functions::mutation(const scheduler::scheduled_call& from,
                                                                          const scheduler::before_run& before,
                                                                          const scheduler::after_run& after) {
  auto call = read_call(from);
  if (!call) return std::optional(refused(call.error()));
  const company with{before, [&](database::transaction& tx, const finished_call& finished) {
                       return after(tx, {finished.result, std::nullopt, texts_of(finished.log_lines)});
                     }};
  // The scheduler tries for as long as it takes.
  auto finished = runs_.mutation_once(*call, with, {from.conflicts, from.conflicts >= max_conflict_retries, false});
  if (!finished) return finished.error();
  if (!*finished) return std::optional<scheduler::call_end>();
  return std::optional(end_of(**std::move(finished)));
}

outcome<scheduler::call_end> scheduled_functions::action(const scheduler::scheduled_call& from) {
  auto call = read_call(from);
  if (!call) return refused(call.error());
  auto finished = runs_.action(*call);
  if (!finished) return finished.error();
  return end_of(*std::move(finished));
}

}  // namespace hull::backend::functions
