// What one transaction may use, and the counters that say what it used.
#pragma once

#include "common/failure.hpp"
#include "database/types.hpp"

namespace hull::backend::database {

/// Ends what is said about too many reads.
inline constexpr const char* read_advice =
    " Consider using smaller limits in your queries, paginating your queries, or using indexed queries with a "
    "selective index range expressions.";

/// Counts first and checks then, so that the counters show that a limit was crossed.
class usage {
 public:
  usage();

  outcome<void> note_query();                   ///< One `get`, or one query opened.
  outcome<void> note_read(std::size_t bytes);   ///< One document scanned.
  outcome<void> note_write(std::size_t bytes);  ///< One write call; a deletion writes 0 bytes.
  outcome<void> note_scheduled(std::size_t args_bytes);
  void note_document(const std::string& id, std::uint64_t bytes, std::uint64_t levels);

  const transaction_metrics& metrics() const noexcept { return metrics_; }
  const biggest_writes& biggest() const noexcept { return biggest_; }

  /// What may be used from now on is `budget` at most, and never more than before: limits are only made tighter.
  void tighten(const transaction_budget& budget);
  /// The limits of an earlier moment again; what was used stays used.
  void restore_limits(const transaction_metrics& earlier);

 private:
  transaction_metrics metrics_;
  biggest_writes biggest_;
};

}  // namespace hull::backend::database
