// Answers the syscalls of actions. An action has no transaction: each query or mutation it calls is a run of its own.
#pragma once

#include "functions/environment.hpp"
#include "functions/run.hpp"
#include "functions/syscall_args.hpp"
#include "runtime/runtime.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace hull::backend::functions {

class runner;

class action_host final : public runtime::syscall_host {
 public:
  action_host(runner& calls, run_session& session, const deployed_function& function, environment_map environment);

  outcome<std::string> syscall(std::string_view name, std::string_view args_json) override;
  outcome<std::string> async_syscall(runtime::scope& scope, std::string_view name, std::string_view args_json) override;
  std::optional<std::string> environment_variable(std::string_view name) override;
  runtime::environment_variables all_environment_variables() override;
  outcome<std::unique_ptr<runtime::file_writer>> store_file(const runtime::file_to_store& what) override;
  outcome<std::unique_ptr<runtime::file_reader>> open_file(std::string_view storage_id) override;
  void logged(const runtime::log_line& line) override { session_.log.add(line); }

 private:
  outcome<std::string> answer(std::string_view name, std::string_view args_json);
  outcome<std::string> storage(std::string_view name, std::string_view args_json);
  outcome<std::string> delete_file(const syscall_args& args);
  outcome<std::string> call(runtime::function_kind kind, const syscall_args& args);
  /// Schedules or cancels in a transaction of its own.
  outcome<std::string> change_schedule(std::string_view name, const syscall_args& args);

  runner& calls_;
  run_session& session_;
  const deployed_function& function_;
  const environment_map environment_;
};

}  // namespace hull::backend::functions
