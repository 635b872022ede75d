// The face of a running deployment: puts the parts together and speaks with the edges.
#include "functions/application.hpp"

#include "functions/call_check.hpp"
#include "functions/environment.hpp"
#include "functions/http_action.hpp"
#include "functions/pushes.hpp"
#include "functions/registry.hpp"
#include "functions/runner.hpp"
#include "functions/scheduled.hpp"
#include "functions/system_queries.hpp"

#include <hull/value/json.hpp>

#include <utility>

namespace hull::backend::functions {
namespace {

/// The call with path and arguments understood. A path that cannot be one is the transport's business.
struct prepared {
  checked_call call;
  std::optional<runtime::js_error> refused;
};

outcome<prepared> prepare(const function_call& from) {
  auto path = parse_function_path(from.path);
  if (!path) return path.error();
  prepared result;
  checked_call& call = result.call;
  call.path = *std::move(path);
  call.who = from.who;
  call.request_id = from.request_id;
  call.journal = from.journal;
  call.session = from.session;
  call.committing = from.committing;
  call.allow_internal = from.allow_internal;
  call.caller = from.caller;
  call.client = from.client;
  if (!from.component_path.empty()) {
    result.refused = as_thrown(bad_request("FunctionNotFound", "Could not find function for '" + call.path.stripped() +
                                                                   "' in '" + from.component_path + "'."));
    return result;
  }
  auto args = read_arguments(call.path, from.args_json);
  if (!args) {
    result.refused = as_thrown(args.error());
    return result;
  }
  call.args = *std::move(args);
  call.args_text = write_json(call.args);
  return result;
}

call_outcome present(const query_outcome& query) { return {query.value_json, query.error, query.log_lines, query.ts}; }

}  // namespace

struct application::impl {
  impl(std::unique_ptr<database::database> database, std::unique_ptr<runtime::runtime> runtime,
       const application_options& given, clock& c, random_source& r)
      : options(given),
        db(std::move(database)),
        js(std::move(runtime)),
        stored_files(*db, options.blobs, options.upload_key, options.origin, c, r),
        deployments(*db),
        shared{*db, *js, c, r, deployments, options, stored_files},
        runs(shared),
        scheduled(shared, runs),
        deploys(shared) {}

  /// As the caller gets it.
  call_outcome present(const std::string& request_id, finished_call finished) const {
    call_outcome out;
    if (finished.thrown)
      out.error = client_error(request_id, *finished.thrown, options.redact_logs_to_client);
    else
      out.value_json = finished.result_json ? std::move(finished.result_json)
                                            : std::make_shared<const std::string>(write_json(finished.result));
    if (!options.redact_logs_to_client) out.log_lines = texts_of(finished.log_lines);
    out.ts = finished.ts;
    return out;
  }
  call_outcome refuse(run_kind kind, const checked_call& call, const runtime::js_error& why) const {
    runs.tell_refused(kind, call, why);
    return present(call.request_id, {{}, why, {}, 0});
  }

