// The routes of the deployment.
#pragma once

#include "http/router.hpp"
#include "sync/services.hpp"

namespace hull::backend::http {

/// What this backend calls itself at /version.
constexpr std::string_view backend_version = "0.1.0";

constexpr std::size_t small_body = 2u << 20;
constexpr std::size_t function_body = (16u << 20) + 2000;
constexpr std::size_t push_body = 200'000'000;
constexpr std::size_t echo_body = 128u << 20;

/// The API port. `s` outlives the router.
router make_api_routes(const sync::services& s);
/// The port of HTTP actions.
router make_site_routes(const sync::services& s);

// The parts of make_api_routes.
void add_basic_routes(router& r, const sync::services& s);
void add_function_routes(router& r, const sync::services& s);
void add_deploy_routes(router& r, const sync::services& s);
void add_deployment_routes(router& r, const sync::services& s);
void add_log_routes(router& r, const sync::services& s);
void add_storage_routes(router& r, const sync::services& s);
/// `prefix` comes before the path that the app's router sees.
void add_http_action_routes(router& r, const sync::services& s, std::string_view prefix);

/// Who asks: nobody, a user by the Authorization header, or an admin by that header or the query's adminKey. Blocks when
/// a user's token needs keys that are not there yet. Failures: InvalidAuthHeader, BadDeployKey, and those of
/// auth::token_verifier.
outcome<functions::identity> identity_of(const request& r, const sync::services& s);
/// The same for an HTTP action, which runs in any case: what was wrong with the header becomes `identity::refusal`.
functions::identity identity_for_http_action(const request& r, const sync::services& s);
/// What functions may learn of the caller. The token only when it has been accepted.
functions::client_pointer client_of(const request& r, const functions::identity& who);
/// As above, and nothing less than an admin.
outcome<functions::identity> require_admin(const request& r, const sync::services& s);

/// A handler from a function that may fail.
template <class Run>
handler answering(Run run) {
  return [run = std::move(run)](const request& r) -> response {
    outcome<response> answer = run(r);
    return answer ? std::move(*answer) : error_response(answer.error(), r);
  };
}

}  // namespace hull::backend::http
