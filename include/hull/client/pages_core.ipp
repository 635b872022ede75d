// Bodies of pages_core.hpp and paginated_watch.hpp.
#pragma once

#include <hull/client/client.hpp>
#include <hull/client/pages_core.hpp>

#include <atomic>
#include <set>
#include <utility>

namespace hull {
namespace detail {

/// One count for the process: two lists never share the queries of their pages.
HULL_INLINE std::uint64_t next_list_id() {
  static std::atomic<std::uint64_t> last{0};
  return ++last;
}

HULL_INLINE pages_core::pages_core(std::weak_ptr<client_core> client, std::string path, const pages_options& options)
    : client_(std::move(client)),
      path_(std::move(path)),
      options_(options),
      machine_(next_list_id, {options.keep_previous, options.queue_load_more}) {}

HULL_INLINE void pages_core::set_args(std::optional<value> args) {
  listen();
  refused_.reset();
  std::optional<sync::paging_target> target;
  if (args) target = sync::paging_target{path_, std::move(*args), options_.initial_items};
  if (auto set = machine_.set_target(std::move(target)); set.has_error()) {
    auto state = std::make_shared<paginated_state>();
    state->state = paginated_state::status::error;
    state->failure = set.error();
    refused_ = std::move(state);
    (void)machine_.set_target(std::nullopt);
  }
  settle();
  tell();
}

HULL_INLINE void pages_core::listen() {
  const auto client = client_.lock();
  if (commits_ || !client) return;
  commits_ = client->on_commit([weak = weak_from_this()](const commit_info& commit) {
    if (const auto self = weak.lock()) self->on_commit(commit);
  });
}

HULL_INLINE void pages_core::on_commit(const commit_info& commit) {
  const bool concerns_us = std::any_of(commit.changed_tokens.begin(), commit.changed_tokens.end(),
                                       [&](const std::string& token) { return watched_.count(token) != 0; });
  if (!concerns_us) return;
  settle();
  tell();
}

HULL_INLINE void pages_core::settle() {
  const auto client = client_.lock();
  if (!client || client->is_closed()) return;
  constexpr int most_rounds = 64;  // A split may lead to another; a list that never comes to rest is left as it is.
  for (int round = 0; round < most_rounds; ++round) {
    for (const std::string& warning : machine_.evaluate([&](const sync::query_key& q) { return client->state(q); }))
      client->note(log_level::warning, warning);
    std::set<std::string> wanted;
    bool is_new = false;
    for (const sync::query_key& query : machine_.wanted()) {
      wanted.insert(query.token());
      if (watched_.count(query.token()) != 0) continue;
      watched_.emplace(query.token(), subscription());  // Before the watch: it may commit, and so come back here.
      watched_[query.token()] = client->watch(query, [](const query_state_ptr&) {});
      is_new = true;
    }
    for (auto at = watched_.begin(); at != watched_.end();) at = wanted.count(at->first) == 0 ? watched_.erase(at) : std::next(at);
    if (!is_new) return;
  }
}

HULL_INLINE void pages_core::tell() {
  const paginated_state_ptr now = current();
  if (now == std::exchange(told_, now)) return;
  callbacks_.call(now);
}

HULL_INLINE bool pages_core::load_more(double items) {
  if (!machine_.load_more(items)) return false;
  settle();
  tell();
  return true;
}

HULL_INLINE void pages_core::reset() {
  machine_.reset();
  settle();
  tell();
}

HULL_INLINE subscription pages_core::on_change(std::function<void(const paginated_state_ptr&)> callback) {
  auto entry = callbacks_.add(std::move(callback));
  const auto client = client_.lock();
  const bool is_news = current()->state != paginated_state::status::loading_first_page;
  if (client && is_news)
    client->post_home([weak = weak_from_this(), entry] {
      const auto self = weak.lock();
      if (!self || !entry->is_active) return;
      const paginated_state_ptr now = self->current();
      entry->call(now);
    });
  return subscription([weak = weak_from_this(), entry] {
    entry->is_active = false;
    if (const auto self = weak.lock()) self->callbacks_.remove(entry);
  });
}

}  // namespace detail

HULL_INLINE paginated_state_ptr paginated_watch::current() const {
  static const paginated_state_ptr nothing = std::make_shared<paginated_state>();
  return core_ ? core_->current() : nothing;
}
HULL_INLINE bool paginated_watch::load_more(double items) { return core_ && core_->load_more(items); }
HULL_INLINE void paginated_watch::reset() {
  if (core_) core_->reset();
}
HULL_INLINE void paginated_watch::set_args(value args) {
  if (const auto core = core_) core->set_args(std::move(args));
}
HULL_INLINE void paginated_watch::skip() {
  if (const auto core = core_) core->set_args(std::nullopt);
}
HULL_INLINE subscription paginated_watch::on_change(std::function<void(const paginated_state_ptr&)> callback) {
  return core_ ? core_->on_change(std::move(callback)) : subscription();
}

HULL_INLINE paginated_watch client::watch_pages(std::string path, value args, const pages_options& options) {
  auto core = std::make_shared<detail::pages_core>(core_, std::move(path), options);
  core->set_args(std::move(args));
  return paginated_watch(std::move(core));
}

HULL_INLINE paginated_watch client::watch_pages_later(std::string path, const pages_options& options) {
  return paginated_watch(std::make_shared<detail::pages_core>(core_, std::move(path), options));
}

}  // namespace hull
