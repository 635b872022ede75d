// One blocking HTTP request over loopback.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace hull::test {

struct http_answer {
  unsigned status = 0;
  std::string body;
};

/// Nothing when the server cannot be reached or breaks off. `origin` is "http://127.0.0.1:PORT".
std::optional<http_answer> http_call(const std::string& origin, const std::string& method, const std::string& target,
                                     const std::vector<std::pair<std::string, std::string>>& headers,
                                     const std::string& body);

}  // namespace hull::test
