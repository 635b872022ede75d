// The record of one run, from its beginning to its end; and the lines of an action on the way.
#pragma once

#include "functions/runner.hpp"

namespace hull::backend::functions {

/// Runs of the backend's own queries are nobody's business: neither they nor anything else is told when there is no
/// observer. All of it does nothing then.
class run_report {
 public:
  /// `began_ns`: on the steady clock.
  run_report(const services& shared, run_kind kind, const checked_call& call, std::int64_t began_ns);

  function_record& record() noexcept { return record_; }

  /// Tells of each line of this session as it comes, and lets the runs that it starts know whose they are.
  void follow(run_session& session);
  /// The function was found, in these modules.
  void found(const runtime::module_set& modules, const std::string& module_path);
  void ran(const runtime::run_result& result);
  void used(const database::transaction& tx);

  // Each tells the observer, once.
  void end(const query_run& run);
  void end(const finished_call& finished);
  void end(const runtime::js_error& refused);
  /// `will_retry`: somebody tries again.
  void end(const failure& conflict, std::int64_t retries, bool will_retry);

 private:
  void progress(const runtime::log_line& line) const;
  void tell();

  const services& shared_;
  const std::int64_t began_ns_;
  const bool wanted_;
  function_record record_;
};

}  // namespace hull::backend::functions