  const application_options options;
  std::unique_ptr<database::database> db;
  std::unique_ptr<runtime::runtime> js;
  files::file_storage stored_files;
  registry deployments;
  services shared;
  runner runs;
  functions::scheduled_functions scheduled;
  pushes deploys;
};

application::application(std::unique_ptr<impl> i) : impl_(std::move(i)) {}
application::~application() { impl_->db->finish_commits(); }  // their answers need the other parts

outcome<std::unique_ptr<application>> application::start(std::unique_ptr<database::database> db,
                                                         const application_options& options, clock& c,
                                                         random_source& r) {
  auto js = runtime::runtime::start(options.runtime, c);
  if (!js) return js.error();
  return start(std::move(db), *std::move(js), options, c, r);
}

outcome<std::unique_ptr<application>> application::start(std::unique_ptr<database::database> db,
                                                         std::unique_ptr<runtime::runtime> js,
                                                         const application_options& options, clock& c,
                                                         random_source& r) {
  auto parts = std::make_unique<impl>(std::move(db), std::move(js), options, c, r);
  auto tx = parts->db->begin();
  auto deployed = parts->deployments.deployment_of(tx);
  if (!deployed) return deployed.error();
  auto orphans = parts->stored_files.remove_orphans();
  if (!orphans) return orphans.error();
  if (*orphans != 0 && options.log)
    options.log("Removed " + std::to_string(*orphans) + " stored files that were never finished, or deleted.");
  return std::unique_ptr<application>(new application(std::move(parts)));
}

database::database& application::db() noexcept { return *impl_->db; }
const application_options& application::options() const noexcept { return impl_->options; }

scheduler::callee& application::scheduled_functions() noexcept { return impl_->scheduled; }
runtime::context_counts application::contexts() const { return impl_->js->contexts(); }
files::file_storage& application::files() noexcept { return impl_->stored_files; }

outcome<std::shared_ptr<const query_outcome>> application::query(const function_call& call,
                                                                 std::optional<database::timestamp> ts) {
  auto ready = prepare(call);
  if (!ready) return ready.error();
  if (ready->refused) {
    impl_->runs.tell_refused(run_kind::query, ready->call, *ready->refused);
    auto refused = std::make_shared<query_outcome>();
    refused->error = client_error(call.request_id, *ready->refused, impl_->options.redact_logs_to_client);
    refused->reads = std::make_shared<const database::read_set>();
    refused->ts = ts ? *ts : impl_->db->latest_ts();
    refused->digest = std::hash<std::string>{}(ready->refused->display);
    return std::shared_ptr<const query_outcome>(std::move(refused));
  }
  auto run = impl_->runs.query(ready->call, ts);
  if (!run) return run.error();
  return std::shared_ptr<const query_outcome>(*std::move(run));
}

application::query_glance application::look_for_query(const function_call& call, database::timestamp ts,
                                                      const query_landing& landed) {
  auto ready = prepare(call);
  if (!ready || ready->refused) return {};  // `query` says why
  auto seen = impl_->runs.look(ready->call, ts, [landed](outcome<query_cache::run_pointer> run) {
    if (!run) return landed(run.error());
    landed(std::shared_ptr<const query_outcome>(*std::move(run)));
  });
  return {std::move(seen.run), seen.under_way};
}

outcome<call_outcome> application::mutation(const function_call& call) {
  auto ready = prepare(call);
  if (!ready) return ready.error();
  if (ready->refused) return impl_->refuse(run_kind::mutation, ready->call, *ready->refused);
  auto finished = impl_->runs.mutation(ready->call);
  if (!finished) return finished.error();
  return impl_->present(call.request_id, *std::move(finished));
}

void application::mutation(const function_call& call, const run_later& later, const call_answer& answer) {
  auto ready = prepare(call);
  if (!ready) return answer(ready.error());
  if (ready->refused) return answer(impl_->refuse(run_kind::mutation, ready->call, *ready->refused));
  impl_->runs.mutation(ready->call, later,
                       [this, answer, request_id = call.request_id](outcome<finished_call> finished) {
                         if (!finished) return answer(finished.error());
                         answer(impl_->present(request_id, *std::move(finished)));
                       });
}

outcome<call_outcome> application::action(const function_call& call) {
  auto ready = prepare(call);
  if (!ready) return ready.error();
  if (ready->refused) return impl_->refuse(run_kind::action, ready->call, *ready->refused);
  auto finished = impl_->runs.action(ready->call);
  if (!finished) return finished.error();
  return impl_->present(call.request_id, *std::move(finished));
}

outcome<call_outcome> application::http_action(http_request& request) {
  auto finished = impl_->runs.http_action(request);
  if (!finished) return finished.error();
  return impl_->present(request.request_id, *std::move(finished));
}

outcome<call_outcome> application::any_function(const function_call& call) {
  auto ready = prepare(call);
  if (!ready) return ready.error();
  runtime::function_kind kind = runtime::function_kind::query;
  if (!is_system_path(ready->call.path)) {
    if (!call.component_path.empty()) return impl_->refuse(run_kind::unknown, ready->call, *ready->refused);
    auto tx = impl_->db->begin();
    auto deployed = impl_->deployments.deployment_of(tx);
    if (!deployed) return deployed.error();
    auto function = find_function(**deployed, ready->call.path, std::nullopt, call.allow_internal);
    if (!function)
      return impl_->refuse(run_kind::unknown, ready->call,
                           ready->refused ? *ready->refused : as_thrown(function.error()));
    kind = (*function)->kind;
  }
  if (kind == runtime::function_kind::mutation) return mutation(call);
  if (kind == runtime::function_kind::action) return action(call);
  auto result = query(call);
  if (!result) return result.error();
  return present(**result);
}

outcome<value> application::config_hashes(const value&) { return impl_->deploys.config_hashes(); }
outcome<value> application::evaluate_push(const value& request) { return impl_->deploys.evaluate(request); }
outcome<value> application::start_push(const value& request) { return impl_->deploys.start(request); }
outcome<value> application::wait_for_schema(const value& request) { return impl_->deploys.wait_for_schema(request); }
outcome<value> application::finish_push(const value& request) { return impl_->deploys.finish(request); }

outcome<array> application::auth_providers() {
  auto tx = impl_->db->begin();
  auto deployed = impl_->deployments.deployment_of(tx);
  if (!deployed) return deployed.error();
  return (*deployed)->auth;
}

outcome<std::map<std::string, std::string>> application::environment_variables() {
  auto tx = impl_->db->begin();
  return read_environment(tx);
}

outcome<void> application::update_environment_variables(const environment_changes& changes) {
  return impl_->deploys.change_environment(changes);
}

}  // namespace hull::backend::functions
