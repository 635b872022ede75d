// The store of an optimistic update, with C++ objects.
#pragma once

#include <hull/function/reference.hpp>
#include <hull/sync/local_store.hpp>
#include <hull/value/convert.hpp>

#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

namespace hull {

/// A view of a local_store. An update may take it instead of the store:
///
///   options.optimistic = [=](hull::typed_store store) {
///     if (auto list = store.get(list_messages, {channel})) {
///       list->push_back(draft);
///       store.set(list_messages, {channel}, *list);
///     }
///   };
///
/// A result that does not fit its type throws error_exception, which fails the mutation as any exception does.
class typed_store {
 public:
  /// Valid as long as the store: within the update that was given it.
  typed_store(local_store& store) noexcept : store_(&store) {}

  /// Nothing while the query is loading, failed, or unknown.
  template <class Args, class Result>
  std::optional<Result> get(const query_ref<Args, Result>& query, const std::type_identity_t<Args>& args) const {
    const auto found = store_->get_query(query.path(), to_value(args).value());
    if (!found) return std::nullopt;
    return from_value<Result>(*found).value();
  }

  /// Shows this result until the mutation is over, also for a query that is loading or failed.
  template <class Args, class Result>
  void set(const query_ref<Args, Result>& query, const std::type_identity_t<Args>& args,
           const std::type_identity_t<Result>& now) {
    store_->set_query(query.path(), to_value(args).value(), to_value(now).value());
  }

  /// Shows the query as loading.
  template <class Args, class Result>
  void set_loading(const query_ref<Args, Result>& query, const std::type_identity_t<Args>& args) {
    store_->set_query(query.path(), to_value(args).value(), std::nullopt);
  }

  /// Every known query of this function: its arguments and, when loaded, its result.
  template <class Args, class Result>
  std::vector<std::pair<Args, std::optional<Result>>> get_all(const query_ref<Args, Result>& query) const {
    std::vector<std::pair<Args, std::optional<Result>>> all;
    for (const auto& [args, found] : store_->get_all_queries(query.path())) {
      auto& [typed_args, typed_result] = all.emplace_back(from_value<Args>(args).value(), std::nullopt);
      if (found) typed_result = from_value<Result>(*found).value();
    }
    return all;
  }

  local_store& untyped() const noexcept { return *store_; }  ///< The store itself, for functions without a query_ref.

 private:
  local_store* store_;
};

}  // namespace hull
