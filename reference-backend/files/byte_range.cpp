// Bodies of byte_range.hpp.
#include "files/byte_range.hpp"

#include <algorithm>
#include <charconv>

namespace hull::backend::files {
namespace {

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// Digits and nothing else; a number that is too large is as good as the largest.
std::optional<std::uint64_t> number(std::string_view text) {
  if (text.empty() || text.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
  std::uint64_t n = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), n);
  return read.ec == std::errc() ? n : UINT64_MAX;
}

bool is_bytes_unit(std::string_view text) {
  constexpr std::string_view unit = "bytes";
  return std::equal(text.begin(), text.end(), unit.begin(), unit.end(), [](char a, char b) { return (a | 0x20) == b; });
}

}  // namespace

wanted_range read_range(const std::optional<std::string_view>& header, std::uint64_t size) {
  if (!header || size == 0) return {};
  const auto equals = header->find('=');
  if (equals == std::string_view::npos || !is_bytes_unit(trimmed(header->substr(0, equals)))) return {};
  const std::string_view list = header->substr(equals + 1);
  if (list.find(',') != std::string_view::npos) return {range_kind::unsatisfiable, {}};
  const std::string_view range = trimmed(list);
  const auto dash = range.find('-');
  if (dash == std::string_view::npos) return {};
  const std::string_view from = trimmed(range.substr(0, dash)), to = trimmed(range.substr(dash + 1));

  if (from.empty()) {
    const auto last = number(to);
    if (!last) return {};
    if (*last == 0) return {range_kind::unsatisfiable, {}};
    const std::uint64_t length = std::min(*last, size);
    return {range_kind::part, {size - length, length}};
  }
  const auto first = number(from);
  if (!first) return {};
  std::uint64_t end = size - 1;
  if (!to.empty()) {
    const auto last = number(to);
    if (!last || *last < *first) return {};
    end = std::min(*last, end);
  }
  if (*first >= size) return {range_kind::unsatisfiable, {}};
  return {range_kind::part, {*first, end - *first + 1}};
}

}  // namespace hull::backend::files
