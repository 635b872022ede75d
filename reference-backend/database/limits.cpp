// Bodies of limits.hpp.
#include "database/limits.hpp"

#include <algorithm>
#include <string>

namespace hull::backend::database {
namespace {

constexpr std::uint64_t mebi = 1u << 20;

/// Adds to a counter; true when it is above its limit now.
bool crosses(used_and_limit& counter, std::uint64_t added) {
  counter.used += added;
  return counter.used > counter.limit;
}

}  // namespace

usage::usage() {
  for (const transaction_counter& c : transaction_counters) (metrics_.*c.used).limit = c.limit;
}

void usage::tighten(const transaction_budget& budget) {
  for (const transaction_counter& c : transaction_counters) {
    used_and_limit& counter = metrics_.*c.used;
    const std::optional<std::uint64_t>& more = budget.*c.budget;
    if (more && *more < counter.limit - std::min(counter.limit, counter.used)) counter.limit = counter.used + *more;
  }
}

void usage::restore_limits(const transaction_metrics& earlier) {
  for (const transaction_counter& c : transaction_counters) (metrics_.*c.used).limit = (earlier.*c.used).limit;
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

void usage::note_document(const std::string& id, std::uint64_t bytes, std::uint64_t levels) {
  if (bytes > biggest_.largest_bytes) {
    biggest_.largest_id = id;
    biggest_.largest_bytes = bytes;
  }
  if (levels > biggest_.deepest_levels) {
    biggest_.deepest_id = id;
    biggest_.deepest_levels = levels;
  }
}

outcome<void> usage::note_scheduled(std::size_t args_bytes) {
  biggest_.scheduled_args_bytes = std::max<std::uint64_t>(biggest_.scheduled_args_bytes, args_bytes);
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
