// Reading of source maps: the JSON envelope, then the base64 VLQ numbers of "mappings".
#include "runtime/source_map.hpp"

#include <hull/value/json.hpp>

#include <algorithm>
#include <array>
#include <limits>

namespace hull::backend::runtime {
namespace {

int digit_of(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '+') return 62;
  if (c == '/') return 63;
  return -1;
}

/// One signed number: five bits a digit, the low bit of the whole is the sign.
bool read_vlq(std::string_view text, std::size_t& at, std::int64_t& out) {
  std::uint64_t bits = 0;
  for (unsigned shift = 0; at < text.size() && shift < 40; shift += 5) {
    const int digit = digit_of(text[at++]);
    if (digit < 0) return false;
    bits |= static_cast<std::uint64_t>(digit & 31) << shift;
    if ((digit & 32) == 0) {
      out = static_cast<std::int64_t>(bits >> 1);
      if ((bits & 1) != 0) out = -out;
      return true;
    }
  }
  return false;
}

bool fits(std::int64_t n) { return n >= 0 && n <= std::numeric_limits<std::int32_t>::max(); }

}  // namespace

bool source_map::decode(std::string_view mappings) {
  std::uint32_t line = 0;
  std::int64_t column = 0;
  std::array<std::int64_t, 3> from{};  // source, line, column: each relative to the one before
  for (std::size_t at = 0; at < mappings.size();) {
    const char c = mappings[at];
    if (c == ';') {
      ++line;
      column = 0;
      ++at;
      continue;
    }
    if (c == ',') {
      ++at;
      continue;
    }
    std::int64_t delta = 0;
    if (!read_vlq(mappings, at, delta)) return false;
    column += delta;
    const auto at_end = [&] { return at >= mappings.size() || mappings[at] == ',' || mappings[at] == ';'; };
    segment s{line, static_cast<std::uint32_t>(column), -1, 0, 0};
    if (!at_end()) {
      for (std::int64_t& n : from) {
        if (!read_vlq(mappings, at, delta)) return false;
        n += delta;
        if (!fits(n)) return false;
      }
      if (!at_end() && !read_vlq(mappings, at, delta)) return false;  // index of a name: not needed
      if (static_cast<std::size_t>(from[0]) >= sources_.size()) return false;
      s.source = static_cast<std::int32_t>(from[0]);
      s.source_line = static_cast<std::uint32_t>(from[1]);
      s.source_column = static_cast<std::uint32_t>(from[2]);
    }
    if (!fits(column) || !at_end()) return false;
    segments_.push_back(s);
  }
  const auto before = [](const segment& a, const segment& b) {
    return a.line != b.line ? a.line < b.line : a.column < b.column;
  };
  if (!std::is_sorted(segments_.begin(), segments_.end(), before))
    std::stable_sort(segments_.begin(), segments_.end(), before);
  return true;
}

std::optional<source_map> source_map::parse(std::string_view text) {
  json_options options;
  options.any_names = true;
  options.plain = true;
  options.limits.max_array_length = 1u << 20;
  const auto read = read_json(text, options);
  if (!read) return std::nullopt;
  const value* version = read->find("version");
  const value* sources = read->find("sources");
  const value* mappings = read->find("mappings");
  if (version == nullptr || version->if_double() == nullptr || version->as_double() != 3) return std::nullopt;
  if (sources == nullptr || !sources->is_array() || mappings == nullptr || !mappings->is_string()) return std::nullopt;

  std::string root;
  if (const value* r = read->find("sourceRoot"); r != nullptr && r->is_string()) root = r->as_string();
  if (!root.empty() && root.back() != '/') root += '/';
  source_map map;
  for (const value& s : sources->as_array()) map.sources_.push_back(s.is_string() ? root + s.as_string() : "");
  if (!map.decode(mappings->as_string())) return std::nullopt;
  return map;
}

std::optional<source_map::position> source_map::find(std::uint32_t line, std::uint32_t column) const {
  const auto after = std::upper_bound(
      segments_.begin(), segments_.end(), segment{line, column, 0, 0, 0},
      [](const segment& a, const segment& b) { return a.line != b.line ? a.line < b.line : a.column < b.column; });
  if (after == segments_.begin()) return std::nullopt;
  const segment& s = *(after - 1);
  if (s.line != line || s.source < 0) return std::nullopt;
  return position{sources_[static_cast<std::size_t>(s.source)], s.source_line, s.source_column};
}

}  // namespace hull::backend::runtime
