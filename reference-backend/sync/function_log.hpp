// Where what functions do becomes visible to the operator: lines of the log, the stream for those who follow, and
// counters.
#pragma once

#include "functions/function_record.hpp"
#include "sync/function_metrics.hpp"
#include "sync/log_stream.hpp"

#include <cstdint>

namespace hull::backend::sync {

/// Safe from any thread.
class function_log {
 public:
  /// Log lines and errors go to the log at level info. A cached result does not: it says nothing new.
  void note(functions::function_record record);
  /// Counts a query whose result was known, of which one mutation may have thousands follow. True: it is to be noted,
  /// too.
  bool note_known(std::int64_t now_ns);

  log_stream& stream() noexcept { return stream_; }
  const function_metrics& metrics() const noexcept { return metrics_; }

 private:
  log_stream stream_;
  function_metrics metrics_;
};

}  // namespace hull::backend::sync
