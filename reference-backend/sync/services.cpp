// Bodies of services.hpp.
#include "sync/services.hpp"

#include "common/encoding.hpp"
#include "common/sha256.hpp"

#include <algorithm>

namespace hull::backend::sync {

outcome<functions::identity> identity_of_admin_key(const services& s, std::string_view key,
                                                   const std::optional<value>& acting_as) {
  auto access = auth::check_admin_key(s.instance, key);
  if (!access) return access.error();
  functions::identity who{true, std::move(access->acting_as), {}};
  if (acting_as) {
    auto complete = auth::complete_user_attributes(*acting_as);
    if (!complete) return complete.error();
    who.attributes = std::move(*complete);
  }
  return who;
}

outcome<auth::verified_user> user_of_token(const services& s, std::string_view token) {
  auto stored = s.app.auth_providers();
  if (!stored) return stored.error();
  return s.tokens.verify(token, auth::parse_providers(*stored));
}

functions::client_details client_details_of(std::string_view address, std::string_view user_agent) {
  constexpr std::size_t max_user_agent = 512;
  functions::client_details client;
  if (!address.empty()) client.ip = std::string(address);
  // Header values are bytes; what is no ASCII would be no valid text.
  const bool ascii = std::all_of(user_agent.begin(), user_agent.end(), [](char c) { return c > 0; });
  if (!user_agent.empty() && ascii) client.user_agent = std::string(user_agent.substr(0, max_user_agent));
  return client;
}

std::string socket_request_id(const std::string& session_id, std::uint32_t request_id) {
  return sha256_hex(session_id + "|" + std::to_string(request_id)).substr(0, 16);
}

}  // namespace hull::backend::sync
