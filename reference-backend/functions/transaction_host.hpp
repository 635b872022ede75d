// Answers the syscalls of queries and mutations from a database transaction.
#pragma once

#include "database/transaction.hpp"
#include "functions/run.hpp"
#include "functions/syscall_args.hpp"
#include "runtime/runtime.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace hull::backend::functions {

class transaction_host final : public runtime::syscall_host {
 public:
  /// `depth` counts callers: 0 for the function that the client called.
  transaction_host(run_session& session, database::transaction& tx, const deployed_function& function, int depth,
                   std::optional<std::string> journal);

  outcome<std::string> syscall(std::string_view name, std::string_view args_json) override;
  outcome<std::string> async_syscall(runtime::scope& scope, std::string_view name, std::string_view args_json) override;
  std::optional<std::string> environment_variable(std::string_view name) override;
  void logged(const runtime::log_line& line) override { session_.log.add(line); }

  /// The journal of the page that this function read; nothing when it read none.
  const std::optional<std::string>& journal() const noexcept { return journal_; }

 private:
  using args_reader = outcome<std::string> (transaction_host::*)(const syscall_args&);
  struct operation;
  static const operation* find_operation(std::string_view name, bool async);
  outcome<std::string> perform(const operation& op, std::string_view args_json);

  outcome<std::string> query_stream(const syscall_args& args);
  outcome<std::string> query_stream_next(const syscall_args& args);
  outcome<std::string> query_cleanup(const syscall_args& args);
  outcome<std::string> query_page(const syscall_args& args);
  outcome<std::string> normalize_id(const syscall_args& args);
  outcome<std::string> snapshot_ts(const syscall_args& args);
  outcome<std::string> get(const syscall_args& args);
  outcome<std::string> count(const syscall_args& args);
  outcome<std::string> insert(const syscall_args& args);
  outcome<std::string> patch(const syscall_args& args);
  outcome<std::string> replace(const syscall_args& args);
  outcome<std::string> remove(const syscall_args& args);

  outcome<std::string> schedule_function(const syscall_args& args);
  outcome<std::string> cancel_function(const syscall_args& args);
  outcome<std::string> storage_get_url(const syscall_args& args);
  outcome<std::string> storage_get_metadata(const syscall_args& args);
  outcome<std::string> storage_generate_upload_url(const syscall_args& args);
  outcome<std::string> storage_remove(const syscall_args& args);

  outcome<std::string> user_identity(const syscall_args& args);
  outcome<std::string> sign_token(const syscall_args& args);
  outcome<std::string> transaction_metrics(const syscall_args& args);
  outcome<std::string> function_metadata(const syscall_args& args);
  outcome<std::string> deployment_metadata(const syscall_args& args);
  outcome<std::string> request_metadata(const syscall_args& args);

  outcome<std::string> run_udf(runtime::scope& scope, const syscall_args& args);
  outcome<std::string> run_nested(runtime::scope& scope, database::transaction& tx, const deployed_function& callee,
                                  const value& args, const database::transaction_budget& budget);
  outcome<void> must_be_mutation(const syscall_args& args) const;

  run_session& session_;
  database::transaction& tx_;
  const deployed_function& function_;
  const int depth_;
  std::optional<std::string> journal_in_;
  std::optional<std::string> journal_;
};

/// The metadata syscalls, which actions have too.
std::string function_metadata_json(const deployed_function& function);
std::string deployment_metadata_json(const application_options& options);
std::string request_metadata_json(const run_session& session);

/// The function that `name`, `reference` or `functionHandle` of a call's arguments means.
outcome<function_path> called_function(const syscall_args& args);

}  // namespace hull::backend::functions
