// Bodies of requests.hpp.
#pragma once

#include <hull/sync/planted_bug.hpp>
#include <hull/sync/requests.hpp>

#include <utility>

namespace hull::sync {

HULL_INLINE void requests::add(protocol::request_id id, request r) {
  ++(r.kind == call_kind::mutation ? mutations_ : actions_);
  by_call_.emplace(r.call, id);
  unsent_.insert(id);
  open_.emplace(id, std::move(r));
}

HULL_INLINE const request* requests::find(protocol::request_id id) const noexcept {
  const auto found = open_.find(id);
  return found == open_.end() ? nullptr : &found->second;
}

HULL_INLINE std::optional<protocol::request_id> requests::find_call(call_id call) const noexcept {
  const auto found = by_call_.find(call);
  if (found == by_call_.end()) return std::nullopt;
  return found->second;
}

HULL_INLINE std::optional<moment> requests::oldest_open(moment now) const {
  if (open_.empty()) return std::nullopt;
  for (const auto& [id, r] : open_)  // In the order of the calls, so that the first one is the oldest.
    if (r.state != request::phase::answered) return r.called_at;
  return now;
}

HULL_INLINE void requests::set_state(request& r, request::phase state) {
  sent_ += state == request::phase::sent;
  sent_ -= r.state == request::phase::sent;
  r.state = state;
}

HULL_INLINE std::vector<protocol::client_message> requests::take_sendable() {
  std::vector<protocol::client_message> messages;
  for (auto at = unsent_.begin(); at != unsent_.end();) {
    const protocol::request_id id = *at;
    request& r = open_.at(id);
    if (r.kind == call_kind::mutation) {
      if (on_wire_.size() >= window_) {
        // Mutations wait their turn. Actions behind them wait too: what was called first is sent first.
        break;
      }
      on_wire_.insert(id);
      protocol::mutation m;
      m.id = id;
      m.udf_path = r.path;
      m.args.push_back(r.args);
      messages.emplace_back(std::move(m));
    } else {
      protocol::action m;
      m.id = id;
      m.udf_path = r.path;
      m.args.push_back(r.args);
      messages.emplace_back(std::move(m));
    }
    if (r.state == request::phase::waiting) set_state(r, request::phase::sent);
    at = unsent_.erase(at);
  }
  return messages;
}

HULL_INLINE error requests::failure_of(protocol::call_failure failure, std::vector<std::string> log_lines) {
  return error{errc::function_failed, std::move(failure.message), std::move(failure.data), std::move(log_lines)};
}

HULL_INLINE settled_call requests::take(table::iterator at, result<value> outcome) {
  request& r = at->second;
  set_state(r, request::phase::waiting);
  --(r.kind == call_kind::mutation ? mutations_ : actions_);
  settled_call done{at->first, r.call, r.kind, std::move(outcome), std::move(r.path), std::move(r.args), r.called_at};
  by_call_.erase(r.call);
  unsent_.erase(at->first);
  from_before_.erase(at->first);
  open_.erase(at);
  return done;
}

HULL_INLINE std::optional<settled_call> requests::respond(protocol::mutation_response response,
                                                          protocol::timestamp reflected) {
  on_wire_.erase(response.id);
  const auto at = open_.find(response.id);
  if (at == open_.end() || at->second.kind != call_kind::mutation || at->second.state != request::phase::sent)
    return std::nullopt;
  if (auto* failure = std::get_if<protocol::call_failure>(&response.outcome))
    return take(at, failure_of(std::move(*failure), std::move(response.log_lines)));
  value& answer = std::get<value>(response.outcome);
  const protocol::timestamp ts = response.ts.value_or(0);
  if (ts <= reflected || detail::planted == detail::fault_planted::completed_early) return take(at, std::move(answer));
  at->second.answer = std::move(answer);
  set_state(at->second, request::phase::answered);
  answered_.emplace(ts, response.id);
  return std::nullopt;
}

HULL_INLINE std::optional<settled_call> requests::respond(protocol::action_response response) {
  const auto at = open_.find(response.id);
  if (at == open_.end() || at->second.kind != call_kind::action || at->second.state != request::phase::sent)
    return std::nullopt;
  if (auto* failure = std::get_if<protocol::call_failure>(&response.outcome))
    return take(at, failure_of(std::move(*failure), std::move(response.log_lines)));
  return take(at, std::move(std::get<value>(response.outcome)));
}

HULL_INLINE std::vector<settled_call> requests::take_reflected(protocol::timestamp reflected) {
  std::vector<settled_call> done;
  while (!answered_.empty() && answered_.begin()->first <= reflected) {
    const auto at = open_.find(answered_.begin()->second);
    answered_.erase(answered_.begin());
    if (at == open_.end()) continue;  // Cancelled meanwhile.
    value answer = std::move(at->second.answer);
    done.push_back(take(at, std::move(answer)));
  }
  return done;
}

HULL_INLINE std::vector<settled_call> requests::socket_lost() {
  std::vector<settled_call> lost;
  on_wire_.clear();
  for (auto at = open_.begin(); at != open_.end();) {
    const auto current = at++;
    const bool is_lost = current->second.kind == call_kind::action && current->second.state == request::phase::sent;
    if (is_lost)
      lost.push_back(take(current, error{errc::connection_lost, "Connection lost while action was in flight", {}, {}}));
    else if (detail::planted != detail::fault_planted::mutation_not_replayed ||
             current->second.state == request::phase::waiting)
      unsent_.insert(current->first);
  }
  return lost;
}

HULL_INLINE void requests::socket_opened() {
  from_before_.clear();
  for (const auto& [id, r] : open_) from_before_.insert(from_before_.end(), id);
}

HULL_INLINE std::optional<settled_call> requests::cancel(call_id call, const error& why) {
  const auto id = find_call(call);
  if (!id) return std::nullopt;
  return take(open_.find(*id), why);
}

HULL_INLINE std::vector<settled_call> requests::fail_all(const error& why) {
  std::vector<settled_call> done;
  done.reserve(open_.size());
  while (!open_.empty()) done.push_back(take(open_.begin(), why));
  on_wire_.clear();
  answered_.clear();
  return done;
}

}  // namespace hull::sync
