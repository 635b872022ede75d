// Bodies of client_core.hpp: the loop between engine and driver, and the watchers. Calls are in client_calls.ipp.
#pragma once

#include <hull/client/client.hpp>
#include <hull/client/client_core.hpp>
#include <hull/net/beast_websocket.hpp>
#include <hull/version.hpp>

#include <boost/asio/post.hpp>

#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

namespace hull::detail {

/// A random UUID, version 4.
HULL_INLINE std::string make_session_id() {
  std::array<unsigned char, 16> random{};
  if (RAND_bytes(random.data(), static_cast<int>(random.size())) != 1)
    throw std::runtime_error("OpenSSL has no randomness to offer");
  random[6] = static_cast<unsigned char>((random[6] & 0x0F) | 0x40);
  random[8] = static_cast<unsigned char>((random[8] & 0x3F) | 0x80);
  std::string text;
  for (std::size_t i = 0; i < random.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    text += "0123456789abcdef"[random[i] >> 4];
    text += "0123456789abcdef"[random[i] & 0x0F];
  }
  return text;
}

HULL_INLINE outbox::content load_outbox(const client_options& options, io_thread& io) {
  outbox::content left;
  left.session_id = make_session_id();
  if (!options.outbox) return left;
  io.catch_up();  // What the box's last client did in its last moments.
  auto found = options.outbox->load(left.session_id);
  if (found.has_error()) throw std::runtime_error("the outbox cannot be used: " + found.error().message);
  return std::move(*found);
}

HULL_INLINE sync::engine_options engine_options_of(const client_options& options, const outbox::content& left) {
  sync::engine_options o;
  o.session_id = left.session_id;
  o.first_request_id = left.next_request;
  o.durable_mutations = options.outbox != nullptr;
  o.auth = {options.auth.refresh_leeway,  options.auth.fetch_timeout,       options.auth.fetch_retry,
            options.auth.fetch_retry_max, options.auth.reuse_initial_token, options.auth.expect_auth};
  o.backoff = {options.backoff_own_close, options.backoff_initial, options.backoff_overloaded, options.backoff_max};
  o.inactivity_timeout = options.inactivity_timeout;
  o.max_mutations_on_wire = options.max_mutations_on_wire;
  return o;
}

HULL_INLINE net::websocket_target target_of(const net::deployment_url& url, const client_options& options) {
  net::websocket_target target;
  target.is_secure = url.is_secure;
  target.host = url.host;
  target.port = url.port;
  target.authority = url.authority();
  target.path = url.base_path + "/api/sync";
  target.headers.emplace_back("Convex-Client", std::string("cpp-") + version);
  target.connect_timeout = options.connect_timeout;
  target.max_message_bytes = options.max_message_bytes;
  target.compression = options.compression;
  return target;
}

HULL_INLINE client_core::client_core(boost::asio::any_io_executor home, const net::deployment_url& url,
                                     client_options options)
    : home_(std::move(home)),
      options_(std::move(options)),
      target_(target_of(url, options_)),
      io_(io_thread::shared()),
      random_(std::random_device{}()),
      left_(load_outbox(options_, *io_)),
      engine_(engine_options_of(options_, left_)) {}

HULL_INLINE client_core::~client_core() {
  // Nobody could close it: starting failed. The outbox is free again.
  if (is_closed_) return;
  if (driver_)
    driver_->shut_down();
  else if (options_.outbox)
    options_.outbox->release();
}

HULL_INLINE void client_core::start() {
  work_.emplace(home_);
  inbox_ = std::make_shared<inbox>(home_, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->take_news();
  });
  driver_options o;
  o.target = target_;
  o.outbox = options_.outbox;
  o.results = options_.results;
  o.sockets = options_.sockets ? options_.sockets : net::make_beast_factory(options_.tls, options_.proxy);
  o.max_remembered_bytes = options_.max_remembered_bytes;
  driver_ = std::make_shared<driver>(io_->context(), inbox_, std::move(o));
  restore_calls();
  apply(sync::input::start{});
}

