// Evaluating and starting pushes.
#include "functions/pushes.hpp"

#include "common/encoding.hpp"
#include "deploy/responses.hpp"
#include "functions/mutation_retry.hpp"
#include "scheduler/cron_schedule.hpp"

#include <algorithm>
#include <array>
#include <thread>
#include <utility>

namespace hull::backend::functions {
namespace {

constexpr std::size_t kept_pushes = 8;
constexpr std::chrono::milliseconds schema_poll{20};
constexpr double longest_wait_ms = 30'000;

/// Crons name functions of other modules; only here all of them are known.
outcome<void> check_crons(const deploy::evaluated_push& push, const function_map& functions) {
  for (const auto& [name, spec] : deploy::crons_of(push.analysis)) {
    const value* target = spec.find("udfPath");
    const std::string written = target != nullptr && target->is_string() ? target->as_string() : std::string();
    const auto path = parse_function_path(written);
    const auto function = path ? functions.find(path->canonical()) : functions.end();
    if (function == functions.end())
      return deploy::push_failure("InvalidCron",
                                  "The cron job '" + name + "' schedules a function that does not exist: " + written);
    if (function->second.kind == runtime::function_kind::query)
      return deploy::push_failure("InvalidCron", "The cron job '" + name +
                                                     "' schedules a query function, only actions and mutations can be "
                                                     "scheduled: " +
                                                     written);
    const value* schedule = spec.find("cronSchedule");
    auto parsed = scheduler::cron_schedule::parse(schedule != nullptr ? *schedule : value());
    if (!parsed)
      return deploy::push_failure("InvalidCron",
                                  "The cron job '" + name + "' has an invalid schedule: " + parsed.error().message);
  }
  return {};
}

/// Why the database does not take the schema, as the CLI is to show it.
failure schema_failure(const failure& cause) {
  return deploy::push_failure(cause, cause.code == "SchemaDefinitionError" ? cause.code : "InvalidSchema");
}

}  // namespace

pushes::pushes(const services& shared) : shared_(shared) {}

outcome<value> pushes::config_hashes() {
  auto tx = shared_.db.begin();
  auto deployed = shared_.deployments.deployment_of(tx);
  if (!deployed) return deployed.error();
  const deployment& d = **deployed;
  return deploy::config_hashes_response(d.modules->all(), d.auth, d.functions_directory,
                                        d.empty() ? std::nullopt : std::optional(d.config.server_version),
                                        d.node_version);
}

deploy::udf_config pushes::config_for(const deployment& deployed, const std::string& server_version) const {
  if (!deployed.empty() && deployed.config.server_version == server_version) return deployed.config;
  return {server_version, shared_.new_seed(), shared_.time.wall_ns()};
}

outcome<pushes::evaluated> pushes::evaluate_request(const value& request) {
  auto push = deploy::parse_push(request);
  if (!push) return push.error();
  auto tx = shared_.db.begin();
  auto deployed = shared_.deployments.deployment_of(tx);
  if (!deployed) return deployed.error();
  auto environment = read_environment(tx);
  if (!environment) return environment.error();

  auto modules = deploy::assemble_modules(*push, (*deployed)->modules->all());
  if (!modules) return modules.error();
  evaluated result;
  result.environment = *std::move(environment);
  result.functions_directory = push->functions_directory;
  result.changes_nothing_stored = push->dry_run || push->for_codegen;
  auto evaluation =
      deploy::evaluate_push(shared_.js, *push, *std::move(modules), config_for(**deployed, push->server_version),
                            with_built_in_variables(shared_.options, result.environment));
  if (!evaluation) return evaluation.error();
  result.push = *std::move(evaluation);
  auto functions = functions_of(result.push.analysis);
  if (!functions) return deploy::push_failure(functions.error(), "InvalidModules");
  result.functions = *std::move(functions);
  auto declared = declared_in(result.push.definition);
  if (!declared) return deploy::push_failure(declared.error(), declared.error().code);
  result.declared = *std::move(declared);
  if (auto checked = check_crons(result.push, result.functions); !checked) return checked.error();
  return result;
}

outcome<value> pushes::evaluate(const value& request) {
  auto result = evaluate_request(request);
  if (!result) return result.error();
  auto submission = shared_.db.submit_schema(result->push.schema, true);
  if (!submission) return schema_failure(submission.error());
  return value::make_object({{"schemaChange", deploy::schema_change(submission->schema_id, submission->index_diff)}});
}

outcome<value> pushes::start(const value& request) {
  auto result = evaluate_request(request);
  if (!result) return result.error();
  auto submission = shared_.db.submit_schema(result->push.schema, result->changes_nothing_stored);
  if (!submission) return schema_failure(submission.error());

  auto next = std::make_shared<deployment>();
  next->modules = result->push.modules;
  next->analysis = result->push.analysis;
  next->functions = result->functions;
  next->config = result->push.config;
  next->functions_directory = result->functions_directory;
  next->auth = result->push.auth;
  next->definition = result->push.definition;
  next->declared = result->declared;
  next->node_version = result->push.node_version;

  auto push = std::make_shared<started>();
  push->token = new_token();
  push->next = std::move(next);
  push->schema = result->push.schema;
  push->schema_id = submission->schema_id;
  push->environment = result->environment;
  keep(push);
  const value change = deploy::schema_change(submission->schema_id, submission->index_diff);
  return deploy::start_push_response(result->push, result->environment, change, push->token);
}

std::string pushes::new_token() const {
  std::array<std::uint8_t, 16> token{};
  shared_.random.fill(token);
  return encode_hex(token);
}

void pushes::keep(std::shared_ptr<const started> push) {
  const std::lock_guard lock(mutex_);
  started_.push_front(std::move(push));
  if (started_.size() > kept_pushes) started_.pop_back();
}

std::shared_ptr<const pushes::started> pushes::find(const std::string& token) const {
  const std::lock_guard lock(mutex_);
  for (const auto& push : started_)
    if (push->token == token) return push;
  return nullptr;
}

outcome<value> pushes::wait_for_schema(const value& request) {
  const value* change = request.find("schemaChange");
  const value* ids = change != nullptr ? change->find("schemaIds") : nullptr;
  const value* id = ids != nullptr ? ids->find("") : nullptr;
  if (ids == nullptr || !ids->is_object())
    return bad_request("BadJsonBody", "The request has no `schemaChange.schemaIds`.");
  const value* dry_run = request.find("dryRun");
  const bool dry = dry_run != nullptr && dry_run->if_bool() != nullptr && dry_run->as_bool();
  if (dry || id == nullptr || !id->is_string()) return value::make_object({{"type", "complete"}});

  const value* timeout = request.find("timeoutMs");
  const bool given = timeout != nullptr && timeout->if_double() != nullptr;
  const double wait_ms = std::clamp(given ? timeout->as_double() : 10'000.0, 0.0, longest_wait_ms);
  const std::int64_t until = shared_.time.steady_ns() + static_cast<std::int64_t>(wait_ms * 1e6);
  for (;;) {
    auto progress = shared_.db.schema_status(id->as_string());
    if (!progress) return progress.error();
    using database::schema_state;
    if (progress->state == schema_state::failed)
      return value::make_object({{"type", "failed"},
                                 {"error", progress->error},
                                 {"componentPath", ""},
                                 {"tableName", progress->table_name ? value(*progress->table_name) : value()}});
    if (progress->state == schema_state::overwritten) return value::make_object({{"type", "raceDetected"}});
    const bool validated = progress->state != schema_state::pending;
    if (validated && progress->indexes_complete >= progress->indexes_total)
      return value::make_object({{"type", "complete"}});
    if (shared_.time.steady_ns() >= until) {
      const value component = value::make_object({{"schemaValidationComplete", validated},
                                                  {"indexesComplete", progress->indexes_complete},
                                                  {"indexesTotal", progress->indexes_total}});
      return value::make_object({{"type", "inProgress"}, {"components", value::make_object({{"", component}})}});
    }
    pause(schema_poll);
  }
}

void pushes::pause(std::chrono::milliseconds time) const {
  if (shared_.options.sleep)
    shared_.options.sleep(time);
  else
    std::this_thread::sleep_for(time);
}

}  // namespace hull::backend::functions
