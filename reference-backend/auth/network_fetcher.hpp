// Fetches over http and https.
#pragma once

#include "auth/url_fetcher.hpp"

#include <chrono>
#include <memory>

namespace hull::backend::auth {

class network_fetcher final : public url_fetcher {
 public:
  /// `deadline`: for one document, from the name of its host to its last byte.
  explicit network_fetcher(std::chrono::milliseconds deadline = std::chrono::seconds(10));
  ~network_fetcher() override;

  outcome<std::string> get(const std::string& url, std::size_t max_bytes) override;

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace hull::backend::auth
