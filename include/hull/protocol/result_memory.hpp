// The long lists among the results that a socket brought, so that rows which come again are not read again.
#pragma once

#include <hull/protocol/types.hpp>
#include <hull/value/list_memory.hpp>

#include <cstddef>
#include <unordered_map>
#include <utility>

namespace hull::protocol {

/// Bounded: lists that would take it beyond `max_bytes` of text are not remembered. For one thread.
class result_memory {
 public:
  explicit result_memory(std::size_t max_bytes, hull::detail::list_memory empty = hull::detail::list_memory())
      : max_bytes_(max_bytes), empty_(std::move(empty)), fresh_(empty_) {}

  /// Of the list in this query's result; null when nothing is to be remembered. Valid until it is settled, which must
  /// follow when the result was read, well or not.
  hull::detail::list_memory* of(query_id query) {
    if (max_bytes_ == 0) return nullptr;
    if (lists_.empty()) return &fresh_;  // Most results are short and leave nothing here.
    const auto found = lists_.find(query);
    if (found == lists_.end()) return &fresh_;
    bytes_ -= found->second.size();
    return &found->second;
  }
  void settle(query_id query, hull::detail::list_memory* read) {
    if (bytes_ + read->size() > max_bytes_) read->forget();
    bytes_ += read->size();
    if (read == &fresh_) {
      if (!read->empty()) lists_.emplace(query, std::exchange(fresh_, empty_));
    } else if (read->empty()) {
      lists_.erase(query);
    }
  }
  /// The query has ended.
  void forget(query_id query) {
    const auto found = lists_.find(query);
    if (found == lists_.end()) return;
    bytes_ -= found->second.size();
    lists_.erase(found);
  }
  /// How much text is remembered, in bytes.
  std::size_t size() const noexcept { return bytes_; }

 private:
  std::size_t max_bytes_;
  std::size_t bytes_ = 0;
  hull::detail::list_memory empty_;
  hull::detail::list_memory fresh_;
  std::unordered_map<query_id, hull::detail::list_memory> lists_;
};

}  // namespace hull::protocol
