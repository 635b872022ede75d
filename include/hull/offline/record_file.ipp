// Bodies of record_file.hpp.
#pragma once

#include <hull/offline/record_file.hpp>

#include <limits>
#include <utility>

namespace hull::offline {

HULL_INLINE result<void> record_file::rewrite(const std::vector<std::string>& texts) {
  std::uint64_t size = header_length;
  for (const std::string& text : texts) {
    if (text.empty() || text.size() > std::numeric_limits<std::uint32_t>::max())
      return disk_error("a record must have between one byte and 4 GiB");
    size += record_head_length + text.size();
  }
  const std::uint64_t salt = salt_ + 1;
  auto made = write_new(texts, salt, size);
  if (made.has_error()) {
    // A full disk should not be kept full by what is of no use. If this fails too, the next rewriting cuts it.
    static_cast<void>(files_->create(path_ + ".new"));
    return made.error();
  }
  if (auto renamed = files_->rename(path_ + ".new", path_); renamed.has_error()) return renamed;
  // From here on the name leads to the new file, for this process at least.
  file_ = std::move(*made);
  salt_ = salt;
  size_ = safe_ = size;
  is_sound_ = false;
  if (auto safe = files_->sync_folder(path_); safe.has_error()) return safe;
  is_sound_ = true;
  return {};
}

HULL_INLINE result<std::unique_ptr<growing_file>> record_file::write_new(const std::vector<std::string>& texts,
                                                                         std::uint64_t salt, std::uint64_t size) {
  constexpr std::size_t piece_length = 64u << 10;
  auto made = files_->create(path_ + ".new");
  if (made.has_error()) return made;
  std::string piece = make_header(kind_, salt, size);
  std::uint64_t position = header_length;
  for (const std::string& text : texts) {
    append_record(piece, salt, position, 0, text);
    position += record_head_length + text.size();
    if (piece.size() < piece_length) continue;
    if (auto written = (*made)->append(piece); written.has_error()) return written.error();
    piece.clear();
  }
  if (!piece.empty())
    if (auto written = (*made)->append(piece); written.has_error()) return written.error();
  if (auto safe = (*made)->sync(); safe.has_error()) return safe.error();
  return made;
}

HULL_INLINE result<void> record_file::continue_at(std::uint64_t salt, std::uint64_t size) {
  auto opened = files_->open(path_);
  if (opened.has_error()) return opened.error();
  file_ = std::move(*opened);
  salt_ = salt;
  size_ = size;
  safe_ = 0;
  is_sound_ = true;
  return {};
}

HULL_INLINE result<void> record_file::append(std::string_view text) {
  if (!is_sound()) return disk_error("the end of " + path_ + " is uncertain after an earlier failure");
  if (text.empty() || text.size() > std::numeric_limits<std::uint32_t>::max())
    return disk_error("a record must have between one byte and 4 GiB");
  std::string record;
  append_record(record, salt_, size_, safe_, text);
  if (auto written = file_->append(record); written.has_error()) {
    is_sound_ = false;
    return written;
  }
  size_ += record.size();
  return {};
}

HULL_INLINE result<void> record_file::sync() {
  if (!is_sound()) return disk_error("the end of " + path_ + " is uncertain after an earlier failure");
  if (auto safe = file_->sync(); safe.has_error()) {
    is_sound_ = false;
    return safe;
  }
  safe_ = size_;
  return {};
}

HULL_INLINE void record_file::close() noexcept {
  file_.reset();
  is_sound_ = false;
  size_ = safe_ = 0;
}

}  // namespace hull::offline
