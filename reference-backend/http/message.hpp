// HTTP requests and responses as the routes see them.
#pragma once

#include "common/byte_source.hpp"
#include "common/failure.hpp"

#include <hull/value/value.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hull::backend::http {

using header_list = std::vector<std::pair<std::string, std::string>>;

struct request {
  std::string method;   ///< "GET"
  std::string path;     ///< As sent, still percent-encoded, without the query.
  std::string query;    ///< Behind the '?', still encoded.
  header_list headers;  ///< Names in lower case.
  std::string body;     ///< With its content encoding undone; empty where a route reads it piece by piece.
  std::string peer;     ///< Address of whoever connected; empty when it is not known.
  std::string id;       ///< Sixteen hex digits, for error texts and logs.

  const std::string* header(std::string_view lower_case_name) const;
  std::optional<std::string> parameter(std::string_view name) const;  ///< Of the query, decoded.
};

struct response {
  unsigned status = 200;
  std::string content_type;  ///< Empty: no such header.
  std::string body;
  header_list headers;
  std::shared_ptr<byte_source> stream = {};         ///< When set, the body comes from here.
  std::optional<std::uint64_t> stream_length = {};  ///< When known: exactly so many bytes come.
};

/// Nothing when an escape is malformed. `plus_is_space` for queries.
std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space);

response text_response(unsigned status, std::string body);
response json_response(std::string json);
response value_response(const value& v);

/// {"code", "message"} with the status of the failure's kind. Faults of ours are logged, and told without detail.
response error_response(const failure& f, const request& r);
response error_response(unsigned status, std::string_view code, std::string_view message);

/// The body as JSON; BadJsonBody when it is none, or does not say that it is.
outcome<value> json_body(const request& r);
outcome<value> parse_json(std::string_view text, std::string_view code);

}  // namespace hull::backend::http
