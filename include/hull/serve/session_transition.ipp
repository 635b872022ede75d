// Bodies of session.hpp: how transitions come about. One is computed at a time, at one timestamp; while the client
// is slow to read, states in between are skipped.
#pragma once

#include <algorithm>
#include <utility>

namespace hull::serve {

inline void session::settle(effects& out) {
  if (closed_ || !dirty_ || phase_ != phase::idle || retry_at_ms_ || unsent_ >= options_.max_unsent_transitions) return;
  phase_ = phase::choosing_snapshot;
  out.push_back(take_snapshot{});
}

inline effects session::snapshot(timestamp ts, const std::vector<query_id>& stale, const moment& m) {
  effects out;
  if (closed_ || phase_ != phase::choosing_snapshot || has_expired(m, out)) return out;
  dirty_ = false;
  target_ = {received_query_set_, received_identity_, std::max(ts, current_.ts)};
  target_removed_.insert(target_removed_.end(), removed_.begin(), removed_.end());
  removed_.clear();
  for (const query_id id : stale) {
    const auto at = queries_.find(id);
    if (at != queries_.end()) at->second.valid = false;
  }
  run_queries runs;
  runs.step = ++step_;
  runs.ts = target_.ts;
  runs.who = caller_;
  for (auto& [id, q] : queries_) {
    if (q.valid) continue;
    q.running = true;
    q.spoiled = false;
    runs.queries.push_back({id, q.what, q.journal});
  }
  phase_ = phase::running;
  runs_left_ = runs.queries.size();
  if (runs_left_ != 0)
    out.push_back(std::move(runs));
  else
    finish_if_complete(m, out);
  return out;
}

inline effects session::query_finished(std::uint64_t step, query_id id, query_result result, const moment& m) {
  effects out;
  if (closed_ || phase_ != phase::running || step != step_) return out;
  --runs_left_;
  const auto at = queries_.find(id);
  // Removed meanwhile, perhaps even added anew: the result concerns nobody.
  if (at != queries_.end() && at->second.running) {
    query_state& q = at->second;
    q.running = false;
    q.valid = !std::exchange(q.spoiled, false);
    q.journal = result.journal;
    if (q.valid) out.push_back(watch_query{id});
    if (q.sent_digest == result.digest)
      fresh_.erase(id);
    else
      fresh_.insert_or_assign(id, std::move(result));
  }
  finish_if_complete(m, out);
  return out;
}

inline effects session::query_failed(std::uint64_t step, query_id, const fault& why, const moment& m) {
  effects out;
  if (closed_ || phase_ != phase::running || step != step_) return out;
  if (why.what != fault::kind::overload) {
    fail(why, m, out);
    return out;
  }
  // Nothing that the client should hear of: what ran keeps its result, the rest is tried again on a newer snapshot.
  abandon_transition();
  retry_at_ms_ = m.steady_ms + retry_delay_ms_;
  retry_delay_ms_ = std::min(retry_delay_ms_ * 2, options_.last_retry_ms);
  return out;
}

inline void session::abandon_transition() {
  phase_ = phase::idle;
  dirty_ = true;
  for (auto& [id, q] : queries_) q.running = q.spoiled = false;
}

inline void session::finish_if_complete(const moment& m, effects& out) {
  if (runs_left_ != 0) return;
  phase_ = phase::idle;
  finish_transition(m, out);
  settle(out);
}

inline void session::finish_transition(const moment& m, effects& out) {
  retry_delay_ms_ = options_.first_retry_ms;
  transition_text text(current_, target_);
  std::sort(target_removed_.begin(), target_removed_.end());
  target_removed_.erase(std::unique(target_removed_.begin(), target_removed_.end()), target_removed_.end());
  auto removed = target_removed_.begin();
  const auto tell_removed_below = [&](std::uint64_t bound) {
    for (; removed != target_removed_.end() && *removed < bound; ++removed) text.add_removed(*removed);
  };
  for (const auto& [id, result] : fresh_) {
    tell_removed_below(id);
    if (removed != target_removed_.end() && *removed == id) ++removed;  // added anew: one entry for one query
    text.add(id, result);
    queries_.at(id).sent_digest = result.digest;
  }
  tell_removed_below(std::uint64_t{1} << 32);
  fresh_.clear();
  target_removed_.clear();
  current_ = target_;

  std::optional<std::int64_t> server_ts;
  if (client_clock_skew_ms_) server_ts = m.wall_ns;
  std::string whole = text.finish(client_clock_skew_ms_, server_ts);
  ++unsent_;
  if (!options_.chunked_transitions || whole.size() <= options_.chunk_bytes)
    return send(std::move(whole), m, out, true);
  auto chunks = chunk_texts(whole, options_.chunk_bytes);
  for (std::size_t i = 0; i < chunks.size(); ++i) send(std::move(chunks[i]), m, out, i + 1 == chunks.size());
}

inline effects session::transition_sent(const moment&) {
  effects out;
  if (unsent_ != 0) --unsent_;
  settle(out);
  return out;
}

inline effects session::invalidated(const moment&) {
  effects out;
  if (closed_) return out;
  dirty_ = true;
  settle(out);
  return out;
}

}  // namespace hull::serve
