// Bodies of session.hpp: messages, calls and the ways a session ends.
#pragma once

#include <hull/function/path.hpp>
#include <hull/value/json.hpp>

#include <algorithm>
#include <utility>

namespace hull::serve {
namespace detail {

inline bool is_uuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    const bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    if (dash ? c != '-' : !hex) return false;
  }
  return true;
}

/// As check_path, but folders may have dots in their names.
inline result<void> check_server_path(std::string_view path) {
  std::string folders_plain(path);
  const auto colon = path.rfind(':');
  const auto slash = path.substr(0, colon).rfind('/');
  if (slash != std::string_view::npos)
    std::replace(folders_plain.begin(), folders_plain.begin() + static_cast<std::ptrdiff_t>(slash), '.', '_');
  return check_path(folders_plain);
}

inline call to_call(const std::string& path, const std::optional<std::string>& component, const array& args) {
  return {path, component.value_or(""), write_json(value(args))};
}

inline std::size_t size_of(const call& c) { return c.udf_path.size() + c.component_path.size() + c.args_json.size(); }

}  // namespace detail

inline session::session(const session_options& options, const moment& opened)
    : options_(options),
      caller_(std::make_shared<const caller>()),
      retry_delay_ms_(options.first_retry_ms),
      last_sent_ms_(opened.steady_ms) {}

inline effects session::text_frame(std::string_view frame, const moment& m) {
  effects out;
  if (closed_) return out;
  auto message = protocol::decode_client_message(frame);
  if (!message) {
    refuse_message(message.error().message, m, out);
    return out;
  }
  std::visit([&](auto& body) { handle(body, m, out); }, *message);
  settle(out);
  return out;
}

inline effects session::binary_frame(const moment& m) {
  effects out;
  if (!closed_) refuse_message("a binary frame; every message is one JSON object in a text frame", m, out);
  return out;
}

inline void session::handle(const protocol::connect& c, const moment& m, effects& out) {
  if (!detail::is_uuid(c.session_id)) return refuse_message("Connect.sessionId must be a UUID", m, out);
  // A client that has seen commits we do not have talks to a deployment that went back in time.
  if (introduced_ || c.max_observed_timestamp.value_or(0) > m.latest_ts) return close_as_broken(out);
  introduced_ = true;
  session_id_ = c.session_id;
  if (c.client_ts) client_clock_skew_ms_ = *c.client_ts - m.wall_ns / 1'000'000;
}

inline void session::handle(protocol::modify_query_set& c, const moment& m, effects& out) {
  if (c.base_version != received_query_set_)
    return fail({fault::kind::user, "BaseVersionMismatch",
                 "BaseVersionMismatch: ModifyQuerySet builds on base version " + std::to_string(c.base_version) +
                     ", but the query set is at version " + std::to_string(received_query_set_) + "."},
                m, out);
  if (c.new_version <= c.base_version) return close_as_broken(out);
  received_query_set_ = c.new_version;
  dirty_ = true;
  for (const auto& change : c.modifications) {
    if (const auto* q = std::get_if<protocol::add_query>(&change))
      add(*q, m, out);
    else
      remove(std::get<protocol::remove_query>(change), out);
    if (closed_) return;
  }
}

inline void session::add(const protocol::add_query& q, const moment& m, effects& out) {
  if (!check_call(q.udf_path, q.component_path, m, out)) return;
  if (queries_.count(q.id) != 0) return close_as_broken(out);
  if (queries_.size() >= options_.max_queries)
    return fail({fault::kind::overload, "TooManyQueries", "Too many queries on one connection."}, m, out);
  query_state state;
  state.what = std::make_shared<const call>(detail::to_call(q.udf_path, q.component_path, q.args));
  state.journal = q.journal.value_or(std::nullopt);
  state.held_bytes = detail::size_of(*state.what) + (state.journal ? state.journal->size() : 0);
  if (!hold(state.held_bytes, m, out)) return;
  queries_.emplace(q.id, std::move(state));
}

