// Bodies of client_core.hpp: the loop between engine and driver. Calls are in client_calls.ipp, watchers
// in client_watches.ipp.
#pragma once

#include <hull/client/client.hpp>
#include <hull/client/client_core.hpp>
#include <hull/net/beast_websocket.hpp>
#include <hull/version.hpp>

#include <boost/asio/post.hpp>

#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <memory>
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
    if (std::holds_alternative<sync::effect::record_mutation>(e) ||
        std::holds_alternative<sync::effect::forget_mutation>(e))
      perform(std::move(e));
  driver_->shut_down();
  engine_.apply(sync::input::close{}, now());
  queue_.clear();
  const auto untold = std::exchange(tellings_, {});  // Ends when nobody can be reached any more.
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
  const nested_turn turn(*this);
  drain();
  if (news_.empty()) {
    if (inbox_->take(news_)) driver_->resume_reading();
  } else {  // A callback runs the home executor, and so this: the rest of the list in hand comes first.
    std::vector<news> more;
    if (inbox_->take(more)) driver_->resume_reading();
    news_.insert(news_.end(), std::move_iterator(more.begin()), std::move_iterator(more.end()));
  }
  struct at_exit {
    client_core& core;
    ~at_exit() {
      // A callback threw: its exception goes to whoever runs the home executor, the rest is taken later.
      if (core.next_news_ < core.news_.size()) core.go_on_soon();
    }
  } guard{*this};
  while (next_news_ < news_.size()) {
    if (is_closed_) return;
    news item = std::move(news_[next_news_++]);
    if (auto* line = std::get_if<log_line>(&item))
      log(line->level, line->text);
    else
      apply(std::move(std::get<sync::input_event>(item)));
  }
  constexpr std::size_t usual = 128;
  next_news_ = 0;
  news_.clear();
  if (news_.capacity() > usual) news_ = {};
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
  // A callback may call the client: what follows from that waits until the batch in hand is delivered. Should the
  // callback go on to run the home executor, it is delivered in there.
  if (std::exchange(is_draining_, true)) return go_on_soon();
  const auto self = shared_from_this();  // A callback may destroy the client, too.
  struct at_exit {
    client_core& core;
    ~at_exit() {
      core.is_draining_ = false;
      // A callback threw: its exception goes to whoever runs the home executor, the rest is delivered later.
      if (!core.queue_.empty() || !core.tellings_.empty()) core.go_on_soon();
    }
  } guard{*this};
  for (;;) {
    if (!tellings_.empty()) {
      const telling next = std::move(tellings_.front());
      tellings_.pop_front();
      go_on_soon();  // Should the callback run the home executor.
      tell(next);
    } else if (!queue_.empty()) {
      auto next = std::move(queue_.front());
      queue_.pop_front();
      perform(std::move(next));
    } else {
      return;
    }
  }
}

HULL_INLINE void client_core::go_on_soon() {
  if (queue_.empty() && tellings_.empty() && next_news_ >= news_.size()) return;
  if (is_closed_ || std::exchange(is_going_on_posted_, true)) return;
  boost::asio::post(home_, [weak = weak_from_this()] {
    const auto self = weak.lock();
    if (!self) return;
    self->is_going_on_posted_ = false;
    if (self->is_closed_ || self->is_applying_) return;  // In an optimistic update; the end of the step drains.
    const nested_turn turn(*self);
    self->drain();
    if (self->next_news_ < self->news_.size()) self->take_news();
  });
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
#include <hull/client/client_watches.ipp>
