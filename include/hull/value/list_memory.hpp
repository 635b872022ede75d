// A long list as it was last read: the text of each row and the value that was made of it.
//
// A deployment sends a live query's whole result each time something in it changed. Rows whose text came before are not
// read again: they become the very same values, so that whoever looks for what changed compares pointers. It is a
// memory of what texts mean, nothing more: a wrong or stale one costs time and never changes what is read.
#pragma once

#include <hull/value/value.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hull::detail {

class list_memory {
 public:
  /// Lists with less text than `least_text`, in bytes, are not remembered: they are read as quickly as compared.
  explicit list_memory(std::size_t least_text = 4096) : least_text_(least_text) {}

  struct row {
    std::size_t begin = 0;   ///< Of its text in the list's.
    std::size_t size = 0;    ///< Bytes of it.
    std::size_t values = 0;  ///< How many it holds, itself included.
    value v;
  };

  /// How much it holds, in bytes of text.
  std::size_t size() const noexcept { return text_.size(); }
  bool empty() const noexcept { return rows_.empty(); }
  std::size_t least_text() const noexcept { return least_text_; }
  std::size_t rows() const noexcept { return rows_.size(); }

  /// A list is about to be read, `depth` levels deep. Rows may be known to be valid at another depth only.
  void begin(std::size_t depth) {
    if (depth != depth_) forget();
    depth_ = depth;
    next_ = 0;
  }

  /// The row that the text from `at` on begins with; null when there is none. Texts that delimit themselves only:
  /// objects, arrays and strings, from their first byte on.
  const row* find(const char* at, const char* end) {
    // Lists mostly stay in order: the row behind the last one, or behind one that is gone or has changed.
    for (std::size_t i = next_; i < std::min(next_ + 2, rows_.size()); ++i)
      if (begins_with(i, at, end)) return found(i);
    if (rows_.empty() || static_cast<std::size_t>(end - at) < head) return nullptr;
    if (places_.empty()) index();
    std::uint64_t slot = hash(at);
    for (std::size_t probe = 0; probe < most_probes; ++probe, ++slot) {
      const std::uint32_t place = places_[slot & (places_.size() - 1)];
      if (place == 0) return nullptr;
      if (begins_with(place - 1, at, end)) return found(place - 1);
    }
    return nullptr;
  }

  /// What was read, whole.
  void keep(std::string_view text, std::vector<row>&& rows) {
    places_.clear();
    if (text.size() < least_text_ || rows.empty()) return forget();
    text_ = text;
    rows_ = std::move(rows);
  }
  void forget() {
    text_ = {};
    rows_ = {};
    places_ = {};
    next_ = 0;
  }

 private:
  static constexpr std::size_t head = 64;        ///< Bytes at the front of a row by which it is looked up.
  static constexpr std::size_t most_probes = 8;  ///< Whatever a deployment sends, a lookup ends.

  bool begins_with(std::size_t i, const char* at, const char* end) const {
    const row& r = rows_[i];
    return r.size <= static_cast<std::size_t>(end - at) && std::memcmp(at, text_.data() + r.begin, r.size) == 0;
  }
  const row* found(std::size_t i) {
    next_ = i + 1;
    return &rows_[i];
  }

  static std::uint64_t hash(const char* at) {
    std::uint64_t h = 0x9e3779b97f4a7c15;
    for (std::size_t i = 0; i < head; i += 8) {
      std::uint64_t word = 0;
      std::memcpy(&word, at + i, 8);
      h = (h ^ word) * 0xff51afd7ed558ccd;
      h ^= h >> 32;
    }
    return h;
  }

  void index() {
    std::size_t width = 16;
    while (width < 2 * rows_.size()) width *= 2;
    places_.assign(width, 0);
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      if (rows_[i].size < head) continue;
      std::uint64_t slot = hash(text_.data() + rows_[i].begin);
      for (std::size_t probe = 0; probe < most_probes; ++probe, ++slot)
        if (std::uint32_t& place = places_[slot & (width - 1)]; place == 0) {
          place = static_cast<std::uint32_t>(i + 1);
          break;
        }
    }
  }

  std::size_t least_text_;
  std::string text_;
  std::vector<row> rows_;
  std::vector<std::uint32_t> places_;  ///< Rows by the hash of their heads, counted from 1; made when first needed.
  std::size_t depth_ = 0;
  std::size_t next_ = 0;  ///< The row that is expected next.
};

}  // namespace hull::detail
