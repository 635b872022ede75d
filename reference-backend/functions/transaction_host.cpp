// Dispatch, calls of other functions, and what a function may ask about itself.
#include "functions/transaction_host.hpp"

#include "database/commit_ts.hpp"
#include "functions/call_check.hpp"
#include "functions/environment.hpp"
#include "functions/issued_tokens.hpp"
#include "functions/scheduling.hpp"
#include "functions/storage_calls.hpp"

#include <hull/value/json.hpp>

#include <utility>

namespace hull::backend::functions {
namespace {

constexpr int max_call_depth = 8;

value used_and_remaining(const database::used_and_limit& counter) {
  const std::uint64_t remaining = counter.limit > counter.used ? counter.limit - counter.used : 0;
  return value::make_object(
      {{"used", static_cast<double>(counter.used)}, {"remaining", static_cast<double>(remaining)}});
}

/// `transactionLimits`: the counters of getTransactionMetrics by name; others are ignored.
outcome<database::transaction_budget> read_budget(const syscall_args& args) {
  database::transaction_budget budget;
  const value* limits = args.find("transactionLimits");
  if (limits == nullptr || limits->is_null()) return budget;
  if (!limits->is_object()) return args.wrong("transactionLimits", "expected an object");
  for (const database::transaction_counter& counter : database::transaction_counters) {
    const value* given = limits->find(counter.name);
    if (given == nullptr || given->is_null()) continue;
    const double* number = given->if_double();
    if (number == nullptr || !(*number >= 0))
      return args.wrong("transactionLimits", std::string(counter.name) + " must be a number that is not negative");
    if (*number < 1e15) budget.*counter.budget = static_cast<std::uint64_t>(*number);
  }
  return budget;
}

}  // namespace

struct transaction_host::operation {
  std::string_view name;
  std::string_view method;  ///< As users know it.
  args_reader run;
  bool async;
};

transaction_host::transaction_host(run_session& session, database::transaction& tx, const deployed_function& function,
                                   int depth, std::optional<std::string> journal)
    : session_(session), tx_(tx), function_(function), depth_(depth), journal_in_(std::move(journal)) {}

const transaction_host::operation* transaction_host::find_operation(std::string_view name, bool async) {
  using host = transaction_host;
  static constexpr operation operations[] = {
      {"1.0/queryStream", "queryStream", &host::query_stream, false},
      {"1.0/queryCleanup", "queryCleanup", &host::query_cleanup, false},
      {"1.0/db/normalizeId", "db.normalizeId", &host::normalize_id, false},
      {"1.0/getSnapshotTs", "getSnapshotTs", &host::snapshot_ts, false},
      {"1.0/get", "db.get", &host::get, true},
      {"1.0/queryStreamNext", "queryStreamNext", &host::query_stream_next, true},
      {"1.0/queryPage", "paginate", &host::query_page, true},
      {"1.0/count", "db.count", &host::count, true},
      {"1.0/insert", "db.insert", &host::insert, true},
      {"1.0/shallowMerge", "db.patch", &host::patch, true},
      {"1.0/replace", "db.replace", &host::replace, true},
      {"1.0/remove", "db.delete", &host::remove, true},
      {"1.0/schedule", "scheduler", &host::schedule_function, true},
      {"1.0/cancel_job", "scheduler", &host::cancel_function, true},
      {"1.0/storageGetUrl", "storage.getUrl", &host::storage_get_url, true},
      {"1.0/storageGetMetadata", "storage.getMetadata", &host::storage_get_metadata, true},
      {"1.0/storageGenerateUploadUrl", "storage.generateUploadUrl", &host::storage_generate_upload_url, true},
      {"1.0/storageDelete", "storage.delete", &host::storage_remove, true},
      {"1.0/getUserIdentity", "auth.getUserIdentity", &host::user_identity, true},
      {"1.0/signJwt", "auth.signJwt", &host::sign_token, true},
      {"1.0/getTransactionMetrics", "getTransactionMetrics", &host::transaction_metrics, true},
      {"1.0/getFunctionMetadata", "getFunctionMetadata", &host::function_metadata, true},
      {"1.0/getDeploymentMetadata", "getDeploymentMetadata", &host::deployment_metadata, true},
      {"1.0/getRequestMetadata", "getRequestMetadata", &host::request_metadata, true},
  };
  for (const operation& op : operations)
    if (op.name == name && op.async == async) return &op;
  return nullptr;
}

outcome<std::string> transaction_host::perform(const operation& op, std::string_view args_json) {
  auto args = syscall_args::parse(std::string(op.method), args_json);
  if (!args) return args.error();
  return (this->*op.run)(*args);
}

outcome<std::string> transaction_host::syscall(std::string_view name, std::string_view args_json) {
  if (const operation* op = find_operation(name, false)) return perform(*op, args_json);
  if (is_known_syscall(name)) return unsupported_syscall(name);
  return bad_request("UnknownOperation", "Unknown operation " + std::string(name));
}

outcome<std::string> transaction_host::async_syscall(runtime::scope& scope, std::string_view name,
                                                     std::string_view args_json) {
  if (const operation* op = find_operation(name, true)) return perform(*op, args_json);
  if (name == "1.0/runUdf") {
    auto args = syscall_args::parse("runUdf", args_json);
    if (!args) return args.error();
    return run_udf(scope, *args);
  }
  if (is_known_syscall(name)) return unsupported_syscall(name);
  return bad_request("UnknownAsyncOperation", "Unknown async operation " + std::string(name));
}

std::optional<std::string> transaction_host::environment_variable(std::string_view name) {
  auto found = read_environment_variable(tx_, session_.shared.options, name);
  return found ? *std::move(found) : std::nullopt;
}

outcome<std::string> transaction_host::schedule_function(const syscall_args& args) {
  if (auto allowed = must_be_mutation(args); !allowed) return allowed.error();
  return schedule(session_, tx_, args);
}

outcome<std::string> transaction_host::cancel_function(const syscall_args& args) {
  if (auto allowed = must_be_mutation(args); !allowed) return allowed.error();
  return cancel_scheduled(session_, tx_, args);
}

outcome<std::string> transaction_host::storage_get_url(const syscall_args& args) {
  return storage_url(session_.shared, tx_, args);
}

outcome<std::string> transaction_host::storage_get_metadata(const syscall_args& args) {
  return storage_metadata(tx_, args);
}

outcome<std::string> transaction_host::storage_generate_upload_url(const syscall_args& args) {
  if (auto allowed = must_be_mutation(args); !allowed) return allowed.error();
  return storage_upload_url(session_.shared);
}

outcome<std::string> transaction_host::storage_remove(const syscall_args& args) {
  if (auto allowed = must_be_mutation(args); !allowed) return allowed.error();
  return storage_delete(tx_, args, session_.removed_files);
}

outcome<std::string> transaction_host::user_identity(const syscall_args&) {
  session_.observed_identity = true;
  return identity_json(session_.who);
}

outcome<std::string> transaction_host::sign_token(const syscall_args& args) {
  if (auto allowed = must_be_mutation(args); !allowed) return allowed.error();
  return sign_jwt(session_, args);
}

outcome<std::string> transaction_host::transaction_metrics(const syscall_args&) {
  const database::transaction_metrics used = tx_.metrics();
  object counters;
  for (const database::transaction_counter& counter : database::transaction_counters)
    counters.set(counter.name, used_and_remaining(used.*counter.used));
  return write_json(value(std::move(counters)));
}

outcome<std::string> transaction_host::function_metadata(const syscall_args&) {
  return function_metadata_json(function_);
}

outcome<std::string> transaction_host::deployment_metadata(const syscall_args&) {
  return deployment_metadata_json(session_.shared.options);
}

outcome<std::string> transaction_host::request_metadata(const syscall_args&) {
  if (function_.kind == runtime::function_kind::query)
    return bad_request("RequestMetadataNotAllowed", "Request metadata is not available in queries");
  return request_metadata_json(session_);
}

outcome<std::string> transaction_host::run_udf(runtime::scope& scope, const syscall_args& args) {
  auto type = args.text("udfType");
  if (!type) return type.error();
  const bool snapshot = *type == "snapshotQuery";
  const bool query = snapshot || *type == "query";
  if (!query && *type != "mutation") return args.wrong("udfType", "unknown type of function");
  const bool caller_is_query = function_.kind == runtime::function_kind::query;
  if (caller_is_query && *type != "query")
    return bad_request("InvalidFunctionCall", "Cannot call a " + *type + " function from a query function");
  if (depth_ >= max_call_depth)
    return bad_request("MaximumCallDepthExceeded",
                       "Cross component call depth limit exceeded. Do you have an infinite loop in your app?");
  auto budget = read_budget(args);
  if (!budget) return budget.error();

  auto path = called_function(args);
  if (!path) return path.error();
  auto callee = find_function(*session_.deployed, *path,
                              query ? runtime::function_kind::query : runtime::function_kind::mutation, true);
  if (!callee) return callee.error();
  auto call_args = args.required("args");
  if (!call_args) return call_args.error();
  if (!session_.in_mutation && database::holds_commit_ts(*call_args))
    return bad_request("InvalidArgs", "Only mutations can pass on the time of their commit.");

  if (!snapshot) return run_nested(scope, tx_, **callee, *call_args, *budget);
  auto begun = session_.shared.db.begin_at(tx_.begin_ts());
  if (!begun) return begun.error();
  return run_nested(scope, *begun, **callee, *call_args, *budget);
}

outcome<std::string> transaction_host::run_nested(runtime::scope& scope, database::transaction& tx,
                                                  const deployed_function& callee, const value& args,
                                                  const database::transaction_budget& budget) {
  const value list = value::make_array({args});
  if (auto checked = check_arguments(callee, list, tx); !checked) return checked.error();

  tx.begin_nested(budget);
  transaction_host host(session_, tx, callee, depth_ + 1, std::nullopt);
  auto end = conclude(session_, tx, callee, scope.run_nested(make_request(session_, callee, write_json(list), host)));
  if (!end || end->thrown) {
    tx.rollback_nested();
    if (!end) return end.error();
    if (end->thrown->fatal) {
      session_.fatal = end->thrown;
      return internal_failure(end->thrown->message);
    }
    return failure{blame::user, "NestedFunctionFailed", end->thrown->display, end->thrown->data};
  }
  tx.commit_nested();
  return write_json(end->result);
}

std::string function_metadata_json(const deployed_function& function) {
  return write_json(value::make_object({{"name", function.path.stripped()}, {"componentPath", ""}}));
}

std::string deployment_metadata_json(const application_options& options) {
  return write_json(value::make_object({{"name", options.instance_name}, {"region", nullptr}, {"class", "s16"}}));
}

std::string request_metadata_json(const run_session& session) {
  const auto or_null = [](const std::optional<std::string>& text) { return text ? value(*text) : value(); };
  const client_details nobody;
  const client_details& client = session.client ? *session.client : nobody;
  return write_json(value::make_object({{"ip", or_null(client.ip)},
                                        {"userAgent", or_null(client.user_agent)},
                                        {"requestId", session.request_id},
                                        {"scheduledFunctionId", or_null(session.job_id)},
                                        {"authToken", or_null(client.auth_token)}}));
}

outcome<function_path> called_function(const syscall_args& args) {
  for (const std::string_view field : {"name", "reference", "functionHandle"}) {
    auto text = args.optional_text(field);
    if (!text) return text.error();
    if (!*text) continue;
    const std::string& target = **text;
    if (field == "name") return parse_function_path(target);
    if (field == "functionHandle" || target.rfind("function://", 0) == 0)
      return bad_request("FunctionHandleNotFound", "Function handle not found");

    constexpr std::string_view own_function = "_reference/function/";
    if (target.rfind(own_function, 0) == 0)
      return parse_function_path(std::string_view(target).substr(own_function.size()));
    constexpr std::string_view child = "_reference/childComponent/";
    if (target.rfind(child, 0) == 0) {
      const std::string rest = target.substr(child.size());
      return bad_request("InvalidReference", "Child component \"" + rest.substr(0, rest.find('/')) + "\" not found");
    }
    return bad_request("InvalidReference", "Couldn't resolve " + target);
  }
  return args.wrong("name", "Missing required argument 'name'");
}

}  // namespace hull::backend::functions
