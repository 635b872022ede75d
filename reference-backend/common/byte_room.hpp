// Memory for what clients send, of all connections together: each message or body has its limit, but there may be
// thousands of them, and nobody needs a key to send one.
#pragma once

#include <atomic>
#include <cstddef>
#include <optional>
#include <utility>

namespace hull::backend {

/// Safe from any thread. Outlives its shares.
class byte_room {
 public:
  explicit byte_room(std::size_t bytes) : bytes_(bytes) {}

  /// Gives back what it holds.
  class share {
   public:
    share(share&& other) noexcept : room_(std::exchange(other.room_, nullptr)), bytes_(other.bytes_) {}
    share& operator=(share&& other) noexcept {
      std::swap(room_, other.room_);
      std::swap(bytes_, other.bytes_);
      return *this;
    }
    ~share() {
      if (room_) room_->taken_ -= bytes_;
    }

    /// Holds at least so many from now on. False: there is no room, and it holds what it held.
    bool grow_to(std::size_t bytes) {
      if (bytes <= bytes_) return true;
      if (!room_->add(bytes - bytes_)) return false;
      bytes_ = bytes;
      return true;
    }

   private:
    friend class byte_room;
    share(byte_room& room, std::size_t bytes) : room_(&room), bytes_(bytes) {}
    byte_room* room_;
    std::size_t bytes_;
  };

  /// Nothing when there is no room for so many.
  std::optional<share> take(std::size_t bytes) {
    if (!add(bytes)) return std::nullopt;
    return share(*this, bytes);
  }

 private:
  bool add(std::size_t bytes) {
    std::size_t taken = taken_.load();
    do {
      if (bytes > bytes_ || taken > bytes_ - bytes) return false;
    } while (!taken_.compare_exchange_weak(taken, taken + bytes));
    return true;
  }

  const std::size_t bytes_;
  std::atomic<std::size_t> taken_ = 0;
};

}  // namespace hull::backend
