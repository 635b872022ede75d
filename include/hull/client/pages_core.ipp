// Bodies of pages_core.hpp and paginated_watch.hpp.
#pragma once

#include <hull/client/client.hpp>
#include <hull/client/pages_core.hpp>

#include <atomic>
#include <unordered_set>
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
  refused_.reset();
  std::optional<sync::paging_target> target;
  if (args) target = sync::paging_target{path_, std::move(*args), options_.initial_items};
  if (auto set = machine_.set_target(std::move(target)); set.has_error()) {
    auto state = std::make_shared<paginated_state>();
    state->state = paginated_state::status::error;
    state->failure = set.error();
    (void)machine_.set_target(std::nullopt);
    refused_ = std::move(state);
  }
  settle();
  tell();
}

HULL_INLINE paginated_state_ptr pages_core::current() const {
  const auto client = client_.lock();
  if (refused_ || !client) return told_state();
  return machine_.state([&](const sync::query_key& query) { return client->state(query); });
}

HULL_INLINE void pages_core::settle() {
  const auto client = client_.lock();
  if (!client || client->is_closed()) return;
  if (std::exchange(is_settling_, true)) return;  // Watching a page committed something: the loop below sees it.
  watch_pages_of(*client);
  is_settling_ = false;
}

HULL_INLINE void pages_core::watch_pages_of(client_core& client) {
  constexpr int most_rounds = 64;  // A split may lead to another; a list that never comes to rest is left as it is.
  for (int round = 0; round < most_rounds; ++round) {
    for (const std::string& warning : machine_.evaluate([&](const sync::query_key& q) { return client.state(q); }))
      client.note(log_level::warning, warning);
    std::unordered_set<std::string> wanted;
    bool is_new = false;
    for (const sync::query_key& query : machine_.wanted()) {
      const std::string token(query.token());
      wanted.insert(token);
      const auto [at, is_unwatched] = watched_.try_emplace(token);
      if (!is_unwatched) continue;
      at->second = client.watch(query, weak_from_this());
      is_new = true;
    }
    std::erase_if(watched_, [&](const auto& entry) { return wanted.count(entry.first) == 0; });
    if (!is_new) return;
  }
}

HULL_INLINE void pages_core::tell() {
  if (is_settling_ || std::exchange(is_telling_, true)) return;  // Whoever is at it goes on until all is told.
  struct at_exit {
    bool& flag;
    ~at_exit() { flag = false; }
  } guard{is_telling_};
  for (;;) {
    const auto client = client_.lock();
    if (!client || client->is_closed() || told_ == told_state()) return;
    told_ = told_state();
    callbacks_.call(current());
  }
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
  if (client && is_known()) {
    entry->awaits_first = true;
    client->post_home([weak = weak_from_this(), entry] {
      const auto self = weak.lock();
      if (self && entry->is_active && std::exchange(entry->awaits_first, false)) entry->call(self->current());
    });
  }
  return subscription([weak = weak_from_this(), entry] {
    entry->is_active = false;
    if (const auto self = weak.lock()) self->callbacks_.remove(entry);
  });
}

}  // namespace detail

// Each takes a copy of the pointer: a callback may destroy the handle.

HULL_INLINE paginated_state_ptr paginated_watch::current() const {
  static const paginated_state_ptr nothing = std::make_shared<paginated_state>();
  return core_ ? core_->current() : nothing;
}

HULL_INLINE bool paginated_watch::load_more(double items) {
  const auto core = core_;
  return core && core->load_more(items);
}

HULL_INLINE void paginated_watch::reset() {
  if (const auto core = core_) core->reset();
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
