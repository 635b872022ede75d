// Owning a subscription: it ends when the owner goes.
#pragma once

#include <functional>
#include <utility>

namespace hull {

/// Move-only. After reset() or destruction on the home executor no further callback comes, also when called from
/// inside one. Outliving the client is fine.
class subscription {
 public:
  subscription() = default;
  explicit subscription(std::function<void()> end) : end_(std::move(end)) {}
  subscription(subscription&& other) noexcept : end_(std::exchange(other.end_, nullptr)) {}
  subscription& operator=(subscription&& other) noexcept {
    if (this != &other) {
      reset();
      end_ = std::exchange(other.end_, nullptr);
    }
    return *this;
  }
  ~subscription() { reset(); }

  void reset() {
    if (auto end = std::exchange(end_, nullptr)) end();
  }
  explicit operator bool() const noexcept { return static_cast<bool>(end_); }

 private:
  std::function<void()> end_;
};

}  // namespace hull
