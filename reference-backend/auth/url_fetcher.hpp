// How documents of identity providers are fetched.
#pragma once

#include "common/failure.hpp"

#include <cstddef>
#include <string>

namespace hull::backend::auth {

class url_fetcher {
 public:
  virtual ~url_fetcher() = default;
  /// Body of a 2xx answer to GET; blocks. The failure is a text that says what went wrong. Safe from any thread.
  virtual outcome<std::string> get(const std::string& url, std::size_t max_bytes) = 0;
};

}  // namespace hull::backend::auth
