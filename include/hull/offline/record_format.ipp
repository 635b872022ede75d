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

/// The text of the record that begins at `position`, if a whole one does; `safe` becomes at least what it says.
HULL_INLINE std::optional<std::string_view> record_at(std::string_view file, std::uint64_t salt, std::size_t position,
                                                      std::uint64_t& safe) {
  if (file.size() - position < record_head_length) return std::nullopt;
  const std::string_view head = file.substr(position, record_head_length);
  const std::uint64_t says_safe = number_at<std::uint64_t>(head, 8);
  if (says_safe > position) return std::nullopt;  // So are nearly all bytes that are no head: sums are saved.
  if (number_at<std::uint32_t>(head, 16) != head_checksum(salt, position, head.substr(0, 16))) return std::nullopt;
  // The head is genuine: what it says of the bytes before it holds, even if its own text is broken.
  safe = std::max(safe, says_safe);
  const std::uint64_t length = number_at<std::uint32_t>(head, 0);
  if (length == 0 || length > file.size() - position - record_head_length) return std::nullopt;
  const std::string_view text = file.substr(position + record_head_length, static_cast<std::size_t>(length));
  if (number_at<std::uint32_t>(head, 4) != crc32(text)) return std::nullopt;
  return text;
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
    if (const auto text = detail::record_at(file, found.salt, position, safe)) {
      found.texts.push_back(*text);
      position += record_head_length + text->size();
    } else {
      first_gap = std::min(first_gap, position);
      ++position;  // Look for the next record at every byte: heads are cheap to test and hard to hit by chance.
    }
  }
  found.is_torn = first_gap < file.size();
  found.is_damaged = first_gap < safe;
  return found;
}

}  // namespace hull::offline
