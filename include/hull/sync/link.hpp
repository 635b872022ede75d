// The connection machine: which socket counts, when it has been silent for too long, when to try again.
// Time comes in as an argument; deadlines go out as data.
#pragma once

#include <hull/sync/backoff.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace hull::sync {

/// Time since any fixed point, the same for the life of an engine.
using moment = std::chrono::milliseconds;
/// Names one socket of an engine, so that late news of an earlier one is recognised.
using socket_id = std::uint32_t;

class link {
 public:
  /// held: deliberately without a socket, until `connect`.
  enum class phase { idle, connecting, open, waiting, held, ended };

  link(backoff_policy policy, std::chrono::milliseconds inactivity_timeout)
      : policy_(policy), inactivity_timeout_(inactivity_timeout) {}

  phase state() const noexcept { return phase_; }
  bool is_open() const noexcept { return phase_ == phase::open; }
  bool has_socket() const noexcept { return phase_ == phase::connecting || phase_ == phase::open; }
  bool has_ended() const noexcept { return phase_ == phase::ended; }
  /// True for the socket that is connecting or open now.
  bool is_current(socket_id s) const noexcept {
    return s == socket_ && has_socket();
  }
  socket_id socket() const noexcept { return socket_; }

  socket_id connect(moment now) noexcept {
    phase_ = phase::connecting;
    last_heard_ = now;
    return ++socket_;
  }
  void opened(moment now) noexcept {
    phase_ = phase::open;
    last_heard_ = now;
    ++connections_;
    last_close_reason_.reset();
  }
  void heard(moment now) noexcept { last_heard_ = now; }

  /// The socket is gone; says how long to wait before the next.
  std::chrono::milliseconds lost(std::string reason, close_category category, moment now, double jitter) {
    phase_ = phase::waiting;
    last_close_reason_ = std::move(reason);
    wait_ = policy_.wait(category, retries_++, jitter);
    retry_at_ = now + wait_;
    return wait_;
  }
  /// Lets go of the socket, or of the wait for the next, until `connect`.
  void hold() noexcept {
    phase_ = phase::held;
    last_close_reason_.reset();
  }
  /// Everything from before the reconnect is in order again.
  void synced() noexcept { retries_ = 0; }
  void end() noexcept { phase_ = phase::ended; }

  /// When the link wants to be looked at again.
  std::optional<moment> deadline() const noexcept {
    switch (phase_) {
      case phase::connecting:
      case phase::open: return last_heard_ + inactivity_timeout_;
      case phase::waiting: return retry_at_;
      default: return std::nullopt;
    }
  }

  std::uint32_t connections() const noexcept { return connections_; }
  std::uint32_t retries() const noexcept { return retries_; }
  std::chrono::milliseconds wait() const noexcept { return wait_; }
  const std::optional<std::string>& last_close_reason() const noexcept { return last_close_reason_; }

 private:
  backoff_policy policy_;
  std::chrono::milliseconds inactivity_timeout_;
  phase phase_ = phase::idle;
  socket_id socket_ = 0;
  moment last_heard_{0};
  moment retry_at_{0};
  std::chrono::milliseconds wait_{0};
  std::uint32_t connections_ = 0;
  std::uint32_t retries_ = 0;
  std::optional<std::string> last_close_reason_ = "InitialConnect";
};

}  // namespace hull::sync
