// Bodies of limits.hpp.
#include "database/limits.hpp"

#include <string>

namespace hull::backend::database {
namespace {

constexpr std::uint64_t mebi = 1u << 20;
constexpr const char* read_advice =
    " Consider using smaller limits in your queries, paginating your queries, or using indexed queries with a "
    "selective "
    "index range expressions.";

/// Adds to a counter; true when it is above its limit now.
bool crosses(used_and_limit& counter, std::uint64_t added) {
  counter.used += added;
  return counter.used > counter.limit;
}

}  // namespace

usage::usage() {
  metrics_.bytes_read.limit = 16 * mebi;
  metrics_.bytes_written.limit = 16 * mebi;
  metrics_.database_queries.limit = 4096;
  metrics_.documents_read.limit = 32'000;
  metrics_.documents_written.limit = 16'000;
  metrics_.functions_scheduled.limit = 1000;
  metrics_.scheduled_function_args_bytes.limit = 16 * mebi;
}

outcome<void> usage::note_query() {
  if (crosses(metrics_.database_queries, 1))
    return bad_request("TooManyReads", "Too many reads in a single function execution (limit: " +
                                           std::to_string(metrics_.database_queries.limit) + ")." + read_advice);
  return {};
}

outcome<void> usage::note_read(std::size_t bytes) {
  const bool too_many = crosses(metrics_.documents_read, 1);
  const bool too_much = crosses(metrics_.bytes_read, bytes);
  if (too_many)
    return bad_request("TooManyDocumentsRead", "Too many documents read in a single function execution (limit: " +
                                                   std::to_string(metrics_.documents_read.limit) + ")." + read_advice);
  if (too_much)
    return bad_request("TooManyBytesRead", "Too many bytes read in a single function execution (limit: " +
                                               std::to_string(metrics_.bytes_read.limit) + " bytes)." + read_advice);
  return {};
}

outcome<void> usage::note_write(std::size_t bytes) {
  const bool too_many = crosses(metrics_.documents_written, 1);
  const bool too_much = crosses(metrics_.bytes_written, bytes);
  if (too_many)
    return bad_request("TooManyWrites", "Too many writes in a single function execution (limit: " +
                                            std::to_string(metrics_.documents_written.limit) + ")");
  if (too_much)
    return bad_request("TooManyBytesWritten", "Too many bytes written in a single function execution (limit: " +
                                                  std::to_string(metrics_.bytes_written.limit / mebi) + " MiB)");
  return {};
}

outcome<void> usage::note_scheduled(std::size_t args_bytes) {
  const bool too_many = crosses(metrics_.functions_scheduled, 1);
  const bool too_much = crosses(metrics_.scheduled_function_args_bytes, args_bytes);
  if (too_many)
    return bad_request("TooManyFunctionsScheduled", "Too many functions scheduled by this mutation (limit: " +
                                                        std::to_string(metrics_.functions_scheduled.limit) + ")");
  if (too_much)
    return bad_request("ScheduledFunctionsArgumentsTooLarge",
                       "Too large total size of the arguments of scheduled functions from this mutation (limit: " +
                           std::to_string(metrics_.scheduled_function_args_bytes.limit / mebi) + " MiB)");
  return {};
}

}  // namespace hull::backend::database
