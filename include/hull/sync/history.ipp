// Bodies of history.hpp.
#pragma once

#include <hull/sync/history.hpp>
#include <hull/value/size.hpp>

#include <utility>

namespace hull::sync {

HULL_INLINE void history::set_capacity(std::size_t calls) {
  capacity_ = calls;
  while (calls_.size() > capacity_) calls_.pop_front();
}

HULL_INLINE void history::committed(const commit& batch, moment now) {
  for (const commit::change& change : batch.changed) queries_[std::string(change.query.token())].changed = now;
}

HULL_INLINE void history::finished(const settled_call& done, moment now) {
  if (capacity_ == 0) return;
  if (calls_.size() == capacity_) calls_.pop_front();
  call c{{done.request, done.kind, done.path, done.args, now - done.called_at, moment(0), {}}, now};
  if (done.outcome.has_error()) c.what.failure = done.outcome.error();
  calls_.push_back(std::move(c));
}

HULL_INLINE std::optional<moment> history::changed_at(std::string_view token) const {
  const auto found = queries_.find(std::string(token));
  return found == queries_.end() ? std::nullopt : found->second.changed;
}

HULL_INLINE std::size_t history::size_of(std::string_view token, const query_state_ptr& state) {
  query& known = queries_[std::string(token)];
  if (known.measured != state) {
    known.measured = state;
    known.bytes = state->last_value ? value_size(*state->last_value) : 0;
  }
  return known.bytes;
}

HULL_INLINE std::vector<finished_call> history::finished(moment now) const {
  std::vector<finished_call> out;
  out.reserve(calls_.size());
  for (const call& c : calls_) {
    out.push_back(c.what);
    out.back().ago = now - c.ended;
  }
  return out;
}

}  // namespace hull::sync
