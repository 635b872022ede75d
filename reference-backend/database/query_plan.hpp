// A query as it will be run: one interval of one index, walked in one direction, then filters and limits.
#pragma once

#include "common/failure.hpp"
#include "database/catalog.hpp"
#include "database/expression.hpp"
#include "database/read_set.hpp"
#include "database/transaction.hpp"

#include <hull/value/value.hpp>

#include <string>
#include <variant>
#include <vector>

namespace hull::backend::database {

struct query_plan {
  std::string table_name;           ///< As the query names it; a view keeps its name.
  std::optional<std::string> view;  ///< Set for a virtual table: rows are shown through it.
  /// Nothing when the table does not exist (for the caller): the query has no rows.
  std::optional<index_info> index;
  bool system = false;  ///< Of a system table: not charged to the limits.
  interval range;
  bool descending = false;
  std::vector<std::variant<expression, std::uint64_t>> operators;  ///< Filters, and limits as numbers.
  std::string fingerprint;  ///< See fingerprint_of; only of queries that read a page.
};

/// Checks `query` against the tables and indexes there are. Reads nothing.
outcome<query_plan> plan_query(access who, const value& query, const catalog& tables);

/// Equal for equal queries on equal indexes, whatever the page size.
std::string fingerprint_of(const value& query, const query_plan& plan);

/// Who may look at that table? Failure for the other side's tables; false: act as if it did not exist.
outcome<bool> may_access(access who, std::string_view table_name);

}  // namespace hull::backend::database
