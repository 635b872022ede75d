// Syscalls of actions.
#include "functions/action_host.hpp"

#include "functions/mutation_retry.hpp"
#include "functions/runner.hpp"
#include "functions/scheduling.hpp"
#include "functions/storage_calls.hpp"
#include "functions/transaction_host.hpp"

#include <hull/value/json.hpp>

#include <utility>

namespace hull::backend::functions {
namespace {

failure thrown_by_callee(std::string message, std::optional<value> data) {
  return {blame::user, "FunctionFailed", std::move(message), std::move(data)};
}

/// An action may catch every failure; of ours it learns nothing but that it happened.
failure for_action(failure f) {
  if (f.deterministic()) return f;
  if (f.who == blame::server) f.message = "Your request couldn't be completed. Try again later.";
  f.who = blame::user;
  return f;
}

}  // namespace

action_host::action_host(runner& calls, run_session& session, const deployed_function& function,
                         environment_map environment)
    : calls_(calls), session_(session), function_(function), environment_(std::move(environment)) {}

outcome<std::string> action_host::syscall(std::string_view name, std::string_view) {
  if (is_known_syscall(name)) return unsupported_syscall(name);
  return bad_request("UnknownOperation", "Unknown operation " + std::string(name));
}

outcome<std::string> action_host::async_syscall(runtime::scope&, std::string_view name, std::string_view args_json) {
  auto answered = answer(name, args_json);
  if (!answered) return for_action(answered.error());
  return answered;
}

outcome<std::string> action_host::answer(std::string_view name, std::string_view args_json) {
  if (name.starts_with("1.0/storage")) return storage(name, args_json);
  const bool schedules = name == "1.0/actions/schedule" || name == "1.0/actions/cancel_job";
  auto args = syscall_args::parse(schedules ? "scheduler" : std::string(name), args_json);
  if (!args) return args.error();
  if (name == "1.0/actions/query") return call(runtime::function_kind::query, *args);
  if (name == "1.0/actions/mutation") return call(runtime::function_kind::mutation, *args);
  if (name == "1.0/actions/action") return call(runtime::function_kind::action, *args);
  if (schedules) return change_schedule(name, *args);
  if (name == "1.0/getUserIdentity") return identity_json(session_.who);
  if (name == "1.0/getFunctionMetadata") return function_metadata_json(function_);
  if (name == "1.0/getDeploymentMetadata") return deployment_metadata_json(session_.shared.options);
  if (name == "1.0/getRequestMetadata") return request_metadata_json(session_);
  if (is_known_syscall(name)) return unsupported_syscall(name);
  return bad_request("UnknownAsyncOperation", "Unknown async operation " + std::string(name));
}

outcome<std::string> action_host::storage(std::string_view name, std::string_view args_json) {
  if (name == "1.0/storageGenerateUploadUrl") return storage_upload_url(session_.shared);
  const bool url = name == "1.0/storageGetUrl";
  const bool metadata = name == "1.0/storageGetMetadata";
  if (!url && !metadata && name != "1.0/storageDelete")
    return bad_request("UnknownAsyncOperation", "Unknown async operation " + std::string(name));
  auto args = syscall_args::parse(url        ? "storage.getUrl"
                                  : metadata ? "storage.getMetadata"
                                             : "storage.delete",
                                  args_json);
  if (!args) return args.error();
  if (!url && !metadata) return delete_file(*args);
  auto tx = session_.shared.db.begin();
  return url ? storage_url(session_.shared, tx, *args) : storage_metadata(tx, *args);
}

outcome<std::string> action_host::delete_file(const syscall_args& args) {
  std::vector<files::file_row> removed;
  auto done = retry_on_conflict(session_.shared, [&]() -> outcome<std::string> {
    removed.clear();
    auto tx = session_.shared.db.begin();
    auto deleted = storage_delete(tx, args, removed);
    if (!deleted) return deleted;
    auto committed = session_.shared.db.commit(std::move(tx), function_.path.stripped());
    if (!committed) return committed.error();
    return deleted;
  });
  if (done) session_.shared.files.remove_blobs(removed);
  return done;
}

outcome<std::string> action_host::call(runtime::function_kind kind, const syscall_args& args) {
  auto path = called_function(args);
  if (!path) return path.error();
  auto call_args = args.required("args");
  if (!call_args) return call_args.error();

  checked_call call;
  call.path = *std::move(path);
  call.args = value::make_array({*call_args});
  call.args_text = write_json(call.args);
  call.who = session_.who;
  call.request_id = session_.request_id;
  call.job_id = session_.job_id;
  call.client = session_.client;
  call.allow_internal = true;
  call.caller = callers::action;
  call.parent_execution = session_.execution_id;

  if (kind == runtime::function_kind::query) {
    auto run = calls_.query(call, std::nullopt);
    if (!run) return run.error();
    if ((*run)->error) return thrown_by_callee((*run)->display, (*run)->error->data);
    return *(*run)->value_json;
  }
  auto finished = kind == runtime::function_kind::mutation ? calls_.mutation(call) : calls_.action(call);
  if (!finished) return finished.error();
  if (finished->thrown) return thrown_by_callee(finished->thrown->display, finished->thrown->data);
  return *finished->result_json;
}

outcome<std::string> action_host::change_schedule(std::string_view name, const syscall_args& args) {
  return retry_on_conflict(
      session_.shared,
      [&]() -> outcome<std::string> {
        auto tx = session_.shared.db.begin();
        auto answer =
            name == "1.0/actions/schedule" ? schedule(session_, tx, args) : cancel_scheduled(session_, tx, args);
        if (!answer) return answer;
        auto committed = session_.shared.db.commit(std::move(tx), function_.path.stripped());
        if (!committed) return committed.error();
        return answer;
      },
      max_callback_retries);
}

outcome<std::unique_ptr<runtime::file_writer>> action_host::store_file(const runtime::file_to_store& what) {
  return functions::store_file(session_.shared, what);
}

outcome<std::unique_ptr<runtime::file_reader>> action_host::open_file(std::string_view storage_id) {
  return functions::open_file(session_.shared, storage_id);
}

runtime::environment_variables action_host::all_environment_variables() {
  return with_built_in_variables(session_.shared.options, environment_);
}

std::optional<std::string> action_host::environment_variable(std::string_view name) {
  if (auto built_in = built_in_variable(session_.shared.options, name)) return built_in;
  const auto found = environment_.find(std::string(name));
  if (found == environment_.end()) return std::nullopt;
  return found->second;
}

}  // namespace hull::backend::functions
