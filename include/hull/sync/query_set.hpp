// What we want from the deployment: the subscribed queries, and how far it was told about them.
#pragma once

#include <hull/config.hpp>
#include <hull/protocol/client_message.hpp>
#include <hull/sync/query_table.hpp>

#include <cstdint>
#include <optional>
#include <vector>

namespace hull::sync {

class query_set {
 public:
  explicit query_set(query_table& table) : table_(table) {}

  /// Counts a subscriber. True when it is the first, so that the deployment has to hear of it.
  bool subscribe(query_record& record);
  /// Counts a subscriber less. True when it was the last. Harmless when there was none.
  bool unsubscribe(query_record& record);

  /// What changed on this socket since the last message; nothing when nothing did.
  std::optional<protocol::modify_query_set> take_message();
  /// A new socket: everything from the beginning, in the order of subscription, with the journals.
  protocol::modify_query_set restart();
  /// Changes need not be remembered until the next restart.
  void socket_lost();

  /// The deployment spoke about a query: its result, or that it is gone.
  void confirm(query_record& record);
  /// True when every query that was added at the last restart was heard of since, or unsubscribed.
  bool is_confirmed() const noexcept { return awaited_ == 0; }

 private:
  static protocol::add_query describe(const query_record& record);

  query_table& table_;
  // What the deployment was not told yet; new ids in ascending order.
  std::vector<protocol::query_id> added_;
  std::vector<protocol::query_id> removed_;
  bool is_live_ = false;  ///< A socket was told everything as of its restart.
  protocol::query_id next_id_ = 0;
  std::uint32_t version_ = 0;
  std::size_t awaited_ = 0;
};

}  // namespace hull::sync

#ifndef HULL_SEPARATE_COMPILATION
#include <hull/sync/query_set.ipp>
#endif
