// Owning a subscription: it ends when the owner goes.
#pragma once

#include <memory>
#include <type_traits>
#include <utility>

namespace hull {
namespace detail {

/// What a subscription holds on to.
class ending {
 public:
  ending() = default;
  ending(const ending&) = delete;
  ending& operator=(const ending&) = delete;
  virtual ~ending() = default;
  virtual void end() = 0;  ///< Called once.
};

template <class F>
class ending_of final : public ending {
 public:
  explicit ending_of(F f) : f_(std::move(f)) {}
  void end() override { f_(); }

 private:
  F f_;
};

}  // namespace detail

/// Move-only. After reset() or destruction on the home executor no further callback comes, also when called from
/// inside one. Outliving the client is fine.
class subscription {
 public:
  subscription() = default;
  /// `end` is called once, when the subscription ends.
  template <class F>
  requires std::is_invocable_v<F&>
  explicit subscription(F end) : ending_(std::make_shared<detail::ending_of<F>>(std::move(end))) {}
  /// For the library's own use: ends what it was given.
  explicit subscription(std::shared_ptr<detail::ending> ending) noexcept : ending_(std::move(ending)) {}
  /// What was subscribed to goes on; `other` is empty afterwards.
  subscription(subscription&& other) noexcept = default;
  /// Ends what was here, as reset() does, and takes over the other.
  subscription& operator=(subscription&& other) noexcept {
    if (this != &other) {
      reset();
      ending_ = std::move(other.ending_);
    }
    return *this;
  }
  ~subscription() { reset(); }

  /// Ends the subscription. Does nothing when there is none.
  void reset() {
    if (const auto ending = std::exchange(ending_, nullptr)) ending->end();
  }
  /// True until it is reset or moved from, also when the client is gone.
  explicit operator bool() const noexcept { return ending_ != nullptr; }

 private:
  std::shared_ptr<detail::ending> ending_;
};

}  // namespace hull
