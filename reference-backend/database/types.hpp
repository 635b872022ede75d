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

/// One of the seven, with its name for users and what a transaction of theirs may use.
struct transaction_counter {
  const char* name;
  used_and_limit transaction_metrics::*used;
  std::optional<std::uint64_t> transaction_budget::*budget;
  std::uint64_t limit;
};

inline constexpr transaction_counter transaction_counters[] = {
    {"bytesRead", &transaction_metrics::bytes_read, &transaction_budget::bytes_read, 16u << 20},
    {"bytesWritten", &transaction_metrics::bytes_written, &transaction_budget::bytes_written, 16u << 20},
    {"databaseQueries", &transaction_metrics::database_queries, &transaction_budget::database_queries, 4096},
    {"documentsRead", &transaction_metrics::documents_read, &transaction_budget::documents_read, 32'000},
    {"documentsWritten", &transaction_metrics::documents_written, &transaction_budget::documents_written, 16'000},
    {"functionsScheduled", &transaction_metrics::functions_scheduled, &transaction_budget::functions_scheduled, 1000},
    {"scheduledFunctionArgsBytes", &transaction_metrics::scheduled_function_args_bytes,
     &transaction_budget::scheduled_function_args_bytes, 16u << 20},
};

}  // namespace hull::backend::database
