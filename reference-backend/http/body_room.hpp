// Memory for the bodies of requests that are read as a whole, of all connections of a listener together: each has its
// limit, but there may be thousands of them, and nobody needs a key to send one.
#pragma once

#include <atomic>
#include <cstddef>
#include <optional>
#include <utility>

namespace hull::backend::http {

/// Safe from any thread. Outlives its shares.
class body_room {
 public:
  explicit body_room(std::size_t bytes) : bytes_(bytes) {}

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

   private:
    friend class body_room;
    share(body_room& room, std::size_t bytes) : room_(&room), bytes_(bytes) {}
    body_room* room_;
    std::size_t bytes_;
  };

  /// Nothing when there is no room for so many.
  std::optional<share> take(std::size_t bytes) {
    std::size_t taken = taken_.load();
    do {
      if (bytes > bytes_ || taken > bytes_ - bytes) return std::nullopt;
    } while (!taken_.compare_exchange_weak(taken, taken + bytes));
    return share(*this, bytes);
  }

 private:
  const std::size_t bytes_;
  std::atomic<std::size_t> taken_ = 0;
};

}  // namespace hull::backend::http
