// What the fuzz targets share: bytes to play with, and a check that stays in every build.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace hull::fuzz {

/// A broken promise of ours, as opposed to bad input: ends the process, which is what a fuzzer looks for.
inline void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "broken: %s\n", what);
  std::abort();
}

/// Hands out the input piece by piece; zeros when it is used up.
class reader {
 public:
  reader(const std::uint8_t* data, std::size_t size) : rest_(reinterpret_cast<const char*>(data), size) {}
  bool empty() const noexcept { return rest_.empty(); }
  std::uint8_t byte() noexcept {
    if (rest_.empty()) return 0;
    const auto b = static_cast<std::uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    return b;
  }
  std::size_t below(std::size_t n) noexcept { return byte() % n; }
  /// Up to the next line feed, which is taken as well.
  std::string_view line() noexcept {
    const std::string_view l = rest_.substr(0, rest_.find('\n'));
    rest_.remove_prefix(l.size() < rest_.size() ? l.size() + 1 : l.size());
    return l;
  }

 private:
  std::string_view rest_;
};

}  // namespace hull::fuzz
