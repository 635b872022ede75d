// One function call as HTTP: the request's text and headers, and what the answer means.
#pragma once

#include <hull/config.hpp>
#include <hull/error.hpp>
#include <hull/log.hpp>
#include <hull/net/http.hpp>
#include <hull/value/value.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hull::detail {

struct function_call {
  char letter = '?';                 ///< Of its log lines: Q, M, A, or '?' for a function of unknown kind.
  std::string endpoint;              ///< "/api/query"
  std::string path;
  value args;
  std::string ts;                    ///< For query_at_ts; else empty.
  std::optional<std::string> component_path;
};

/// The body of the request. Arguments stand in an array of one, except for /api/function.
std::string encode_function_call(const function_call& call);

struct function_answer {
  result<value> outcome;
  std::vector<std::pair<log_level, std::string>> log;
};

/// Judges any answer: the value, what the function threw, or what the deployment has against the request.
function_answer read_function_answer(const function_call& call, const net::http_response& response);

/// What an answer says that is not the expected one: "Unauthenticated: token expired (HTTP 401 from http://...)".
error describe_refusal(const net::http_response& response);

/// Value of the header Authorization for an admin key, acting as a user or not.
std::string admin_authorization(const std::string& key, const std::optional<value>& acting_as);

}  // namespace hull::detail

#ifndef HULL_SEPARATE_COMPILATION
#include <hull/http/function_call.ipp>
#endif
