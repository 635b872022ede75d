// How records lie in a file, so that a reader can tell whole ones from what a power cut or a bad disk left.
//
//   header   8 bytes that say what file it is, salt u64, length of header and first records u64, CRC u32
//   record   length u32, CRC of the text u32, bytes known to be safe when it was written u64, CRC of this head u32,
//   text
//
// Numbers are little-endian. The CRC of a head covers the salt of the file and the position of the record, so that a
// record of another file, or of an earlier life of the same disk blocks, is never taken for one of this file.
// The first records are safe before the file gets its name. What is unreadable in the safe part is damage; what is
// unreadable behind it is work that a crash cut off, as is to be expected.
#pragma once

#include <hull/config.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace hull::offline {

inline constexpr std::size_t kind_length = 8;
inline constexpr std::size_t header_length = kind_length + 8 + 8 + 4;
inline constexpr std::size_t record_head_length = 4 + 4 + 8 + 4;

/// `kind` has kind_length bytes. `first_bytes` counts the header and the records written before the file is named.
std::string make_header(std::string_view kind, std::uint64_t salt, std::uint64_t first_bytes);

/// Appends the record of a text (not empty) that will stand at `position` in the file.
void append_record(std::string& out, std::uint64_t salt, std::uint64_t position, std::uint64_t safe_bytes,
                   std::string_view text);

struct scanned_file {
  enum class header : std::uint8_t { foreign, damaged, good };
  header start = header::foreign;
  std::uint64_t salt = 0;
  std::vector<std::string_view> texts;  ///< Every readable record, in order; views into what was scanned.
  bool is_torn = false;                 ///< The end was cut off by a crash.
  bool is_damaged = false;              ///< Something that was safe is not readable.
};
/// Reads any bytes in a time that grows with their length only.
scanned_file scan(std::string_view file, std::string_view kind);

}  // namespace hull::offline

#ifndef HULL_SEPARATE_COMPILATION
#include <hull/offline/record_format.ipp>
#endif
