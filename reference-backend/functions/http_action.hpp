// A request for an HTTP action and its response, as the edges see them. Bodies go piece by piece.
#pragma once

#include "common/byte_source.hpp"
#include "functions/application.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hull::backend::functions {

inline constexpr std::uint64_t max_http_response_bytes = 20u << 20;
/// What a request gets, with status 404, for which the app has no route.
inline constexpr std::string_view no_matching_route = "No matching routes found";

using http_header_list = std::vector<std::pair<std::string, std::string>>;  ///< Bytes, as they are on the wire.

struct http_response {
  unsigned status = 200;
  http_header_list headers;
  std::string text;  ///< The body, when there is no stream.
  std::shared_ptr<byte_source> stream;
  std::optional<std::uint64_t> stream_length;  ///< When the function knows it.
};

struct http_request {
  std::string method;
  std::string url;   ///< "http://host/path?query"
  std::string path;  ///< As the router sees it.
  http_header_list headers;
  std::shared_ptr<byte_source> body;  ///< Null: there is none.
  identity who;
  std::string request_id;
  client_pointer client;
  /// Called once, while the function may still be running: its response, or what the client gets instead.
  std::function<void(http_response)> respond;
  /// Registers what is to be called when the client goes away before it has the whole response.
  std::function<void(std::function<void()>)> when_gone;
};

}  // namespace hull::backend::functions