HULL_INLINE void client_core::close() {
  if (std::exchange(is_closed_, true)) return;
  inbox_->shut();
  // Closed by a callback, in the middle of a batch: calls and ends that are behind it stay true.
  for (auto& e : queue_)
    if (std::holds_alternative<sync::effect::record_mutation>(e) || std::holds_alternative<sync::effect::forget_mutation>(e))
      perform(std::move(e));
  driver_->shut_down();
  engine_.apply(sync::input::close{}, now());
  queue_.clear();
  for (const watched& entry : watched_)
    for (const auto& l : entry.listeners) l->core = nullptr;
  watched_.clear();
  connection_callbacks_.clear();
  commit_callbacks_.clear();
  auth_callbacks_.clear();
  token_source_ = nullptr;
  on_auth_decided_ = nullptr;
  auto calls = std::exchange(calls_, {});
  for (auto& [id, call] : calls) finish(std::move(call), error{errc::closed, "The client was closed.", {}, {}});
  work_.reset();
}

HULL_INLINE sync::moment client_core::now() const {
  return std::chrono::duration_cast<sync::moment>(std::chrono::steady_clock::now() - started_);
}

// ---- the loop

HULL_INLINE void client_core::take_news() {
  std::vector<news> items = std::exchange(spare_news_, {});  // A callback may run the home executor, and so this.
  if (inbox_->take(items)) driver_->resume_reading();
  for (news& item : items) {
    if (is_closed_) return;
    if (auto* line = std::get_if<log_line>(&item))
      log(line->level, line->text);
    else
      apply(std::move(std::get<sync::input_event>(item)));
  }
  constexpr std::size_t usual = 128;
  items.clear();
  if (items.capacity() <= usual) spare_news_ = std::move(items);
}

HULL_INLINE void client_core::apply(sync::input_event in) {
  if (is_closed_) return;
  if (is_applying_) {
    // An optimistic update calls the client although it must not: afterwards, then.
    boost::asio::post(home_, [self = shared_from_this(), in = std::move(in)]() mutable { self->apply(std::move(in)); });
    return;
  }
  const double jitter = static_cast<double>(random_() - std::minstd_rand::min()) /
                        (static_cast<double>(std::minstd_rand::max() - std::minstd_rand::min()) + 1.0);
  is_applying_ = true;
  sync::effects found = engine_.apply(std::move(in), now(), jitter);
  is_applying_ = false;
  for (auto& e : found) queue_.push_back(std::move(e));
  drain();
}

HULL_INLINE void client_core::drain() {
  // A callback may call the client: what follows from that waits until the batch in hand is delivered.
  if (std::exchange(is_draining_, true)) return;
  const auto self = shared_from_this();  // A callback may destroy the client, too.
  struct at_exit {
    client_core& core;
    ~at_exit() {
      core.is_draining_ = false;
      // A callback threw: its exception goes to whoever runs the home executor, the rest is delivered later.
      if (!core.queue_.empty())
        boost::asio::post(core.home_, [weak = core.weak_from_this()] {
          if (const auto again = weak.lock()) again->drain();
        });
    }
  } guard{*this};
  while (!queue_.empty()) {
    auto next = std::move(queue_.front());
    queue_.pop_front();
    perform(std::move(next));
  }
}

