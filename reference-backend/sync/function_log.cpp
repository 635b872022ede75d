// Bodies of function_log.hpp.
#include "sync/function_log.hpp"

#include "common/log.hpp"

#include <utility>

namespace hull::backend::sync {

void function_log::note(functions::function_record record) {
  metrics_.count(record);
  if (record.cached) return;
  for (const auto& line : record.log_lines) write_log(severity::info, record.identifier + ": " + line);
  if (record.error)
    write_log(severity::info, record.identifier + " failed [Request ID: " + record.request_id + "]: " + *record.error);
  stream_.add(std::move(record));
}

}  // namespace hull::backend::sync
