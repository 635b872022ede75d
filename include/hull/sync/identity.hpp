// As whom the client speaks, and whether the deployment has confirmed it.
#pragma once

#include <hull/protocol/client_message.hpp>
#include <hull/protocol/server_message.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace hull::sync {

/// What to authenticate with.
struct credentials {
  protocol::token_type type = protocol::token_type::none;
  std::string token;
  std::optional<value> acting_as;
};

class identity {
 public:
  /// Remembers the credentials for this and every later socket; none signs out. False when nothing changes.
  bool set(credentials c) {
    const bool was_set = is_set();
    wanted_ = std::move(c);
    if (!is_set()) is_awaited_ = false;
    return was_set || is_set();
  }
  bool is_set() const noexcept { return wanted_.type != protocol::token_type::none; }

  /// For the socket that is open now.
  protocol::authenticate message() {
    protocol::authenticate m;
    m.base_version = version_++;
    m.type = wanted_.type;
    m.token = wanted_.token;
    m.acting_as = wanted_.acting_as;
    return m;
  }

  /// A new socket. The message, when there is something to authenticate with, has to be the first after Connect.
  std::optional<protocol::authenticate> restart() {
    version_ = 0;
    is_awaited_ = is_set();
    if (!is_set()) return std::nullopt;
    return message();
  }

  void on_transition(const protocol::transition& t) noexcept {
    if (t.end.identity > t.start.identity && t.end.identity >= version_) is_awaited_ = false;
  }
  /// False for an error about credentials that were replaced meanwhile.
  bool concerns_current(const protocol::auth_error& e) const noexcept {
    return is_set() && (!e.base_version || *e.base_version + std::uint64_t{1} >= version_);
  }
  bool is_confirmed() const noexcept { return !is_awaited_; }

 private:
  credentials wanted_;
  std::uint32_t version_ = 0;
  bool is_awaited_ = false;  ///< Sent at the last restart, not confirmed since.
};

}  // namespace hull::sync
