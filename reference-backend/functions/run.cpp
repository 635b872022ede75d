// Parts of a run that queries, mutations and actions have in common.
#include "functions/run.hpp"

#include "functions/call_check.hpp"

#include <hull/value/json.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace hull::backend::functions {
namespace {

constexpr std::size_t max_log_lines = 256;

/// Syscalls that stand in the runtime's contract but belong to rooms which are not built yet.
constexpr std::array<std::string_view, 8> later_syscalls{
    "1.0/actions/vectorSearch", "1.0/createFunctionHandle", "1.0/auditLog",      "1.0/writeDeploymentAuditLog",
    "1.0/requireOperation",     "1.0/createServiceToken",   "1.0/getServiceUrl", "1.0/componentArgument",
};

}  // namespace

runtime::seed services::new_seed() const {
  runtime::seed seed{};
  random.fill(seed);
  return seed;
}

void function_log::add(const runtime::log_line& line) {
  if (lines_.size() >= max_log_lines) return;
  if (lines_.size() + 1 == max_log_lines)
    add_warning({"ERROR", {"Log overflow (maximum 256). Remaining log lines omitted."}, false, line.timestamp_ms});
  else
    add_warning(line);
}

void function_log::add_warning(runtime::log_line line) {
  if (heard_by_) heard_by_(line);
  lines_.push_back(std::move(line));
}

std::vector<std::string> texts_of(const std::vector<runtime::log_line>& lines) {
  std::vector<std::string> out;
  out.reserve(lines.size());
  for (const runtime::log_line& line : lines) out.push_back(line.to_text());
  return out;
}

runtime::js_error as_thrown(const failure& f) { return {f.message, f.message, f.data, false}; }

runtime::run_request make_request(const run_session& session, const deployed_function& function, std::string args_text,
                                  runtime::syscall_host& host) {
  runtime::run_request request;
  request.what = function.kind;
  request.modules = session.deployed->modules;
  request.module_path = function.path.module;
  request.function = function.path.function;
  request.args_json = std::move(args_text);
  request.display_path = function.path.stripped();
  request.random_seed = session.shared.new_seed();
  request.unix_timestamp_ms = session.timestamp_ms;
  request.import_seed = session.deployed->config.import_seed;
  request.import_timestamp_ms = session.deployed->config.import_time_ms();
  request.host = &host;
  if (function.kind == runtime::function_kind::action) request.limits = runtime::run_limits::for_actions();
  return request;
}

outcome<function_end> conclude(run_session& session, database::transaction& tx, const deployed_function& function,
                               runtime::run_result result) {
  session.observed_time = session.observed_time || result.observed_time;
  function_end end;
  if (session.fatal) {
    end.thrown = session.fatal;
    return end;
  }
  if (result.failed) {
    if (!result.failed->deterministic()) return *std::move(result.failed);
    end.thrown = as_thrown(*result.failed);
    return end;
  }
  if (result.thrown) {
    end.thrown = std::move(result.thrown);
    return end;
  }
  if (!result.value_json) return internal_failure("A run of " + function.path.stripped() + " ended without a result.");
  auto checked = check_result(function, *result.value_json, tx, session.in_mutation);
  if (checked) {
    end.result = *std::move(checked);
  } else {
    if (!checked.error().deterministic()) return checked.error();
    end.thrown = as_thrown(checked.error());
  }
  return end;
}

outcome<std::string> identity_json(const identity& who) {
  if (who.refusal) return *who.refusal;
  return who.attributes ? write_json(*who.attributes) : "null";
}

std::string identity_key(const identity& who) {
  if (who.refusal) return "refused " + write_json(value(who.refusal->message));
  if (!who.admin && !who.attributes) return {};
  return (who.admin ? "admin " : "user ") + (who.attributes ? write_json(*who.attributes) : "null");
}

failure unsupported_syscall(std::string_view name) {
  return bad_request("SyscallNotSupported",
                     "The operation `" + std::string(name) + "` is not supported by this version of hull-backend yet.");
}

bool is_known_syscall(std::string_view name) {
  return std::find(later_syscalls.begin(), later_syscalls.end(), name) != later_syscalls.end();
}

}  // namespace hull::backend::functions
