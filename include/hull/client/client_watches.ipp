// Bodies of client_core.hpp: watchers, and how commits reach them.
#pragma once

#include <hull/client/client.hpp>
#include <hull/client/client_core.hpp>

#include <boost/asio/post.hpp>

#include <algorithm>
#include <memory>
#include <utility>

namespace hull::detail {

HULL_INLINE std::vector<std::shared_ptr<view>> client_core::settle_views(const sync::commit& batch) {
  std::vector<std::shared_ptr<view>> touched;
  if (!has_views_) return touched;
  for (const auto& change : batch.changed) {
    const watched* const entry = find_watched(change.watcher, change.query);
    if (entry == nullptr) continue;
    for (const auto& l : entry->listeners) {
      auto v = l->for_view();
      if (!v) continue;
      v->touch(change.query);
      if (!std::exchange(v->is_touched, true)) touched.push_back(std::move(v));
    }
  }
  for (const auto& v : touched) {
    v->is_touched = false;
    v->settle();
  }
  return touched;
}

HULL_INLINE void client_core::deliver(const sync::commit& batch) {
  const auto views = settle_views(batch);
  for (const auto& change : batch.changed) {
    if (options_.results) keep_result(change);
    const watched* const entry = find_watched(change.watcher, change.query);
    if (entry == nullptr) continue;
    for (const auto& l : entry->listeners)
      if (l->callback) tellings_.push_back(told_listener{l, change.state});
  }
  for (const auto& v : views) tellings_.push_back(v);
  if (commit_callbacks_.empty()) return;
  const auto info = std::make_shared<commit_info>();
  info->changed_tokens.reserve(batch.changed.size());
  for (const auto& change : batch.changed) info->changed_tokens.emplace_back(change.query.token());
  for (const auto& e : commit_callbacks_.entries()) tellings_.push_back(told_commit{e, info});
}

HULL_INLINE void client_core::tell(const telling& next) {
  if (const auto* watching = std::get_if<told_listener>(&next)) {
    call(watching->to, watching->state);
  } else if (const auto* committed = std::get_if<told_commit>(&next)) {
    if (committed->to->is_active) committed->to->call(*committed->info);
  } else {
    std::get<std::shared_ptr<view>>(next)->tell();
  }
}

/// A callback is never called while it is on the stack: what comes meanwhile it hears when it returns.
HULL_INLINE void client_core::call(const std::shared_ptr<listener>& l, const query_state_ptr& state) {
  if (l->core == nullptr || l->is_arriving) return;
  l->awaits_first = false;
  if (l->is_busy) {
    l->missed.push_back(state);
    return;
  }
  struct at_exit {
    listener& l;
    ~at_exit() { l.is_busy = false; }
  } guard{*l};
  l->is_busy = true;
  l->callback(state);
  while (l->core != nullptr && !l->missed.empty()) {
    const query_state_ptr next = std::move(l->missed.front());
    l->missed.erase(l->missed.begin());
    l->callback(next);
  }
}

HULL_INLINE client_core::watched* client_core::find_watched(sync::watcher_tag tag, const sync::query_key& query) {
  if (tag == sync::no_watcher || tag > watched_.size()) return nullptr;
  watched& entry = watched_[tag - 1];
  // The place may belong to another query since the commit was made.
  return !entry.listeners.empty() && entry.query == query ? &entry : nullptr;
}

HULL_INLINE inspection client_core::inspect() {
  inspection seen = engine_.inspect(now());
  seen.bytes_received = driver_->received();
  seen.bytes_sent = driver_->sent();
  for (inspected_query& q : seen.queries) {
    const sync::watcher_tag tag = engine_.watcher(q.token);
    if (tag != sync::no_watcher && tag <= watched_.size()) q.subscribers = watched_[tag - 1].listeners.size();
  }
  return seen;
}

HULL_INLINE subscription client_core::watch(const sync::query_key& query, watch_callback callback) {
  return attach(query, std::make_shared<listener>(this, std::move(callback)), {});
}

HULL_INLINE subscription client_core::watch(const sync::query_key& query, std::weak_ptr<view> for_view,
                                            known_journal journal) {
  has_views_ = true;
  return attach(query, std::make_shared<view_listener>(this, std::move(for_view)), std::move(journal));
}

HULL_INLINE bool client_core::has_same_deployment(const client_core& other) const {
  const auto address = [](const client_core& c) {
    return std::tie(c.target_.is_secure, c.target_.authority, c.target_.path);
  };
  return address(*this) == address(other);
}

HULL_INLINE subscription client_core::attach(const sync::query_key& query, std::shared_ptr<listener> l,
                                             known_journal journal) {
  if (is_closed_) return {};
  if (is_applying_) {
    // Called by an optimistic update, although it must not: afterwards, then.
    boost::asio::post(home_, [weak = weak_from_this(), query, l, journal = std::move(journal)]() mutable {
      if (const auto self = weak.lock(); self && l->core != nullptr) self->add_listener(query, l, std::move(journal));
    });
  } else {
    add_listener(query, l, std::move(journal));
  }
  return subscription(std::shared_ptr<ending>(std::move(l)));
}

HULL_INLINE void client_core::add_listener(const sync::query_key& query, const std::shared_ptr<listener>& l,
                                           known_journal journal) {
  l->tag = engine_.watcher(query.token());
  if (find_watched(l->tag, query) == nullptr) {
    if (free_tags_.empty()) {
      watched_.emplace_back();
      free_tags_.push_back(static_cast<sync::watcher_tag>(watched_.size()));
    }
    l->tag = free_tags_.back();
    free_tags_.pop_back();
    watched& entry = watched_[l->tag - 1];
    entry.query = query;
    entry.listeners.push_back(l);
    std::optional<value> last_known;
    if (options_.results) last_known = options_.results->load(query.token());
    flush_soon();
    l->is_arriving = true;  // A last known value must not be delivered inside of this call.
    apply(sync::input::subscribe{query, std::move(last_known), std::move(journal), l->tag, true});
    l->is_arriving = false;
  } else {
    watched_[l->tag - 1].listeners.push_back(l);
  }
  if (!l->callback || state(query)->state == query_state::status::loading) return;
  l->awaits_first = true;
  boost::asio::post(home_, [weak = weak_from_this(), query, l] {
    if (const auto self = weak.lock()) self->deliver_first(query, l);
  });
}

HULL_INLINE void client_core::flush_soon() {
  if (std::exchange(is_flush_posted_, true)) return;
  boost::asio::post(home_, [weak = weak_from_this()] {
    const auto self = weak.lock();
    if (!self) return;
    self->is_flush_posted_ = false;
    self->apply(sync::input::flush{});
  });
}

HULL_INLINE void client_core::deliver_first(const sync::query_key& query, const std::shared_ptr<listener>& l) {
  if (!l->awaits_first) return;
  if (is_draining_ && !is_applying_) {  // Some callback runs the home executor: commits before the newest state.
    const nested_turn turn(*this);
    drain();
  }
  if (l->core != nullptr && l->awaits_first) call(l, state(query));
}

HULL_INLINE void client_core::unwatch(const listener& l) {
  if (l.tag == sync::no_watcher) return;
  watched& entry = watched_[l.tag - 1];
  const auto at = std::find_if(entry.listeners.begin(), entry.listeners.end(),
                               [&](const auto& other) { return other.get() == &l; });
  if (at == entry.listeners.end()) return;
  entry.listeners.erase(at);
  if (!entry.listeners.empty()) return;
  const sync::query_key last = std::exchange(entry.query, {});
  free_tags_.push_back(l.tag);
  flush_soon();
  apply(sync::input::unsubscribe{last, options_.retention, l.tag, true});
}

HULL_INLINE subscription client_core::tell_once(query_state_ptr state, watch_callback callback) {
  if (is_closed_) return {};
  const auto is_active = std::make_shared<bool>(true);
  boost::asio::post(home_,
                    [weak = weak_from_this(), state = std::move(state), callback = std::move(callback), is_active] {
                      const auto self = weak.lock();
                      if (self && !self->is_closed() && *is_active) callback(state);
                    });
  return subscription([is_active] { *is_active = false; });
}

}  // namespace hull::detail
