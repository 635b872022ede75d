// A client that signs users in with tokens, on the bare engine: what the tests of the token machine share.
#pragma once

#include "engine_harness.hpp"

#include <hull/value/base64.hpp>
#include <hull/value/json.hpp>

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

namespace hull::test {

/// A JWT that lives this long, made unique by its name. Nobody checks the signature.
inline std::string jwt(const std::string& name, double issued_at = 1000, double expires_at = 1000 + 3600) {
  const auto part = [](const value& v) {
    const std::string text = write_json(v);
    std::string coded = encode_base64({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
    std::string url_safe;
    for (char c : coded)
      if (c != '=') url_safe += c == '+' ? '-' : c == '/' ? '_' : c;
    return url_safe;
  };
  return part(value::make_object({{"alg", "none"}})) + "." +
         part(value::make_object({{"sub", name}, {"iat", issued_at}, {"exp", expires_at}})) + ".signature";
}

using forced = std::vector<bool>;
using decisions = std::vector<bool>;

struct token : ::testing::Test {
  engine_harness e;
  std::optional<mock::script> server;

  void restart_script() { server.emplace(e); }
  std::string authenticated_as(std::uint32_t base) {
    const auto m = server->expect_authenticate();
    EXPECT_EQ(m.base_version, base);
    EXPECT_EQ(m.type, protocol::token_type::user);
    return m.token;
  }
  void refuse(std::uint32_t base, bool attempted, std::string why = "refused") {
    protocol::auth_error m;
    m.message = std::move(why);
    m.base_version = base;
    m.auth_update_attempted = attempted;
    server->send(m);
    server->close(1005);
  }
  /// The socket that the engine asked for opens, and a new script speaks on it.
  void next_socket() {
    e.open();
    restart_script();
    server->expect_connect();
  }
  void start() {
    e.start_and_open();
    restart_script();
  }
  /// Signed in with a token that was confirmed and renewed: as a client stands most of the time.
  void settle_as(const std::string& cached, const std::string& fresh) {
    start();
    server->expect_hello();
    e.sign_in();
    e.give_token(cached);
    EXPECT_EQ(authenticated_as(0), cached);
    server->transition();
    e.give_token(fresh);
    EXPECT_EQ(authenticated_as(1), fresh);
    server->transition();
    e.fetches.clear();
    e.decisions.clear();
  }
};

}  // namespace hull::test
