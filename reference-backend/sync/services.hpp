// What a socket's session needs from the deployment.
#pragma once

#include "auth/admin_key.hpp"
#include "auth/token_verifier.hpp"
#include "common/clock.hpp"
#include "common/random.hpp"
#include "common/worker_pool.hpp"
#include "functions/application.hpp"
#include "subscriptions/registry.hpp"
#include "sync/function_log.hpp"

namespace hull::backend::sync {

/// All of it is safe from any thread and outlives every session and every job of the pools.
struct services {
  functions::application& app;
  subscriptions::registry& registry;
  auth::instance_identity instance;
  worker_pool& calls;    ///< Queries, mutations and short requests.
  worker_pool& actions;  ///< What may wait for minutes.
  clock& time;
  random_source& random;
  function_log& log;
  auth::token_verifier& tokens;
  std::string own_keys_json = R"({"keys":[]})";  ///< Of tokens that the deployment issues; a JSON Web Key Set.
};

/// Who a bearer of this key is.
outcome<functions::identity> identity_of_admin_key(const services& s, std::string_view key,
                                                   const std::optional<value>& acting_as = {});
/// The user whom an auth provider of the deployed app has given this token. Blocks when the provider must be asked.
outcome<auth::verified_user> user_of_token(const services& s, std::string_view token);

/// What functions may learn of who connected; both may be empty.
functions::client_details client_details_of(std::string_view address, std::string_view user_agent);

/// Sixteen hex digits, which the client can compute too.
std::string socket_request_id(const std::string& session_id, std::uint32_t request_id);

}  // namespace hull::backend::sync
