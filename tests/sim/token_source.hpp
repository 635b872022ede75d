// Where a simulated program gets its user tokens from: quick, slow, failing, hanging, with nobody signed in, or with
// tokens that the deployment refuses.
#pragma once

#include "server.hpp"

#include <hull/value/base64.hpp>
#include <hull/value/json.hpp>

#include <algorithm>
#include <functional>
#include <optional>
#include <string>

namespace hull::sim {

struct token_source {
  enum class kind { good, nobody, refused };
  kind what = kind::good;
  std::string user;
  std::int64_t lifetime = 0;     ///< Milliseconds.
  int failures = 0;              ///< The next questions that fail,
  int hangs = 0;                 ///< and after them those that are not answered for a very long time.
  int refusals = 0;              ///< Tokens, counted from the first, that the deployment will not take.
  std::int64_t slowness = 0;
  std::string cached;

  /// A token that the deployment knows of.
  std::string issue(stage& s, server& deployment) {
    const std::int64_t issued_ms = deployment.wall_ms();
    const std::string text = "{\"iat\":" + std::to_string(issued_ms / 1000) +
                             ",\"exp\":" + std::to_string((issued_ms + lifetime) / 1000) +
                             ",\"n\":" + std::to_string(deployment.tokens.size()) + "}";
    std::string payload = encode_base64({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
    while (payload.back() == '=') payload.pop_back();
    std::replace(payload.begin(), payload.end(), '+', '-');
    std::replace(payload.begin(), payload.end(), '/', '_');
    cached = "h." + payload + ".s";
    const bool is_refused = what == kind::refused || refusals > 0;
    refusals -= refusals > 0;
    deployment.tokens[cached] = {user, s.time.now() + lifetime, is_refused};
    return cached;
  }
};

}  // namespace hull::sim