HULL_INLINE void client_core::perform(sync::effect_request&& e) {
  using namespace sync;
  if (auto* sent = std::get_if<effect::send>(&e)) {
    driver_->send(sent->socket, std::move(sent->message));
  } else if (auto* batch = std::get_if<effect::commit>(&e)) {
    deliver(batch->batch);
  } else if (auto* done = std::get_if<effect::complete>(&e)) {
    complete(done->call, std::move(done->outcome));
  } else if (auto* line = std::get_if<effect::log>(&e)) {
    log(line->level, line->text);
  } else if (auto* timer = std::get_if<effect::arm_timer>(&e)) {
    driver_->arm(started_ + timer->at);
  } else if (auto* opening = std::get_if<effect::open_socket>(&e)) {
    driver_->open(opening->socket);
  } else if (auto* closing = std::get_if<effect::close_socket>(&e)) {
    driver_->close(closing->socket);
  } else if (auto* recorded = std::get_if<effect::record_mutation>(&e)) {
    driver_->record({recorded->request, std::move(recorded->path), std::move(recorded->args), 0});
  } else if (auto* forgotten = std::get_if<effect::forget_mutation>(&e)) {
    driver_->forget(forgotten->request);
  } else if (auto* question = std::get_if<effect::fetch_token>(&e)) {
    ask_token_source(*question);
  } else if (auto* decided = std::get_if<effect::auth_decided>(&e)) {
    if (const auto tell = on_auth_decided_) tell(decided->is_authenticated);
  } else if (auto* changed = std::get_if<effect::auth_changed>(&e)) {
    auth_callbacks_.call(changed->state);
  } else {
    publish_connection();
  }
}

HULL_INLINE void client_core::log(log_level level, std::string_view text) const {
  if (options_.log) options_.log(level, text);
}

HULL_INLINE void client_core::post_home(std::function<void()> f) {
  boost::asio::post(home_, [weak = weak_from_this(), f = std::move(f)] {
    const auto self = weak.lock();
    if (self && !self->is_closed_) f();
  });
}

// ---- watchers

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
    const listener_list listeners = entry->listeners;  // A callback may add and remove listeners.
    for (const auto& l : listeners) {
      if (l->core == nullptr || l->is_arriving || !l->callback) continue;
      l->awaits_first = false;
      l->callback(change.state);
    }
    if (is_closed_) return;
  }
  for (const auto& v : views) v->tell();
  if (commit_callbacks_.empty()) return;
  commit_info info;
  info.changed_tokens.reserve(batch.changed.size());
  for (const auto& change : batch.changed) info.changed_tokens.emplace_back(change.query.token());
  commit_callbacks_.call(info);
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
    if (const auto self = weak.lock()) self->deliver_first(query, *l);
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

HULL_INLINE void client_core::deliver_first(const sync::query_key& query, listener& l) {
  if (l.core == nullptr || !std::exchange(l.awaits_first, false)) return;
  l.callback(state(query));
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

// ---- the client's own state

HULL_INLINE void client_core::publish_connection() {
  // Later, and once for many changes: a call must not run callbacks about its own counters.
  if (connection_callbacks_.empty() || std::exchange(is_connection_news_posted_, true)) return;
  boost::asio::post(home_, [weak = weak_from_this()] {
    const auto self = weak.lock();
    if (!self || self->is_closed_) return;
    self->is_connection_news_posted_ = false;
    const connection_state state = self->connection();
    if (state == std::exchange(self->told_connection_, state)) return;
    self->connection_callbacks_.call(state);
  });
}

HULL_INLINE subscription client_core::on_connection(std::function<void(const connection_state&)> callback) {
  if (is_closed_) return {};
  if (connection_callbacks_.empty()) told_connection_ = connection();
  auto entry = connection_callbacks_.add(std::move(callback));
  return subscription([weak = weak_from_this(), entry] {
    entry->is_active = false;
    if (const auto self = weak.lock()) self->connection_callbacks_.remove(entry);
  });
}

HULL_INLINE subscription client_core::on_commit(std::function<void(const commit_info&)> callback) {
  if (is_closed_) return {};
  auto entry = commit_callbacks_.add(std::move(callback));
  return subscription([weak = weak_from_this(), entry] {
    entry->is_active = false;
    if (const auto self = weak.lock()) self->commit_callbacks_.remove(entry);
  });
}

}  // namespace hull::detail

#include <hull/client/client_auth.ipp>
#include <hull/client/client_calls.ipp>
