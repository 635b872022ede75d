// Bodies of record_format.hpp.
#pragma once

#include <hull/offline/checksum.hpp>
#include <hull/offline/numbers.hpp>
#include <hull/offline/record_format.hpp>

#include <algorithm>
#include <array>
#include <optional>

namespace hull::offline {

namespace detail {

HULL_INLINE std::uint32_t head_checksum(std::uint64_t salt, std::uint64_t position, std::string_view head) {
  std::array<char, 16> place{};
  for (std::size_t i = 0; i < 8; ++i) {
    place[i] = static_cast<char>(salt >> (8 * i));
    place[8 + i] = static_cast<char>(position >> (8 * i));
  }
  return crc32(head, crc32(std::string_view(place.data(), place.size())));
}

/// What a genuine head says. Nothing when the bytes at `position` are no head.
struct record_head {
  std::uint64_t length = 0;
  std::uint32_t checksum = 0;
  std::uint64_t safe = 0;
};

HULL_INLINE std::optional<record_head> head_at(std::string_view file, std::uint64_t salt, std::size_t position) {
  if (file.size() - position < record_head_length) return std::nullopt;
  const std::string_view head = file.substr(position, record_head_length);
  record_head says{number_at<std::uint32_t>(head, 0), number_at<std::uint32_t>(head, 4),
                   number_at<std::uint64_t>(head, 8)};
  // Nearly all bytes that are no head fail one of these, which saves their sums.
  if (says.length == 0 || says.safe > position) return std::nullopt;
  if (number_at<std::uint32_t>(head, 16) != head_checksum(salt, position, head.substr(0, 16))) return std::nullopt;
  return says;
}

}  // namespace detail

HULL_INLINE std::string make_header(std::string_view kind, std::uint64_t salt, std::uint64_t first_bytes) {
  std::string out(kind);
  append_number(out, salt);
  append_number(out, first_bytes);
  append_number(out, crc32(out));
  return out;
}

HULL_INLINE void append_record(std::string& out, std::uint64_t salt, std::uint64_t position, std::uint64_t safe_bytes,
                               std::string_view text) {
  std::string head;
  append_number(head, static_cast<std::uint32_t>(text.size()));
  append_number(head, crc32(text));
  append_number(head, safe_bytes);
  append_number(head, detail::head_checksum(salt, position, head));
  out += head;
  out += text;
}

HULL_INLINE scanned_file scan(std::string_view file, std::string_view kind) {
  scanned_file found;
  if (!file.empty() && !file.starts_with(kind.substr(0, file.size()))) return found;
  found.start = scanned_file::header::damaged;
  if (file.size() < header_length) return found;
  const std::size_t body = header_length - 4;
  if (number_at<std::uint32_t>(file, body) != crc32(file.substr(0, body))) return found;
  found.start = scanned_file::header::good;
  found.salt = number_at<std::uint64_t>(file, kind_length);

  std::uint64_t safe = number_at<std::uint64_t>(file, kind_length + 8);
  std::size_t position = header_length;
  std::size_t first_gap = file.size();
  while (position < file.size()) {
    const auto head = detail::head_at(file, found.salt, position);
    if (!head) {
      first_gap = std::min(first_gap, position);
      ++position;  // Look for the next record at every byte: heads are cheap to test and hard to hit by chance.
      continue;
    }
    // What a genuine head says holds, even if its own text is broken: the next record begins behind that text, so no
    // byte is summed up twice.
    safe = std::max(safe, head->safe);
    const std::size_t rest = file.size() - position - record_head_length;
    const auto length = static_cast<std::size_t>(std::min<std::uint64_t>(head->length, rest));
    const std::string_view text = file.substr(position + record_head_length, length);
    if (head->length <= rest && crc32(text) == head->checksum)
      found.texts.push_back(text);
    else
      first_gap = std::min(first_gap, position);
    position += record_head_length + length;
  }
  found.is_torn = first_gap < file.size();
  found.is_damaged = first_gap < safe;
  return found;
}

}  // namespace hull::offline
