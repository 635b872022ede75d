// What an optimistic update may read and write.
#pragma once

#include <hull/value/value.hpp>

#include <functional>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace hull {

/// Query results as the update sees them: server results with all earlier layers applied.
/// A bad path or arguments that are no object throw std::invalid_argument, which fails the mutation.
class local_store {
 public:
  virtual ~local_store() = default;
  /// Nothing while the query is loading, failed, or unknown.
  virtual std::optional<value> get_query(std::string_view path, const value& args) const = 0;
  /// Every known query of this path: its arguments and, when loaded, its value.
  virtual std::vector<std::pair<value, std::optional<value>>> get_all_queries(std::string_view path) const = 0;
  /// Nothing as value means "loading".
  virtual void set_query(std::string_view path, const value& args, std::optional<value> v) = 0;
};

/// Predicts what a mutation will do to query results, until the server confirms it. It runs at once and again
/// whenever a result that it read changes, so it must depend on the store and its captures alone.
using optimistic_update = std::function<void(local_store&)>;

}  // namespace hull