inline void session::remove(const protocol::remove_query& q, effects& out) {
  const auto at = queries_.find(q.id);
  if (at == queries_.end()) return close_as_broken(out);
  if (at->second.valid) out.push_back(unwatch_query{q.id});
  held_bytes_ -= at->second.held_bytes;
  queries_.erase(at);
  fresh_.erase(q.id);
  removed_.push_back(q.id);
}

inline void session::handle(const protocol::mutation& c, const moment& m, effects& out) {
  if (has_expired(m, out)) return;
  if (!check_call(c.udf_path, c.component_path, m, out)) return;
  if (mutations_.size() >= options_.max_pending_mutations)
    return fail({fault::kind::overload, "TooManyConcurrentMutations",
                 "Too many mutations of one client are waiting (limit: " +
                     std::to_string(options_.max_pending_mutations) + ")."},
                m, out);
  call what = detail::to_call(c.udf_path, c.component_path, c.args);
  const std::size_t bytes = detail::size_of(what);
  if (!hold(bytes, m, out)) return;
  mutations_.push_back({c.id, std::move(what), caller_, bytes});
  start_next_mutation(out);
}

inline void session::handle(const protocol::action& c, const moment& m, effects& out) {
  if (has_expired(m, out)) return;
  if (!check_call(c.udf_path, c.component_path, m, out)) return;
  if (running_actions_.size() >= options_.max_running_actions)
    return fail({fault::kind::overload, "TooManyInflightActionsForSingleClient",
                 "Too many actions of one client are running (limit: " + std::to_string(options_.max_running_actions) +
                     ")."},
                m, out);
  call what = detail::to_call(c.udf_path, c.component_path, c.args);
  const std::size_t bytes = detail::size_of(what);
  if (!hold(bytes, m, out)) return;
  running_actions_.emplace(c.id, bytes);
  out.push_back(run_action{c.id, std::move(what), caller_, session_id_});
}

inline void session::handle(const protocol::authenticate& c, const moment&, effects& out) {
  checking_token_ = true;
  token_base_ = c.base_version;
  out.push_back(check_token{c});
}

inline bool session::check_call(std::string_view path, const std::optional<std::string>& component, const moment& m,
                                effects& out) {
  if (auto ok = detail::check_server_path(path); !ok) {
    refuse_message(ok.error().message, m, out);
    return false;
  }
  // Only tools may look into components from outside.
  if (component && !component->empty() && !caller_->admin) {
    close_as_broken(out);
    return false;
  }
  return true;
}

inline bool session::hold(std::size_t bytes, const moment& m, effects& out) {
  if (bytes > options_.max_argument_bytes - held_bytes_) {
    fail({fault::kind::overload, "TooManyArgumentBytes",
          "The arguments of one client's queries and calls are too large together (limit: " +
              std::to_string(options_.max_argument_bytes) + " bytes)."},
         m, out);
    return false;
  }
  held_bytes_ += bytes;
  return true;
}

inline void session::start_next_mutation(effects& out) {
  if (mutation_running_ || mutations_.empty()) return;
  mutation_running_ = true;
  auto& next = mutations_.front();
  out.push_back(run_mutation{next.id, std::move(next.what), next.who, session_id_});
}

inline effects session::token_accepted(std::shared_ptr<const caller> who, const moment&) {
  effects out;
  if (closed_) return out;
  checking_token_ = false;
  // Compared only now: that a token is bad is the more useful thing to hear.
  if (token_base_ != received_identity_) {
    close_as_broken(out);
    return out;
  }
  ++received_identity_;
  caller_ = std::move(who);
  dirty_ = true;
  for (auto& [id, q] : queries_) {
    if (q.valid) out.push_back(unwatch_query{id});
    q.valid = false;
    q.spoiled = q.running;
  }
  settle(out);
  return out;
}

