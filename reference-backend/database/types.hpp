// Words that the whole database shares.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace hull::backend::database {

/// Commit time: nanoseconds since the Unix epoch; unique per deployment and strictly increasing.
using timestamp = std::uint64_t;

struct used_and_limit {
  std::uint64_t used = 0;
  std::uint64_t limit = 0;
};

/// The seven counters of `1.0/getTransactionMetrics`.
struct transaction_metrics {
  used_and_limit bytes_read, bytes_written, database_queries, documents_read, documents_written, functions_scheduled,
      scheduled_function_args_bytes;
};

/// The largest and the most deeply nested document that a transaction has written, and the largest arguments of one
/// function that it has scheduled; the ids are empty when there is none.
struct biggest_writes {
  std::string largest_id;
  std::uint64_t largest_bytes = 0;
  std::string deepest_id;
  std::uint64_t deepest_levels = 0;
  std::uint64_t scheduled_args_bytes = 0;
};

/// What an inner call may use of them; nothing: what its caller has left.
struct transaction_budget {
  std::optional<std::uint64_t> bytes_read, bytes_written, database_queries, documents_read, documents_written,
      functions_scheduled, scheduled_function_args_bytes;
};

}  // namespace hull::backend::database
