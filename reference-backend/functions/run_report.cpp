// Bodies of run_report.hpp.
#include "functions/run_report.hpp"

#include "files/uuid.hpp"
#include "functions/system_queries.hpp"

#include <utility>

namespace hull::backend::functions {
namespace {

std::string_view shown(const identity& who) {
  if (who.admin) return who.attributes ? "acting_user" : "instance_admin";
  return who.attributes ? "user" : "unknown";
}

}  // namespace

run_report::run_report(const services& shared, run_kind kind, const checked_call& call, std::int64_t began_ns)
    : shared_(shared), began_ns_(began_ns), wanted_(shared.options.observe && !is_system_path(call.path)) {
  if (!wanted_) return;
  record_.kind = kind;
  record_.identifier = call.path.stripped();
  record_.request_id = call.request_id;
  record_.execution_id = files::make_uuid(shared.random);
  record_.parent_execution = call.parent_execution;
  record_.caller = call.caller;
  record_.identity = shown(call.who);
}

void run_report::follow(run_session& session) {
  if (!wanted_) return;
  session.execution_id = record_.execution_id;
  session.log.tell([this](const runtime::log_line& line) { progress(line); });
}

void run_report::found(const runtime::module_set& modules, const std::string& module_path) {
  const runtime::module_source* module = modules.find(module_path);
  record_.place = module != nullptr && module->node ? run_place::node : run_place::isolate;
}

void run_report::ran(const runtime::run_result& result) {
  if (record_.place == run_place::isolate) record_.script_ns = std::chrono::nanoseconds(result.script_time).count();
}

void run_report::used(const database::transaction& tx) {
  if (!wanted_) return;
  const database::transaction_metrics counted = tx.metrics();
  record_.usage = {counted.bytes_read.used, counted.documents_read.used, counted.bytes_written.used,
                   counted.documents_written.used};
}

void run_report::end(const query_run& run) {
  if (!wanted_) return;
  if (run.error) record_.error = run.display;
  if (run.value_json) record_.return_bytes = run.value_json->size();
  tell();
}

void run_report::end(const finished_call& finished) {
  if (!wanted_) return;
  record_.log_lines = finished.log_lines;
  record_.http_status = finished.http_status;
  if (finished.thrown)
    record_.error = finished.thrown->display;
  else if (finished.result_json)
    record_.return_bytes = finished.result_json->size();
  tell();
}

void run_report::end(const runtime::js_error& refused) {
  record_.error = refused.display;
  tell();
}

void run_report::end(const failure& conflict, std::int64_t retries, bool will_retry) {
  if (!wanted_) return;
  record_.error = conflict.message;
  run_conflict& with = record_.conflict.emplace();
  if (conflict.conflict) {
    with.table = conflict.conflict->table;
    with.source = conflict.conflict->source;
  }
  with.retries = retries;
  with.will_retry = will_retry;
  tell();
}

void run_report::progress(const runtime::log_line& line) const {
  function_record part;
  part.kind = record_.kind;
  part.in_progress = true;
  part.place = record_.place;
  part.identifier = record_.identifier;
  part.request_id = record_.request_id;
  part.execution_id = record_.execution_id;
  part.parent_execution = record_.parent_execution;
  part.caller = record_.caller;
  part.identity = record_.identity;
  part.log_lines.push_back(line);
  part.ended_ns = shared_.time.wall_ns();
  shared_.options.observe(std::move(part));
}

void run_report::tell() {
  if (!wanted_) return;
  record_.ended_ns = shared_.time.wall_ns();
  record_.took_ns = shared_.time.steady_ns() - began_ns_;
  shared_.options.observe(std::move(record_));
}

}  // namespace hull::backend::functions
