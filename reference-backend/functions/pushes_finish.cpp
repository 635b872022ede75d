// Putting a push live, and the environment that deployments see.
#include "functions/pushes.hpp"

#include "deploy/responses.hpp"
#include "functions/mutation_retry.hpp"
#include "scheduler/crons.hpp"

#include <algorithm>
#include <utility>

namespace hull::backend::functions {
namespace {

constexpr int max_push_retries = 8;

deploy::deployed_parts parts_of(const deployment& d, value schema) {
  deploy::deployed_parts parts;
  parts.modules = &d.modules->all();
  parts.auth = d.auth;
  if (!d.config.server_version.empty()) parts.server_version = d.config.server_version;
  parts.schema = std::move(schema);
  parts.crons = deploy::crons_of(d.analysis);
  return parts;
}

bool same_modules(const deploy::module_map& a, const deploy::module_map& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
    return x.first == y.first && x.second.sha256 == y.second.sha256 && x.second.node == y.second.node;
  });
}

/// True when putting `next` live would change nothing that running functions can see.
bool same_deployment(const deployment& a, const deployment& b) {
  return !a.empty() && same_modules(a.modules->all(), b.modules->all()) &&
         a.modules->packages() == b.modules->packages() && value(a.auth) == value(b.auth) && a.analysis == b.analysis &&
         a.config.server_version == b.config.server_version && a.config.import_seed == b.config.import_seed &&
         a.functions_directory == b.functions_directory && a.definition == b.definition &&
         a.node_version == b.node_version;
}

/// Runs `attempt` until it succeeds, fails for good, or others were quicker too often.
template <class Attempt>
auto retry_push(const services& shared, Attempt&& attempt) {
  for (int retry = 0;; ++retry) {
    auto result = attempt();
    if (result || result.error().who != blame::conflict) return result;
    if (retry == max_push_retries) {
      result = bad_request("ConcurrentPush", "Another push or a change of the environment finished at the same time.");
      return result;
    }
    wait_before_retry(shared, retry);
  }
}

}  // namespace

outcome<value> pushes::finish(const value& request) {
  const value* start_push = request.find("startPush");
  const value* token = start_push != nullptr ? start_push->find("pushToken") : nullptr;
  if (token == nullptr || !token->is_string())
    return bad_request("BadJsonBody", "The request has no `startPush` from an answer of start_push.");
  const auto push = find(token->as_string());
  if (push == nullptr)
    return bad_request("RaceDetected",
                       "The backend no longer knows this push: it was restarted since the push began, "
                       "or too many other pushes were begun. Deploy again.");
  const value* dry_run = request.find("dryRun");
  if (dry_run != nullptr && dry_run->if_bool() != nullptr && dry_run->as_bool())
    return deploy::empty_finish_push_response();
  return retry_push(shared_, [&] { return try_finish(*push); });
}

outcome<value> pushes::try_finish(const started& push) {
  auto tx = shared_.db.begin();
  auto before = shared_.deployments.deployment_of(tx);
  if (!before) return before.error();
  auto environment = read_environment(tx);
  if (!environment) return environment.error();
  if (*environment != push.environment)
    return bad_request("RaceDetected", "Environment variables have changed during push");
  const auto all = with_built_in_variables(shared_.options, *std::move(environment));
  if (auto set = check_variables(push.next->declared, all); !set) return set.error();

  const value schema_before = shared_.db.active_schema();
  auto index_diff = shared_.db.activate_schema(tx, push.schema_id);
  if (!index_diff) return index_diff.error();
  std::shared_ptr<const deployment> next = push.next;
  if (!same_deployment(**before, *next)) {
    auto fresh = std::make_shared<deployment>(*next);
    fresh->generation = new_token();
    next = std::move(fresh);
    if (auto stored = store_deployment(tx, *next); !stored) return stored.error();
    shared_.deployments.announce(next);
  }
  auto crons = scheduler::store_crons(tx, deploy::crons_of(next->analysis), shared_.time.wall_ns());
  if (!crons) return crons.error();
  auto committed = shared_.db.commit(std::move(tx), "finish_push");
  if (!committed) return committed.error();
  return deploy::finish_push_response(parts_of(**before, schema_before), parts_of(*next, push.schema), *index_diff);
}

outcome<void> pushes::change_environment(const environment_changes& changes) {
  return retry_push(shared_, [&] { return try_change_environment(changes); });
}

outcome<void> pushes::try_change_environment(const environment_changes& changes) {
  auto tx = shared_.db.begin();
  auto deployed = shared_.deployments.deployment_of(tx);
  if (!deployed) return deployed.error();
  auto variables = read_environment(tx);
  if (!variables) return variables.error();
  if (auto applied = apply_changes(*variables, changes); !applied) return applied;
  if (auto suited = check_changes((*deployed)->declared, changes); !suited) return suited;
  if (auto written = write_environment(tx, changes); !written) return written;

  if (const runtime::module_source* config = (*deployed)->modules->find("auth.config.js")) {
    const auto invalid = [](const failure& f) {
      if (!f.deterministic()) return f;
      return bad_request("InvalidAuthConfig", "This change would make the auth config invalid: " + f.message);
    };
    auto exported = shared_.js.evaluate_auth_config(
        *config, deploy::lookup_in(with_built_in_variables(shared_.options, *variables)));
    if (!exported) return invalid(exported.error());
    auto auth = deploy::normalise_auth_config(*exported);
    if (!auth) return invalid(auth.error());
    if (!(value(*auth) == value((*deployed)->auth))) {
      auto next = std::make_shared<deployment>(**deployed);
      next->auth = *std::move(auth);
      next->generation = new_token();
      if (auto stored = store_deployment(tx, *next); !stored) return stored;
      shared_.deployments.announce(next);
    }
  }
  auto committed = shared_.db.commit(std::move(tx), "update_environment_variables");
  if (!committed) return committed.error();
  return {};
}

}  // namespace hull::backend::functions
