// Bodies of file_bodies.hpp.
#pragma once

#include <hull/http/file_bodies.hpp>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <random>
#include <system_error>

namespace hull::detail {

HULL_INLINE std::string reason_of_last_error() {
  return errno == 0 ? std::string("no reason given") : std::generic_category().message(errno);
}

HULL_INLINE result<std::size_t> memory_source::read(std::span<char> into) {
  const std::size_t n = std::min(into.size(), data_.size() - taken_);
  if (n != 0) std::memcpy(into.data(), data_.data() + taken_, n);
  taken_ += n;
  return n;
}

HULL_INLINE result<std::shared_ptr<file_source>> file_source::open(const std::filesystem::path& file) {
  auto source = std::make_shared<file_source>();
  std::error_code failed;
  source->path_ = file;
  const auto refuse = [&](const std::string& why) {
    return error{errc::bad_argument, "The file " + file.string() + " cannot be read: " + why + '.', {}, {}};
  };
  if (!std::filesystem::is_regular_file(file, failed)) return refuse(failed ? failed.message() : "it is no regular file");
  source->size_ = std::filesystem::file_size(file, failed);
  if (failed) return refuse(failed.message());
  errno = 0;
  source->in_.open(file, std::ios::binary);
  if (!source->in_) return refuse(reason_of_last_error());
  return source;
}

HULL_INLINE result<std::size_t> file_source::read(std::span<char> into) {
  errno = 0;
  in_.read(into.data(), static_cast<std::streamsize>(into.size()));
  if (in_.bad()) return error{errc::bad_argument, "The file " + path_.string() + " cannot be read: " + reason_of_last_error() + '.', {}, {}};
  return static_cast<std::size_t>(in_.gcount());
}

HULL_INLINE result<void> memory_target::append(std::string_view piece) {
  data_.insert(data_.end(), piece.begin(), piece.end());
  return {};
}

HULL_INLINE result<void> memory_target::restart() {
  data_.clear();
  return {};
}

HULL_INLINE file_target::file_target(std::filesystem::path to) : to_(std::move(to)), part_(to_) {
  part_ += ".part-" + std::to_string(std::random_device{}());
}

HULL_INLINE file_target::~file_target() {
  if (!out_.is_open()) return;
  out_.close();
  std::error_code ignored;
  std::filesystem::remove(part_, ignored);
}

HULL_INLINE error file_target::refusal(const char* what) const {
  return error{errc::bad_argument, std::string(what) + ' ' + part_.string() + ": " + reason_of_last_error() + '.', {}, {}};
}

HULL_INLINE result<void> file_target::restart() {
  errno = 0;
  if (out_.is_open()) out_.close();
  out_.clear();
  out_.open(part_, std::ios::binary | std::ios::trunc);
  if (!out_) return refusal("Cannot create");
  return {};
}

HULL_INLINE result<void> file_target::append(std::string_view piece) {
  errno = 0;
  if (!out_.write(piece.data(), static_cast<std::streamsize>(piece.size()))) return refusal("Cannot write");
  return {};
}

HULL_INLINE result<void> file_target::commit() {
  errno = 0;
  if (!out_.flush()) return refusal("Cannot write");
  out_.close();
  std::error_code failed;
  std::filesystem::rename(part_, to_, failed);
  if (!failed) return {};
  std::error_code ignored;
  std::filesystem::remove(part_, ignored);
  return error{errc::bad_argument, "Cannot give the file the name " + to_.string() + ": " + failed.message() + '.', {}, {}};
}

}  // namespace hull::detail