inline effects session::token_refused(const fault& why, const moment& m) {
  effects out;
  if (closed_) return out;
  checking_token_ = false;
  const bool is_about_the_token = why.what == fault::kind::user || why.what == fault::kind::unauthenticated ||
                                  why.what == fault::kind::forbidden;
  if (!is_about_the_token) {
    fail(why, m, out);  // the client keeps its token and tries again
    return out;
  }
  send(protocol::encode(protocol::auth_error{why.message, current_.identity, true}), m, out);
  close(std::nullopt, "", out);
  return out;
}

inline effects session::mutation_finished(request_id id, const call_result& result, const moment& m) {
  effects out;
  if (closed_) return out;
  mutation_running_ = false;
  held_bytes_ -= mutations_.front().held_bytes;
  mutations_.pop_front();
  send(mutation_response_text(id, result), m, out);
  start_next_mutation(out);
  dirty_ = true;  // The client waits for a transition that reaches the commit.
  settle(out);
  return out;
}

inline effects session::action_finished(request_id id, const call_result& result, const moment& m) {
  effects out;
  if (closed_) return out;
  if (const auto running = running_actions_.find(id); running != running_actions_.end()) {
    held_bytes_ -= running->second;
    running_actions_.erase(running);
  }
  send(action_response_text(id, result), m, out);
  dirty_ = true;
  settle(out);
  return out;
}

inline effects session::call_failed(const fault& why, const moment& m) {
  effects out;
  if (!closed_) fail(why, m, out);
  return out;
}

inline effects session::time_passed(const moment& m) {
  effects out;
  if (closed_) return out;
  if (retry_at_ms_ && m.steady_ms >= *retry_at_ms_) {
    retry_at_ms_.reset();
    settle(out);
  }
  if (m.steady_ms >= last_sent_ms_ + options_.ping_after_ms) send(protocol::encode(protocol::ping{}), m, out);
  return out;
}

inline std::int64_t session::deadline() const noexcept {
  const std::int64_t ping_at = last_sent_ms_ + options_.ping_after_ms;
  return retry_at_ms_ ? std::min(*retry_at_ms_, ping_at) : ping_at;
}

inline bool session::has_expired(const moment& m, effects& out) {
  if (!caller_->good_until_ns || m.wall_ns < *caller_->good_until_ns) return false;
  fail({fault::kind::unauthenticated, "TokenExpired", "The token has expired."}, m, out);
  return true;
}

inline void session::fail(const fault& why, const moment& m, effects& out) {
  switch (why.what) {
    case fault::kind::user:
      send(protocol::encode(protocol::fatal_error{why.message}), m, out);
      return close(std::nullopt, "", out);
    case fault::kind::forbidden:
      send(protocol::encode(protocol::fatal_error{why.message}), m, out);
      return close(1000, why.code, out);
    case fault::kind::unauthenticated:
      send(protocol::encode(protocol::auth_error{why.message, current_.identity, false}), m, out);
      return close(std::nullopt, "", out);
    case fault::kind::not_found: return close(1000, why.code, out);
    case fault::kind::overload: return close(1013, why.code, out);
    case fault::kind::server: return close_as_broken(out);
  }
}

inline void session::refuse_message(const std::string& why, const moment& m, effects& out) {
  fail({fault::kind::user, "BadMessage", "Received Invalid JSON on websocket: " + why}, m, out);
}

inline void session::close(std::optional<std::uint16_t> code, std::string reason, effects& out) {
  constexpr std::size_t longest_reason = 123;  // what fits into a close frame
  if (reason.size() > longest_reason) reason.resize(longest_reason);
  closed_ = true;
  out.push_back(close_socket{code, std::move(reason)});
}

inline void session::send(std::string text, const moment& m, effects& out, bool ends_transition) {
  last_sent_ms_ = m.steady_ms;
  out.push_back(send_text{std::move(text), ends_transition});
}

}  // namespace hull::serve
