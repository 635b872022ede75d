// Bodies of identity.hpp.
#pragma once

#include <hull/sync/identity.hpp>
#include <hull/sync/planted_bug.hpp>
#include <hull/sync/token_claims.hpp>

#include <algorithm>
#include <utility>

namespace hull::sync {

HULL_INLINE void identity::set(credentials c) {
  stop_fetching();
  renew_at_.reset();
  token_ends_.reset();
  has_source_ = is_refreshing_ = false;
  phase_ = phase::settled;
  refused_tokens_ = 0;
  if (c.type == protocol::token_type::none) {
    sign_out();
    if (is_authenticated_) decide(false);
    is_decided_ = false;
  } else {
    wanted_ = std::move(c);
    must_send_ = true;
    is_decided_ = is_authenticated_ = false;
  }
}

HULL_INLINE void identity::set_source(moment now) {
  stop_fetching();
  renew_at_.reset();
  has_source_ = true;
  is_decided_ = is_refreshing_ = is_authenticated_ = false;
  refused_tokens_ = 0;
  phase_ = phase::first_fetch;
  is_link_waiting_ = true;
  fetch(false, now);
}

// ---- fetching

HULL_INLINE void identity::fetch(bool force, moment now) {
  is_fetching_ = true;
  is_forced_ = force;
  fetch_due_ = now + policy_.fetch_timeout;
  retry_at_.reset();
  out_.emplace_back(effect::fetch_token{++fetch_, force});
}

HULL_INLINE void identity::stop_fetching() {
  ++fetch_;
  is_fetching_ = is_link_waiting_ = false;
  failed_fetches_ = 0;
  retry_at_.reset();
}

HULL_INLINE void identity::fetched(fetch_id fetch, result<std::optional<std::string>> token, moment now) {
  if (!is_fetching_ || fetch != fetch_) return;  // Somebody else is signing in meanwhile, or it came too late.
  if (token.has_error()) return fetch_failed(token.error().message, now);
  stop_fetching();
  if (*token && !(*token)->empty())
    got_token(std::move(**token), now);
  else
    got_nothing(now);
}

HULL_INLINE void identity::fetch_failed(const std::string& why, moment now) {
  is_fetching_ = false;
  ++fetch_;
  std::chrono::milliseconds wait = policy_.fetch_retry;
  for (unsigned i = 0; i < failed_fetches_ && wait < policy_.fetch_retry_max; ++i) wait *= 2;
  wait = std::min(wait, policy_.fetch_retry_max);
  ++failed_fetches_;
  retry_at_ = now + wait;
  log(log_level::warning, "Fetching a token failed (" + why + "); trying again in " + std::to_string(wait.count()) + " ms");
  // The link goes on meanwhile, with the token that it had, or without one if that was refused.
  is_link_waiting_ = false;
  const bool is_token_useless = phase_ == phase::refused || phase_ == phase::renewing_silently;
  if (is_token_useless && is_set()) {
    phase_ = phase::refused;
    sign_out();
    is_refreshing_ = false;
    decide(false);
  }
}

HULL_INLINE void identity::got_token(std::string token, moment now) {
  const bool is_same = wanted_.type == protocol::token_type::user && wanted_.token == token;
  switch (phase_) {
    case phase::first_fetch: return use(std::move(token), phase::cached_pending, now);
    case phase::renewing:
    case phase::renewing_silently:
      if (!is_same) return use(std::move(token), phase::fresh_pending, now);
      phase_ = phase::settled;  // The source has no newer one: this one serves until it ends.
      return;
    case phase::refused:
      if (is_same) return got_nothing(now);
      return use(std::move(token), phase::fresh_pending, now);
    default: return use(std::move(token), phase::fresh_pending, now);
  }
}

HULL_INLINE void identity::got_nothing(moment now) {
  if (phase_ == phase::first_fetch) {
    phase_ = phase::first_forced;
    is_link_waiting_ = true;
    return fetch(true, now);
  }
  sign_out();
  is_refreshing_ = false;
  phase_ = phase::settled;
  decide(false);
}

HULL_INLINE void identity::use(std::string token, phase next, moment now) {
  token_ends_.reset();
  if (const auto claims = read_token_claims(token); claims.has_value() && claims->issued_at && claims->expires_at) {
    const double lifetime = std::clamp(*claims->expires_at - *claims->issued_at, 0.0, 1e9);
    // A token from a cache may be older; how much, only the deployment's clock could tell.
    token_ends_ = now + moment(static_cast<std::int64_t>(lifetime * 1000));
  }
  wanted_ = {protocol::token_type::user, std::move(token), {}};
  must_send_ = true;
  phase_ = next;
}

HULL_INLINE void identity::sign_out() {
  wanted_ = {};
  token_ends_.reset();
  is_awaited_ = false;
  must_send_ = is_told_ && detail::planted != detail::fault_planted::sign_out_not_sent;
}

HULL_INLINE void identity::decide(bool is_authenticated) {
  is_decided_ = true;
  is_authenticated_ = is_authenticated;
  out_.emplace_back(effect::auth_decided{is_authenticated});
}

// ---- the socket

HULL_INLINE std::optional<protocol::authenticate> identity::restart() {
  version_ = 0;
  is_told_ = false;
  must_send_ = is_awaited_ = is_set();
  return take_message();
}

HULL_INLINE void identity::before_greeting(moment now) {
  const bool is_over = has_source_ && is_set() && token_ends_ && now >= *token_ends_;
  if (!is_over) return;
  phase_ = phase::renewing_silently;
  is_link_waiting_ = true;
  renew_at_.reset();
  if (!is_fetching_ || !is_forced_) fetch(true, now);
}

HULL_INLINE std::optional<protocol::authenticate> identity::take_message() {
  if (!std::exchange(must_send_, false)) return std::nullopt;
  is_told_ = is_set();
  protocol::authenticate m;
  m.base_version = version_++;
  m.type = wanted_.type;
  m.token = wanted_.token;
  m.acting_as = wanted_.acting_as;
  return m;
}

HULL_INLINE void identity::on_transition(const protocol::transition& t, moment now,
                                            std::optional<double> wall_clock_ms) {
  // Several Authenticates may be folded into one transition: versions count, not messages.
  if (t.end.identity <= t.start.identity || t.end.identity < version_) return;
  is_awaited_ = false;
  if (phase_ == phase::cached_pending) {
    if (policy_.reuse_initial_token) {
      // The skew is our clock minus the deployment's.
      if (wall_clock_ms && t.client_clock_skew) *wall_clock_ms -= static_cast<double>(*t.client_clock_skew);
      schedule(wall_clock_ms, now);
    } else {
      phase_ = phase::renewing;
      fetch(true, now);
    }
    decide(true);
  } else if (phase_ == phase::fresh_pending) {
    is_refreshing_ = false;
    refused_tokens_ = 0;
    schedule(std::nullopt, now);
    decide(true);
  }
}

HULL_INLINE void identity::schedule(std::optional<double> wall_clock_ms, moment now) {
  phase_ = phase::settled;
  const auto claims = read_token_claims(wanted_.token);
  if (claims.has_error()) return log(log_level::error, "Auth token is not a valid JWT, cannot refetch the token");
  if (!claims->issued_at || !claims->expires_at)
    return log(log_level::error, "Auth token does not have required fields, cannot refetch the token: iat and exp");
  double seconds = *claims->expires_at - *claims->issued_at;
  if (seconds <= 2) return log(log_level::error, "Auth token does not live long enough, cannot refetch the token");
  if (wall_clock_ms) {
    seconds = std::clamp(*claims->expires_at - *wall_clock_ms / 1000, 0.0, 1e9);
    token_ends_ = now + moment(static_cast<std::int64_t>(seconds * 1000));
  }
  constexpr std::int64_t longest = std::int64_t{20} * 24 * 3600 * 1000;
  const double wait = seconds * 1000 - static_cast<double>(policy_.refresh_leeway.count());
  if (wait <= 0)
    log(log_level::warning, "The auth token ends within the refresh leeway (" + std::to_string(policy_.refresh_leeway.count()) +
                                " ms); fetching another at once");
  renew_at_ = now + moment(static_cast<std::int64_t>(std::clamp(wait, 0.0, static_cast<double>(longest))));
  phase_ = phase::scheduled;
}

HULL_INLINE void identity::on_auth_error(const protocol::auth_error& e, moment now) {
  if (e.auth_update_attempted == false && is_pending()) return;  // About the token before the one under way.
  if (e.base_version && *e.base_version + std::uint64_t{1} < version_) return;
  // An end of what was in force before credentials that stay: those are still to be heard.
  const bool is_about_earlier = must_send_ || (e.base_version && *e.base_version < version_);
  if (!has_source_ && e.auth_update_attempted == false && is_about_earlier) return;
  if (!has_source_ || is_link_waiting_ || (phase_ == phase::settled && !is_set())) return give_up(e);
  constexpr unsigned most_refused = 2;
  if (phase_ == phase::fresh_pending && refused_tokens_ >= most_refused) return give_up(e);
  if (phase_ == phase::fresh_pending) ++refused_tokens_;
  const bool is_forced_fetch_under_way = is_fetching_ && is_forced_;
  phase_ = phase::refused;
  is_refreshing_ = true;
  renew_at_.reset();
  if (!is_forced_fetch_under_way) {
    stop_fetching();
    fetch(true, now);
  }
  is_link_waiting_ = true;
}

HULL_INLINE void identity::give_up(const protocol::auth_error& e) {
  log(log_level::error, "Failed to authenticate: \"" + e.message + "\", check your server auth config");
  const bool was_pending = phase_ == phase::fresh_pending || phase_ == phase::cached_pending;
  wanted_ = {};
  token_ends_.reset();
  is_awaited_ = must_send_ = false;  // This socket is over; the next goes without.
  if (is_link_waiting_) return;      // A new sign-in is under way already; it speaks for itself.
  stop_fetching();
  is_refreshing_ = false;
  phase_ = phase::settled;
  if (has_source_ && was_pending) decide(false);
}

// ---- time

HULL_INLINE void identity::timer(moment now) {
  if (is_fetching_ && now >= fetch_due_) {
    fetch_failed("the token source took longer than " + std::to_string(policy_.fetch_timeout.count()) + " ms", now);
  } else if (retry_at_ && now >= *retry_at_) {
    fetch(is_forced_, now);
  } else if (renew_at_ && now >= *renew_at_) {
    renew_at_.reset();
    phase_ = phase::renewing;
    fetch(true, now);
  }
}

HULL_INLINE std::optional<moment> identity::deadline() const noexcept {
  std::optional<moment> first;
  const auto consider = [&](moment m) { first = first ? std::min(*first, m) : m; };
  if (is_fetching_) consider(fetch_due_);
  if (retry_at_) consider(*retry_at_);
  if (renew_at_) consider(*renew_at_);
  return first;
}

HULL_INLINE identity::gate identity::link_gate() const noexcept {
  if (phase_ == phase::expecting) return gate::silent;
  if (!is_link_waiting_) return gate::open;
  return phase_ == phase::refused ? gate::closed : gate::silent;
}

HULL_INLINE auth_state identity::state() const noexcept {
  auth_state s;
  s.is_loading = phase_ == phase::expecting || (has_source_ && !is_decided_);
  s.is_authenticated = is_authenticated_;
  s.is_refreshing = is_refreshing_ && is_authenticated_;
  return s;
}

}  // namespace hull::sync
