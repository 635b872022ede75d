// Bodies of group_core.hpp and watch_group.hpp.
#pragma once

#include <hull/client/client.hpp>
#include <hull/client/group_core.hpp>

#include <utility>

namespace hull {
namespace detail {

HULL_INLINE group_core::entry group_core::make_entry(group_query query) {
  entry e;
  if (query.skip) return e;
  auto key = sync::query_key::make(query.path, std::move(query.args));
  if (!key.has_error()) {
    e.query = std::move(*key);
    return e;
  }
  auto state = std::make_shared<query_state>();
  state->state = query_state::status::error;
  state->failure = key.error();
  e.refused = std::move(state);
  return e;
}

HULL_INLINE bool group_core::is_same(const entry& a, const entry& b) {
  if (a.query && b.query) return a.query->token() == b.query->token();
  if (a.refused && b.refused) return a.refused->failure->message == b.refused->failure->message;
  return !a.query && !b.query && !a.refused && !b.refused;
}

HULL_INLINE void group_core::remember(const std::string& name, const entry& e) {
  if (e.query) names_.emplace(e.query->token(), name);
}

HULL_INLINE void group_core::forget(const std::string& name, const entry& e) {
  changed_.erase(name);
  if (!e.query) return;
  const auto [begin, end] = names_.equal_range(e.query->token());
  for (auto at = begin; at != end; ++at)
    if (at->second == name) return void(names_.erase(at));
}

HULL_INLINE void group_core::set_queries(group_queries queries) {
  const auto client = client_.lock();
  is_changing_ = true;
  // Queries that are not wanted any more end when all new ones have begun: names may exchange their queries.
  std::map<std::string, entry, std::less<>> before = std::exchange(entries_, {});
  std::vector<std::string> renewed;
  for (auto& [name, query] : queries) {
    const bool keeps_previous = query.keep_previous;
    entry made = make_entry(std::move(query));
    const auto old = before.find(name);
    if (old != before.end() && is_same(old->second, made)) {
      if (!keeps_previous) old->second.previous.reset();
      entries_.insert(before.extract(old));
      continue;
    }
    if (old != before.end() && keeps_previous && made.query) {
      const query_state_ptr shown = current(old->second).state;
      if (shown->current() != nullptr) made.previous = shown;
    }
    renewed.push_back(name);
    entries_.emplace(name, std::move(made));
  }
  for (const auto& [name, old] : before) forget(name, old);
  for (const std::string& name : renewed) remember(name, entries_.at(name));
  if (client)
    for (const std::string& name : renewed) watch_entry(*client, name, {});
  while (!before.empty()) before.erase(before.begin());  // In the order of their names.
  settle();
  for (const std::string& name : renewed) changed_.erase(name);
  is_changing_ = false;
  tell();  // Of what else changed, if anything did.
}

HULL_INLINE void group_core::watch_entry(client_core& client, const std::string& name,
                                         std::optional<std::optional<std::string>> journal) {
  auto found = entries_.find(name);
  if (found == entries_.end() || !found->second.query || found->second.watching) return;
  const sync::query_key query = *found->second.query;
  // This may commit and so run callbacks, which may change the group.
  subscription watching = client.watch(query, weak_from_this(), std::move(journal));
  found = entries_.find(name);
  if (found == entries_.end() || !found->second.query || found->second.query->token() != query.token()) return;
  if (!found->second.watching) found->second.watching = std::move(watching);
}

HULL_INLINE void group_core::move_to(const std::shared_ptr<client_core>& client) {
  const auto old = client_.lock();
  if (old == client) return;
  is_changing_ = true;
  std::vector<subscription> ending;  // When all have begun at the other client.
  std::vector<std::pair<std::string, std::optional<std::optional<std::string>>>> moving;
  for (auto& [name, e] : entries_) {
    if (!e.query) continue;
    const query_state_ptr shown = current(e).state;
    if (shown->current() != nullptr) e.previous = shown;
    std::optional<std::optional<std::string>> journal;
    if (old && old->has_same_deployment(*client)) journal = old->journal(*e.query);
    moving.emplace_back(name, std::move(journal));
    ending.push_back(std::move(e.watching));
  }
  client_ = client;
  for (auto& [name, journal] : moving) watch_entry(*client, name, std::move(journal));
  ending.clear();
  settle();
  changed_.clear();
  is_changing_ = false;
}

HULL_INLINE group_result group_core::current(const entry& e) const {
  if (e.refused) return {e.refused, false};
  const auto client = client_.lock();
  if (!e.query || !client) return {sync::loading_state(), false};
  query_state_ptr state = client->state(*e.query);
  if (e.previous && state->state == query_state::status::loading) return {e.previous, true};
  return {std::move(state), false};
}

HULL_INLINE group_result group_core::current(std::string_view name) const {
  const auto found = entries_.find(name);
  return found == entries_.end() ? group_result{sync::loading_state(), false} : current(found->second);
}

HULL_INLINE std::map<std::string, group_result, std::less<>> group_core::results() const {
  std::map<std::string, group_result, std::less<>> all;
  for (const auto& [name, e] : entries_) all.emplace_hint(all.end(), name, current(e));
  return all;
}

HULL_INLINE void group_core::touch(const sync::query_key& query) {
  const auto [begin, end] = names_.equal_range(query.token());
  for (auto at = begin; at != end; ++at) changed_.insert(at->second);
}

HULL_INLINE void group_core::settle() {
  const auto client = client_.lock();
  if (!client) return;
  const auto drop_previous = [&](entry& e) {
    if (e.previous && client->state(*e.query)->state != query_state::status::loading) e.previous.reset();
  };
  if (is_changing_) {
    for (auto& [name, e] : entries_) drop_previous(e);
    return;
  }
  for (const std::string& name : changed_)
    if (const auto found = entries_.find(name); found != entries_.end()) drop_previous(found->second);
}

HULL_INLINE void group_core::tell() {
  if (is_changing_ || std::exchange(is_telling_, true)) return;  // Whoever is at it goes on until all is told.
  struct at_exit {
    bool& flag;
    ~at_exit() { flag = false; }
  } guard{is_telling_};
  while (!changed_.empty()) {
    const auto client = client_.lock();
    const auto names = std::exchange(changed_, {});
    if (!client || client->is_closed()) return;
    callbacks_.call(std::vector<std::string>(names.begin(), names.end()));
  }
}

HULL_INLINE subscription group_core::on_change(std::function<void(const std::vector<std::string>&)> callback) {
  const auto untold = std::make_shared<std::set<std::string>>();
  for (const auto& [name, e] : entries_)
    if (current(e).state->state != query_state::status::loading) untold->insert(name);
  auto listener = callbacks_.add([callback = std::move(callback), untold](const std::vector<std::string>& names) {
    for (const std::string& name : names) untold->erase(name);
    callback(names);
  });
  if (const auto client = client_.lock(); client && !untold->empty()) {
    client->post_home([listener, untold] {
      if (listener->is_active && !untold->empty())
        listener->call(std::vector<std::string>(untold->begin(), untold->end()));
    });
  }
  return subscription([weak = weak_from_this(), listener] {
    listener->is_active = false;
    if (const auto self = weak.lock()) self->callbacks_.remove(listener);
  });
}

}  // namespace detail

// Each takes a copy of the pointer: a callback may destroy the handle.

HULL_INLINE void watch_group::set_queries(group_queries queries) {
  if (const auto core = core_) core->set_queries(std::move(queries));
}

HULL_INLINE group_result watch_group::current(std::string_view name) const {
  return core_ ? core_->current(name) : group_result{sync::loading_state(), false};
}

HULL_INLINE std::map<std::string, group_result, std::less<>> watch_group::results() const {
  return core_ ? core_->results() : std::map<std::string, group_result, std::less<>>();
}

HULL_INLINE subscription watch_group::on_change(std::function<void(const std::vector<std::string>&)> callback) {
  return core_ ? core_->on_change(std::move(callback)) : subscription();
}

HULL_INLINE watch_group client::watch_queries(group_queries queries) {
  auto core = std::make_shared<detail::group_core>(core_);
  core->set_queries(std::move(queries));
  return watch_group(std::move(core));
}

HULL_INLINE void client::take_over(watch_group& group) {
  if (const auto core = group.core_)
    core->move_to(core_);
  else
    group = watch_queries({});
}

}  // namespace hull
