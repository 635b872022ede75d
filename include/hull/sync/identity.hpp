// As whom the client speaks: admin keys that stay, user tokens that come from a source and are renewed.
//
// A machine without a clock: moments come in, deadlines go out. Whether the link may be used follows from the phase
// alone (`gate`), so no way out of a phase can leave the link shut.
#pragma once

#include <hull/config.hpp>
#include <hull/error.hpp>
#include <hull/log.hpp>
#include <hull/protocol/client_message.hpp>
#include <hull/protocol/server_message.hpp>
#include <hull/sync/link.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace hull {

/// Where signing in stands.
struct auth_state {
  bool is_loading = false;        ///< A token source was set and the deployment has not spoken yet.
  bool is_authenticated = false;  ///< The deployment confirmed the token.
  bool is_refreshing = false;     ///< It refused a token that it had confirmed; another is being fetched.
  friend bool operator==(const auth_state&, const auth_state&) = default;
};

namespace sync {

/// What to authenticate with.
struct credentials {
  protocol::token_type type = protocol::token_type::none;
  std::string token;
  std::optional<value> acting_as;
  friend bool operator==(const credentials&, const credentials&) = default;
};

struct identity_policy {
  std::chrono::milliseconds refresh_leeway{10'000};  ///< How long before its end a token is replaced.
  std::chrono::milliseconds fetch_timeout{20'000};   ///< A token source that takes longer has failed.
  std::chrono::milliseconds fetch_retry{1000};       ///< Wait after the first failed fetch; doubles.
  std::chrono::milliseconds fetch_retry_max{60'000};
  bool reuse_initial_token = false;  ///< Trust the first token until shortly before its end; else replace it at once.
  bool expect_auth = false;          ///< Say nothing at all before a token source was set and has answered.
};

/// Names one question to the token source.
using fetch_id = std::uint32_t;

namespace effect {
/// Ask the token source; answer with input::token_fetched.
struct fetch_token {
  fetch_id fetch = 0;
  bool force_refresh = false;  ///< A token from a cache will not do.
};
/// What the deployment (or the lack of a token) decided. Comes again with each token that is confirmed.
struct auth_decided {
  bool is_authenticated = false;
};
}  // namespace effect

struct identity_log {
  log_level level = log_level::info;
  std::string text;
};
using identity_effect = std::variant<effect::fetch_token, effect::auth_decided, identity_log>;

class identity {
 public:
  /// What the link may do: anything, keep silent, or not even exist.
  enum class gate { open, silent, closed };

  explicit identity(identity_policy policy = {}) : policy_(policy) {
    if (policy_.expect_auth) phase_ = phase::expecting;
  }

  /// Credentials that stay as they are; none signs out. Forgets the token source and what it was asked.
  void set(credentials c);
  /// User tokens from now on; asks for the first.
  void set_source(moment now);
  /// The source answered: a token, none (nobody is signed in), or why it failed.
  void fetched(fetch_id fetch, result<std::optional<std::string>> token, moment now);

  /// A new socket. The message, when there is something to authenticate with, has to be the first after Connect.
  std::optional<protocol::authenticate> restart();
  /// Before a new socket is greeted: fetches another token when the one at hand has ended, which makes it wait.
  void before_greeting(moment now);
  /// What has to be said on the socket that is greeted and open.
  std::optional<protocol::authenticate> take_message();

  /// `wall_clock_ms`: the local time of day, when it is known; for tokens whose age only the deployment can judge.
  void on_transition(const protocol::transition& t, moment now, std::optional<double> wall_clock_ms);
  void on_auth_error(const protocol::auth_error& e, moment now);
  void timer(moment now);
  std::optional<moment> deadline() const noexcept;

  gate link_gate() const noexcept;
  bool is_set() const noexcept { return wanted_.type != protocol::token_type::none; }
  /// False while credentials that a restart had to send again are unconfirmed.
  bool is_confirmed() const noexcept { return !is_awaited_; }
  auth_state state() const noexcept;
  const credentials& current() const noexcept { return wanted_; }
  std::vector<identity_effect> take_effects() { return std::exchange(out_, {}); }

 private:
  enum class phase {
    settled,            ///< No token source, or one that has nothing to do: signed out, admin, or nothing to renew.
    expecting,          ///< Waiting for the first token source.
    first_fetch,        ///< Asked for a token that may come from a cache; the link is silent.
    first_forced,       ///< The cache had none: asked for a fresh one; the link is silent.
    cached_pending,     ///< The first token is with the deployment.
    renewing,           ///< Fetching a fresh token while the present one serves.
    renewing_silently,  ///< The same before a greeting: the present one has ended.
    fresh_pending,      ///< A fresh token is with the deployment.
    refused,            ///< The deployment refused the token; fetching another, without a connection.
    scheduled,          ///< Confirmed; will be renewed at `renew_at_`.
  };

  void fetch(bool force, moment now);
  void stop_fetching();
  void fetch_failed(const std::string& why, moment now);
  void got_token(std::string token, moment now);
  void got_nothing(moment now);
  void use(std::string token, phase next, moment now);
  void sign_out();
  void give_up(const protocol::auth_error& e);
  /// `wall_clock_ms`: the time of day at the deployment, for a token that may have been issued long ago.
  void schedule(std::optional<double> wall_clock_ms, moment now);
  void decide(bool is_authenticated);
  void log(log_level level, std::string text) { out_.emplace_back(identity_log{level, std::move(text)}); }
  bool is_pending() const noexcept { return phase_ == phase::cached_pending || phase_ == phase::fresh_pending; }

  identity_policy policy_;
  credentials wanted_;
  std::uint32_t version_ = 0;
  bool must_send_ = false;   ///< `wanted_` is not what this socket was told.
  bool is_told_ = false;     ///< This socket was told credentials other than none.
  bool is_awaited_ = false;  ///< Sent at the last restart, not confirmed since.

  phase phase_ = phase::settled;
  bool has_source_ = false;
  bool is_decided_ = false;
  bool is_authenticated_ = false;
  bool is_refreshing_ = false;
  unsigned refused_tokens_ = 0;  ///< Fresh ones in a row.

  fetch_id fetch_ = 0;
  bool is_fetching_ = false;
  bool is_forced_ = false;
  bool is_link_waiting_ = false;  ///< For the fetch under way; the first failure ends that.
  unsigned failed_fetches_ = 0;
  moment fetch_due_{0};                 ///< When the fetch under way has taken too long.
  std::optional<moment> retry_at_;      ///< Of a failed fetch.
  std::optional<moment> renew_at_;
  std::optional<moment> token_ends_;    ///< As far as the token says.
  std::vector<identity_effect> out_;
};

}  // namespace sync
}  // namespace hull

#ifndef HULL_SEPARATE_COMPILATION
#include <hull/sync/identity.ipp>
#endif
