// Where what functions do becomes visible to the operator: lines of the log, the stream for those who follow, and
// counters.
#pragma once

#include "functions/function_record.hpp"
#include "sync/function_metrics.hpp"
#include "sync/log_stream.hpp"

namespace hull::backend::sync {

/// Safe from any thread.
class function_log {
 public:
  /// Log lines and errors go to the log at level info. A cached result is only counted: it says nothing new, and one
  /// mutation may have thousands of them follow.
  void note(functions::function_record record);

  log_stream& stream() noexcept { return stream_; }
  const function_metrics& metrics() const noexcept { return metrics_; }

 private:
  log_stream stream_;
  function_metrics metrics_;
};

}  // namespace hull::backend::sync
