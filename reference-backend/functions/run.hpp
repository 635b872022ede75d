// One run of one function: what it shares with the runs it calls, and how it ended.
#pragma once

#include "common/clock.hpp"
#include "common/failure.hpp"
#include "common/random.hpp"
#include "database/database.hpp"
#include "files/file_storage.hpp"
#include "functions/application.hpp"
#include "functions/deployment.hpp"
#include "functions/registry.hpp"
#include "runtime/runtime.hpp"

#include <hull/value/value.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace hull::backend::functions {

/// What every run needs. Lives as long as the application.
struct services {
  database::database& db;
  runtime::runtime& js;
  clock& time;
  random_source& random;
  registry& deployments;
  const application_options& options;
  files::file_storage& files;

  runtime::seed new_seed() const;
  double now_ms() const { return static_cast<double>(time.wall_ns() / 1'000'000); }
};

/// Log lines of a function and of everything it calls, in the order in which they were written.
class function_log {
 public:
  using listener = std::function<void(const runtime::log_line&)>;
  /// From now on, of each line as it is written, on the thread that writes it.
  void tell(listener who) { heard_by_ = std::move(who); }
  void add(const runtime::log_line& line);
  /// A line of ours, which has its place however many there are.
  void add_warning(runtime::log_line line);
  std::vector<runtime::log_line> take() { return std::move(lines_); }

 private:
  std::vector<runtime::log_line> lines_;
  listener heard_by_;
};

/// As clients get them.
std::vector<std::string> texts_of(const std::vector<runtime::log_line>& lines);

/// What the outermost function shares with the functions it calls in the same transaction.
struct run_session {
  const services& shared;
  std::shared_ptr<const deployment> deployed;
  identity who;
  std::string request_id;
  client_pointer client{};
  std::string execution_id{};           ///< Of this run, for those that it starts; empty: nobody wants to know.
  std::optional<std::string> job_id{};  ///< Of the scheduled function that all this began with.
  bool owns_job = false;                ///< The job ends with this very transaction.
  double timestamp_ms = 0;
  function_log log{};
  bool in_mutation = false;  ///< The outermost function is one: values may hold the time of its commit.
  bool observed_identity = false;
  bool observed_time = false;
  std::vector<files::file_row> removed_files{};  ///< Their blobs go after the commit.
  std::optional<runtime::js_error> fatal{};      ///< Of an inner run that ended all of its callers too.
};

/// How a function ended, apart from failures that are ours.
struct function_end {
  value result;
  std::optional<runtime::js_error> thrown;
};

/// A refusal or limit as if the function had thrown it.
runtime::js_error as_thrown(const failure& f);

/// A request with all that does not depend on who runs it.
runtime::run_request make_request(const run_session& session, const deployed_function& function, std::string args_text,
                                  runtime::syscall_host& host);

/// Checks what a run returned. A failure in the outcome is not the function's fault.
outcome<function_end> conclude(run_session& session, database::transaction& tx, const deployed_function& function,
                               runtime::run_result result);

/// `getUserIdentity()` as JSON text, or the reason why the caller's token was refused.
outcome<std::string> identity_json(const identity& who);
/// Equal for callers between whom `getUserIdentity()` makes no difference; empty for nobody.
std::string identity_key(const identity& who);

/// The text for everything that `npm convex` may ask and this version does not do.
failure unsupported_syscall(std::string_view name);
/// True for names that later versions of this backend will know.
bool is_known_syscall(std::string_view name);

}  // namespace hull::backend::functions
