// An optional for what is seldom there: absent, it takes the room of one pointer.
#pragma once

#include <memory>
#include <optional>
#include <utility>

namespace hull {

/// As std::optional<T>, with the T on the heap. Copying copies the T.
template <class T>
class rare {
 public:
  rare() noexcept = default;
  rare(std::nullopt_t) noexcept {}
  rare(T held) : held_(std::make_unique<T>(std::move(held))) {}
  rare(std::optional<T> held) {
    if (held) held_ = std::make_unique<T>(std::move(*held));
  }
  rare(const rare& other) : held_(other.held_ ? std::make_unique<T>(*other.held_) : nullptr) {}
  rare(rare&&) noexcept = default;
  rare& operator=(const rare& other) {
    rare copy(other);
    return *this = std::move(copy);
  }
  rare& operator=(rare&&) noexcept = default;
  ~rare() = default;

  bool has_value() const noexcept { return held_ != nullptr; }
  explicit operator bool() const noexcept { return has_value(); }
  // As with std::optional: there must be one.
  const T& operator*() const noexcept { return *held_; }
  T& operator*() noexcept { return *held_; }
  const T* operator->() const noexcept { return held_.get(); }
  T* operator->() noexcept { return held_.get(); }
  /// Throws std::bad_optional_access when there is none.
  const T& value() const {
    if (!held_) throw std::bad_optional_access();
    return *held_;
  }
  void reset() noexcept { held_.reset(); }

  operator std::optional<T>() const { return held_ ? std::optional<T>(*held_) : std::nullopt; }

 private:
  std::unique_ptr<T> held_;
};

}  // namespace hull
