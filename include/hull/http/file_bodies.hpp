// Bodies of requests and answers in memory and in files. For the I/O thread.
#pragma once

#include <hull/config.hpp>
#include <hull/error.hpp>
#include <hull/net/http.hpp>
#include <hull/value/value.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace hull::detail {

class memory_source final : public net::http_source {
 public:
  explicit memory_source(bytes data) : data_(std::move(data)) {}
  std::uint64_t size() const override { return data_.size(); }
  result<std::size_t> read(std::span<char> into) override;

 private:
  bytes data_;
  std::size_t taken_ = 0;
};

class file_source final : public net::http_source {
 public:
  /// errc::bad_argument when the file cannot be read.
  static result<std::shared_ptr<file_source>> open(const std::filesystem::path& file);
  std::uint64_t size() const override { return size_; }
  result<std::size_t> read(std::span<char> into) override;

 private:
  std::filesystem::path path_;
  std::ifstream in_;
  std::uint64_t size_ = 0;
};

/// Where a download goes.
class download_target {
 public:
  virtual ~download_target() = default;
  virtual result<void> append(std::string_view piece) = 0;
  /// Back to nothing.
  virtual result<void> restart() = 0;
};

class memory_target final : public download_target {
 public:
  result<void> append(std::string_view piece) override;
  result<void> restart() override;
  bytes take() { return std::move(data_); }

 private:
  bytes data_;
};

/// A file that appears under its name when it is whole, and not at all otherwise.
class file_target final : public download_target {
 public:
  explicit file_target(std::filesystem::path to);
  ~file_target() override;
  result<void> append(std::string_view piece) override;
  result<void> restart() override;
  result<void> commit();

 private:
  error refusal(const char* what) const;
  std::filesystem::path to_;
  std::filesystem::path part_;
  std::ofstream out_;
};

}  // namespace hull::detail

#ifndef HULL_SEPARATE_COMPILATION
#include <hull/http/file_bodies.ipp>
#endif
