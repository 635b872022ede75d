// Last known results, found by token; the least recently used make room. Knows of no file.
#pragma once

#include <hull/config.hpp>
#include <hull/value/value.hpp>

#include <cstddef>
#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace hull::offline {

class result_index {
 public:
  result_index(std::size_t max_results, std::uint64_t max_bytes) : max_results_(max_results), max_bytes_(max_bytes) {}

  struct found {
    std::optional<value> fresh;  ///< Not yet put into text.
    std::string_view text;       ///< JSON, when there is no fresh value. Good until the next change of the index.
  };
  /// Counts as a use.
  std::optional<found> find(std::string_view token);

  /// A new result, whose text is made later.
  void save(std::string_view token, const value& result);
  bool has_fresh() const noexcept { return waiting_ != 0; }
  /// Results that were saved since the last time, least recently used first.
  std::vector<std::pair<std::string, value>> take_fresh();
  /// The text of a result that was taken. A text that alone is too long is not kept, nor is the one before it.
  /// False when it changes nothing that a file would have to know.
  bool store_text(std::string_view token, const value& made_from, std::string text);

  /// As a file has it; an empty text: no result.
  void restore(std::string_view token, std::string_view text);
  /// Every result with a text, least recently used first.
  std::vector<std::pair<std::string_view, std::string_view>> all() const;

  bool has(std::string_view token) const { return by_token_.contains(token); }
  std::size_t size() const noexcept { return slots_.size(); }
  std::uint64_t bytes() const noexcept { return bytes_; }  ///< Of tokens and texts.

 private:
  struct slot {
    std::string token;
    std::string text;
    std::optional<value> fresh;
    bool is_waiting = false;  ///< To be taken.
  };
  using place = std::list<slot>::iterator;

  place use(std::string_view token);
  void set_text(place at, std::string text);
  void remove(place at);
  void make_room();

  std::size_t max_results_;
  std::uint64_t max_bytes_;
  std::list<slot> slots_;  ///< Most recently used first.
  std::unordered_map<std::string_view, place> by_token_;
  std::size_t waiting_ = 0;
  std::uint64_t bytes_ = 0;
};

}  // namespace hull::offline

#ifndef HULL_SEPARATE_COMPILATION
#include <hull/offline/result_index.ipp>
#endif
