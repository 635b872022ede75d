// Bodies of client.hpp and watch.hpp: the public handles, which only forward.
#pragma once

#include <hull/client/client.hpp>
#include <hull/client/client_core.hpp>
#include <hull/client/watch.hpp>

#include <stdexcept>
#include <utility>

namespace hull {

HULL_INLINE client::client(boost::asio::any_io_executor home, std::string url, client_options options) {
  const auto parsed = net::parse_deployment_url(url);
  if (parsed.has_error()) throw std::invalid_argument(parsed.error().message);
  core_ = std::make_shared<detail::client_core>(std::move(home), *parsed, std::move(options));
  core_->start();
}

HULL_INLINE client::client(client&&) noexcept = default;

HULL_INLINE client& client::operator=(client&& other) noexcept {
  if (this != &other) {
    close();
    core_ = std::move(other.core_);
  }
  return *this;
}

HULL_INLINE client::~client() { close(); }

HULL_INLINE void client::close() {
  if (const auto core = core_) core->close();  // A copy: completions may destroy this client.
}

HULL_INLINE bool client::is_closed() const noexcept { return !core_ || core_->is_closed(); }

HULL_INLINE watch client::watch_query(std::string path, value args) {
  return watch(core_, std::move(path), std::move(args));
}

HULL_INLINE void client::set_auth(token_source source, std::function<void(bool)> on_change) {
  core_->set_token_source(std::move(source), std::move(on_change));
}

HULL_INLINE void client::set_auth(std::string token) {
  core_->set_token_source(
      [token = std::move(token)](const token_request&, const token_answer& answer) { answer(token); }, {});
}

HULL_INLINE void client::clear_auth() { core_->set_auth({}); }

HULL_INLINE auth_state client::auth() const { return core_->auth(); }

HULL_INLINE std::optional<token_claims> client::claims() const { return core_->claims(); }

HULL_INLINE subscription client::on_auth_state(std::function<void(const auth_state&)> callback) {
  return core_->on_auth(std::move(callback));
}

HULL_INLINE void client::prewarm(std::string path, value args, std::chrono::milliseconds time) {
  core_->prewarm(path, std::move(args), time);
}

HULL_INLINE void client::reconnect_now() { core_->reconnect_now(); }

HULL_INLINE bool client::has_unacknowledged_mutations() const { return core_->connection().inflight_mutations != 0; }

HULL_INLINE void client::set_admin_auth(std::string admin_key, std::optional<value> acting_as) {
  sync::credentials auth;
  if (!admin_key.empty()) {
    auth.type = protocol::token_type::admin;
    auth.token = std::move(admin_key);
    auth.acting_as = std::move(acting_as);
  }
  core_->set_auth(std::move(auth));
}

HULL_INLINE inspection client::inspect() const { return core_->inspect(); }

HULL_INLINE void client::keep_history(std::size_t calls) { core_->keep_history(calls); }

HULL_INLINE connection_state client::state() const { return core_->connection(); }

HULL_INLINE subscription client::on_connection_state(std::function<void(const connection_state&)> callback) {
  return core_->on_connection(std::move(callback));
}

HULL_INLINE subscription client::on_commit(std::function<void(const commit_info&)> callback) {
  return core_->on_commit(std::move(callback));
}

HULL_INLINE void client::start_mutation(std::string path, value args, mutation_options options, call_handler handler) {
  core_->mutation(std::move(path), std::move(args), std::move(options.optimistic), options.deadline,
                  std::move(handler));
}

HULL_INLINE void client::start_action(std::string path, value args, call_options options, call_handler handler) {
  core_->action(std::move(path), std::move(args), options.deadline, std::move(handler));
}

HULL_INLINE void client::start_query(std::string path, value args, call_options options, call_handler handler) {
  core_->query(std::move(path), std::move(args), options.deadline, std::move(handler));
}

HULL_INLINE void client::refuse_call(error why, call_handler handler) { core_->refuse(std::move(why), std::move(handler)); }

HULL_INLINE watch client::refused_watch(std::string path, error why) {
  watch never(core_, path, object{});
  never.refuse(std::move(path), object{}, std::move(why));
  return never;
}

HULL_INLINE watch::watch(std::weak_ptr<detail::client_core> core, std::string path, value args)
    : core_(std::move(core)) {
  auto key = sync::query_key::make(path, args);
  if (key.has_error())
    refuse(std::move(path), std::move(args), std::move(key.error()));
  else
    key_ = std::move(*key);
}

HULL_INLINE void watch::refuse(std::string path, value args, error why) {
  auto state = std::make_shared<query_state>();
  state->state = query_state::status::error;
  state->failure = std::move(why);
  refused_ = std::make_shared<const refusal>(refusal{std::move(path), std::move(args), std::move(state)});
}

HULL_INLINE std::string watch::path() const { return refused_ ? refused_->path : std::string(key_.path()); }
HULL_INLINE value watch::args() const { return refused_ ? refused_->args : key_.args(); }

HULL_INLINE query_state_ptr watch::current() const {
  if (refused_) return refused_->why;
  const auto core = core_.lock();
  return core ? core->state(key_) : sync::loading_state();
}

HULL_INLINE subscription watch::on_change(std::function<void(const query_state_ptr&)> callback) {
  const auto core = core_.lock();
  if (!core) return {};
  return refused_ ? core->tell_once(refused_->why, std::move(callback)) : core->watch(key_, std::move(callback));
}

}  // namespace hull

#include <hull/client/client_core.ipp>
#include <hull/client/group_core.ipp>
#include <hull/client/pages_core.ipp>
