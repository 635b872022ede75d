// Lets pages of any origin use the API, with credentials.
#pragma once

#include "http/message.hpp"

namespace hull::backend::http {

inline void add_cors_headers(const request& r, response& answer) {
  const std::string* origin = r.header("origin");
  if (!origin) return;
  auto& h = answer.headers;
  h.emplace_back("Access-Control-Allow-Origin", *origin);
  h.emplace_back("Access-Control-Allow-Credentials", "true");
  h.emplace_back("Vary", "origin, access-control-request-method, access-control-request-headers");
  if (r.method != "OPTIONS") return;
  if (const std::string* wanted = r.header("access-control-request-headers"))
    h.emplace_back("Access-Control-Allow-Headers", *wanted);
  h.emplace_back("Access-Control-Allow-Methods", "GET,POST,OPTIONS,PATCH,DELETE,PUT");
  h.emplace_back("Access-Control-Max-Age", "86400");
}

inline bool is_preflight(const request& r) {
  return r.method == "OPTIONS" && r.header("origin") && r.header("access-control-request-method");
}

}  // namespace hull::backend::http
