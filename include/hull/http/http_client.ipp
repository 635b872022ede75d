// Bodies of http_client.hpp: the public handle, which only forwards.
#pragma once

#include <hull/http/http_client.hpp>
#include <hull/http/http_client_core.hpp>

#include <stdexcept>
#include <utility>

namespace hull {

HULL_INLINE http_client::http_client(boost::asio::any_io_executor home, const std::string& url, http_client_options options) {
  const auto parsed = net::parse_deployment_url(url);
  if (parsed.has_error()) throw std::invalid_argument(parsed.error().message);
  core_ = std::make_shared<detail::http_client_core>(std::move(home), *parsed, std::move(options));
}

HULL_INLINE http_client::http_client(http_client&&) noexcept = default;

HULL_INLINE http_client& http_client::operator=(http_client&& other) noexcept {
  if (this != &other) {
    close();
    core_ = std::move(other.core_);
  }
  return *this;
}

HULL_INLINE http_client::~http_client() { close(); }

HULL_INLINE void http_client::close() {
  if (const auto core = core_) core->close();
}

HULL_INLINE bool http_client::is_closed() const noexcept { return !core_ || core_->is_closed(); }

HULL_INLINE const std::string& http_client::url() const noexcept { return core_->url(); }

HULL_INLINE void http_client::set_auth(std::string token) { core_->authorize(token.empty() ? std::string() : "Bearer " + token); }

HULL_INLINE void http_client::set_admin_auth(const std::string& admin_key, const std::optional<value>& acting_as) {
  core_->authorize(admin_key.empty() ? std::string() : detail::admin_authorization(admin_key, acting_as));
}

HULL_INLINE void http_client::clear_auth() { core_->authorize({}); }

HULL_INLINE void http_client::forget_snapshot() { core_->forget_snapshot(); }

HULL_INLINE void http_client::start_query(std::string path, value args, value_handler handler) {
  core_->call({'Q', "/api/query", std::move(path), std::move(args), {}, {}}, true, std::move(handler));
}

HULL_INLINE void http_client::start_query_at(http_snapshot snapshot, std::string path, value args, value_handler handler) {
  core_->call({'Q', "/api/query_at_ts", std::move(path), std::move(args), std::move(snapshot.ts), {}}, true, std::move(handler));
}

HULL_INLINE void http_client::start_consistent_query(std::string path, value args, value_handler handler) {
  core_->consistent_query({'Q', "/api/query_at_ts", std::move(path), std::move(args), {}, {}}, std::move(handler));
}

HULL_INLINE void http_client::start_take_snapshot(boost::asio::any_completion_handler<void(result<http_snapshot>)> handler) {
  core_->take_snapshot(std::move(handler));
}

HULL_INLINE void http_client::start_mutation(std::string path, value args, http_mutation_options options, value_handler handler) {
  core_->mutation({'M', "/api/mutation", std::move(path), std::move(args), {}, {}}, options.skip_queue, std::move(handler));
}

HULL_INLINE void http_client::start_action(std::string path, value args, value_handler handler) {
  core_->call({'A', "/api/action", std::move(path), std::move(args), {}, {}}, false, std::move(handler));
}

HULL_INLINE void http_client::start_function(std::string path, value args, http_function_options options, value_handler handler) {
  core_->call({'?', "/api/function", std::move(path), std::move(args), {}, std::move(options.component_path)}, false, std::move(handler));
}

}  // namespace hull
