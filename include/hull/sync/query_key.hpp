// The name of one query: function and arguments, as one canonical text.
#pragma once

#include <hull/config.hpp>
#include <hull/error.hpp>
#include <hull/value/value.hpp>

#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace hull {

/// Text that is equal for equal queries: {"udfPath":<canonical path>,"args":<arguments>}. It never leaves the client.
std::string query_token(std::string_view path, const value& args);

namespace sync {

/// Path and arguments of a query that passed the checks, as their token: one block of memory. Cheap to copy.
class query_key {
 public:
  query_key() = default;
  /// errc::bad_argument for a bad path or bad arguments.
  static result<query_key> make(std::string_view path, const value& args);

  std::string_view token() const noexcept { return {data_->text(), data_->token_length}; }
  std::string_view path() const noexcept;  ///< Canonical.
  value args() const;                      ///< Read from the token each time.

  friend bool operator==(const query_key& a, const query_key& b) noexcept {
    return a.data_ == b.data_ || (a.data_ && b.data_ && a.token() == b.token());
  }

 private:
  /// The text of the token follows in the same block.
  struct data : boost::intrusive_ref_counter<data, boost::thread_safe_counter> {
    data(std::string_view token, std::size_t length_of_path);
    static void* operator new(std::size_t size, std::size_t length_of_token) {
      return ::operator new(size + length_of_token);
    }
    static void operator delete(void* block) { ::operator delete(block); }
    static void operator delete(void* block, std::size_t) { ::operator delete(block); }
    char* text() noexcept { return reinterpret_cast<char*>(this + 1); }
    const char* text() const noexcept { return reinterpret_cast<const char*>(this + 1); }

    std::uint32_t token_length;
    std::uint32_t path_length;
  };
  boost::intrusive_ptr<const data> data_;
};

/// What a subscriber wants back with each change of its query; the engine carries it and knows nothing about it.
using watcher_tag = std::uint32_t;
inline constexpr watcher_tag no_watcher = 0;

}  // namespace sync
}  // namespace hull

#ifndef HULL_SEPARATE_COMPILATION
#include <hull/sync/query_key.ipp>
#endif
