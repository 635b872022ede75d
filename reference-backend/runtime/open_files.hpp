// The files that one execution has open, by number.
#pragma once

#include "runtime/stored_file.hpp"

#include <cstdint>
#include <map>
#include <memory>

namespace hull::backend::runtime {

class open_files {
 public:
  std::uint32_t add(std::unique_ptr<file_writer> w) {
    writers_.emplace(++last_, std::move(w));
    return last_;
  }
  std::uint32_t add(std::unique_ptr<file_reader> r) {
    readers_.emplace(++last_, std::move(r));
    return last_;
  }
  file_writer* writer(std::uint32_t number) const { return find(writers_, number); }
  file_reader* reader(std::uint32_t number) const { return find(readers_, number); }
  void close(std::uint32_t number) {
    writers_.erase(number);
    readers_.erase(number);
  }
  std::size_t size() const { return writers_.size() + readers_.size(); }

 private:
  template <class File>
  using table = std::map<std::uint32_t, std::unique_ptr<File>>;
  template <class File>
  static File* find(const table<File>& files, std::uint32_t number) {
    const auto found = files.find(number);
    return found == files.end() ? nullptr : found->second.get();
  }

  table<file_writer> writers_;
  table<file_reader> readers_;
  std::uint32_t last_ = 0;
};

}  // namespace hull::backend::runtime
