// One HTTP exchange as a mock server sees it.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hull::mock {

using http_headers = std::vector<std::pair<std::string, std::string>>;

/// The value of the first header of this name, whatever its case; null when there is none.
const std::string* find_header(const http_headers& headers, std::string_view name) noexcept;

/// A request, read to its end.
struct http_request {
  std::string method;  ///< "GET"
  std::string target;  ///< Path and query as sent: "/api/query?path=m%3Alist".
  http_headers headers;  ///< In the order in which they came.
  std::string body;      ///< Empty when there is none.
};

/// What is sent back.
struct http_answer {
  unsigned status = 200;                          ///< Of HTTP: 200, 404, ...
  std::string body;                               ///< Sent as it is.
  std::string content_type = "application/json";  ///< The header Content-Type.
  http_headers headers = {};  ///< Besides Content-Type and Content-Length.
};

/// Answers a request that is no WebSocket upgrade. Called on the server's thread; `reply` may be called once, at any
/// time and from any thread.
using http_handler = std::function<void(http_request request, std::function<void(http_answer)> reply)>;

}  // namespace hull::mock
