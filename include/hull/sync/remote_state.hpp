// What the server last said on this socket: its version, and the result of each query.
#pragma once

#include <hull/config.hpp>
#include <hull/protocol/server_message.hpp>
#include <hull/sync/query_table.hpp>

#include <cstdint>

namespace hull::sync {

class remote_state {
 public:
  const protocol::state_version& version() const noexcept { return version_; }
  /// One per socket; results of an earlier epoch are stale.
  std::uint32_t epoch() const noexcept { return epoch_; }

  void socket_opened() noexcept { version_ = {}; }
  void socket_lost() noexcept { ++epoch_; }

  /// False when the transition does not start where this socket stands: the two sides have lost each other.
  bool advance(const protocol::transition& t) noexcept;

  /// Stores a result. False when it says what was known before (after a reconnect, say): nobody needs to hear it.
  bool update(query_record& record, protocol::query_updated change);
  bool fail(query_record& record, protocol::query_failed change);
  bool remove(query_record& record);

 private:
  bool store(query_record& record, query_state state);

  protocol::state_version version_;
  std::uint32_t epoch_ = 1;
};

}  // namespace hull::sync

#ifndef HULL_SEPARATE_COMPILATION
#include <hull/sync/remote_state.ipp>
#endif
