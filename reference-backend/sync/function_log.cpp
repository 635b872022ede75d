// Bodies of function_log.hpp.
#include "sync/function_log.hpp"

#include "common/log.hpp"

#include <utility>

namespace hull::backend::sync {

namespace {

/// A function's error is a result like another; but one that is tried again has none yet.
bool is_result(const functions::function_record& record) {
  return !record.in_progress && !record.cached && !(record.conflict && record.conflict->will_retry);
}

}  // namespace

void function_log::note(functions::function_record record) {
  const bool lines_are_new = record.in_progress || !functions::tells_lines_early(record.kind);
  if (lines_are_new) {
    metrics_.count_lines(record.log_lines.size());
    for (const auto& line : record.log_lines) write_log(severity::info, record.identifier + ": " + line.to_text());
  }
  if (is_result(record)) {
    metrics_.count(record);
    if (record.error)
      write_log(severity::info,
                record.identifier + " failed [Request ID: " + record.request_id + "]: " + *record.error);
  }
  // Those who follow have no word for it.
  if (record.kind != functions::run_kind::unknown) stream_.add(std::move(record));
}

bool function_log::note_known(std::int64_t now_ns) {
  metrics_.count_known();
  return stream_.wants_known(now_ns);
}

}  // namespace hull::backend::sync
