// Bodies of remote_state.hpp.
#pragma once

#include <hull/sync/remote_state.hpp>

#include <memory>
#include <utility>

namespace hull::sync {
namespace detail {

HULL_INLINE bool says_the_same(const query_state& a, const query_state& b) {
  if (a.state != b.state || a.is_last_known != b.is_last_known || a.log_lines != b.log_lines || a.failure.has_value() != b.failure.has_value()) return false;
  if (a.failure && (a.failure->message != b.failure->message || a.failure->data != b.failure->data)) return false;
  return a.last_value == b.last_value;
}

}  // namespace detail

HULL_INLINE bool remote_state::advance(const protocol::transition& t) noexcept {
  if (t.start != version_) return false;
  const bool is_forward = t.end.query_set >= t.start.query_set && t.end.identity >= t.start.identity && t.end.ts >= t.start.ts;
  if (!is_forward) return false;
  version_ = t.end;
  return true;
}

HULL_INLINE bool remote_state::store(query_record& record, query_state state) {
  // Comparing costs a walk over the value. The server sends no unchanged result on one socket, so only the first
  // word after a reconnect can be old news.
  const bool is_reconfirmation = std::exchange(record.confirmed_in, epoch_) != epoch_;
  if (is_reconfirmation && record.remote && detail::says_the_same(*record.remote, state)) return false;
  record.remote = std::make_shared<const query_state>(std::move(state));
  return true;
}

HULL_INLINE bool remote_state::update(query_record& record, protocol::query_updated change) {
  record.last_journal.set(change.journal);
  query_state state;
  state.state = query_state::status::ready;
  state.last_value = std::move(change.result);
  state.log_lines = std::move(change.log_lines);
  return store(record, std::move(state));
}

HULL_INLINE bool remote_state::fail(query_record& record, protocol::query_failed change) {
  record.last_journal.set(change.journal);
  query_state state;
  state.state = query_state::status::error;
  if (record.remote) state.last_value = record.remote->last_value;
  state.failure = error{errc::function_failed, std::move(change.message), std::move(change.data), change.log_lines};
  state.log_lines = std::move(change.log_lines);
  return store(record, std::move(state));
}

HULL_INLINE bool remote_state::remove(query_record& record) {
  record.confirmed_in = epoch_;
  return std::exchange(record.remote, nullptr) != nullptr;
}

}  // namespace hull::sync
