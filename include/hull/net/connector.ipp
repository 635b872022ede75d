// Bodies of connector.hpp.
#pragma once

#include <hull/net/connector.hpp>
#include <hull/net/tls.hpp>
#include <hull/net/url.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <chrono>
#include <utility>

namespace hull::net {
namespace detail {

/// The order in which addresses are tried: families take turns, beginning with the resolver's favourite.
HULL_INLINE std::vector<boost::asio::ip::tcp::endpoint> in_turns(const boost::asio::ip::tcp::resolver::results_type& found) {
  constexpr std::size_t most = 16;
  std::vector<boost::asio::ip::tcp::endpoint> first;
  std::vector<boost::asio::ip::tcp::endpoint> second;
  for (const auto& entry : found) {
    const auto endpoint = entry.endpoint();
    (first.empty() || endpoint.protocol() == first.front().protocol() ? first : second).push_back(endpoint);
  }
  std::vector<boost::asio::ip::tcp::endpoint> all;
  for (std::size_t i = 0; i < std::max(first.size(), second.size()) && all.size() < most; ++i) {
    if (i < first.size()) all.push_back(first[i]);
    if (i < second.size()) all.push_back(second[i]);
  }
  return all;
}

/// Printable ASCII of what a stranger sent, cut.
HULL_INLINE std::string quoted(std::string_view text) {
  std::string out(text.substr(0, 200));
  std::replace_if(out.begin(), out.end(), [](unsigned char c) { return c < 0x20 || c >= 0x7F; }, '?');
  return '"' + out + '"';
}

}  // namespace detail

HULL_INLINE std::shared_ptr<boost::asio::ssl::context> network::tls_context(std::string& why) {
  if (!context_) context_ = make_tls_context(tls_, why);
  return context_;
}

HULL_INLINE connector::connector(boost::asio::any_io_executor executor, std::shared_ptr<network> shared)
    : executor_(std::move(executor)), network_(std::move(shared)), resolver_(executor_), stagger_(executor_) {}

HULL_INLINE void connector::async_open(destination to, open_handler handler) {
  to_ = std::move(to);
  authority_ = detail::join_authority(to_.host, to_.port, 0);
  handler_.swap(handler);  // Boost 1.81 cannot move-assign it: that calls itself without end.
  auto proxy = network_->proxies().find(to_.is_secure, to_.host, to_.port);
  if (proxy.has_error()) {
    boost::asio::post(executor_, [self = shared_from_this(), why = proxy.error().message] {
      self->fail(boost::asio::error::invalid_argument, why);
    });
    return;
  }
  proxy_ = std::move(*proxy);
  if (proxy_) {
    hop_ = "the proxy " + detail::join_authority(proxy_->host, proxy_->port, 0);
    resolve(proxy_->host, proxy_->port);
  } else {
    hop_ = authority_;
    resolve(to_.host, to_.port);
  }
}

HULL_INLINE void connector::resolve(const std::string& host, std::uint16_t port) {
  error_code is_name;
  if (const auto address = boost::asio::ip::make_address(host, is_name); !is_name) {
    endpoints_.emplace_back(address, port);
    return connect_next();
  }
  phase_ = "resolving the name " + host;
  resolver_.async_resolve(host, std::to_string(port), tcp::resolver::numeric_service,
                          [self = shared_from_this()](error_code ec, const tcp::resolver::results_type& found) {
                            if (self->handler_) self->on_resolved(ec, found);
                          });
}

HULL_INLINE void connector::on_resolved(error_code ec, const tcp::resolver::results_type& found) {
  if (ec) return fail(ec, "cannot resolve " + (proxy_ ? "the proxy " + proxy_->host : to_.host) + ": " + ec.message());
  endpoints_ = detail::in_turns(found);
  connect_next();
}

/// Tries the next address. While it has not answered for a moment the one after it is tried beside it, so that a
/// broken IPv6 costs a quarter of a second.
HULL_INLINE void connector::connect_next() {
  phase_ = "connecting to " + hop_;
  const std::size_t attempt = attempts_.size();
  if (attempt == endpoints_.size()) return;
  attempts_.push_back(std::make_unique<tcp::socket>(executor_));
  attempts_.back()->async_connect(endpoints_[attempt], [self = shared_from_this(), attempt](error_code ec) {
    if (self->handler_ && !self->socket_) self->on_attempt(attempt, ec);
  });
  if (attempts_.size() == endpoints_.size()) return;
  stagger_.expires_after(std::chrono::milliseconds(250));
  stagger_.async_wait([self = shared_from_this()](error_code ec) {
    if (!ec && self->handler_ && !self->socket_) self->connect_next();
  });
}

HULL_INLINE void connector::on_attempt(std::size_t attempt, error_code ec) {
  if (!ec) return on_connected(std::move(*attempts_[attempt]));
  last_error_ = ec;
  attempts_[attempt].reset();
  if (attempts_.size() < endpoints_.size()) {
    stagger_.cancel();
    return connect_next();
  }
  if (std::all_of(attempts_.begin(), attempts_.end(), [](const auto& tried) { return !tried; }))
    fail(last_error_, "cannot connect to " + hop_ + ": " + last_error_.message());
}

HULL_INLINE void connector::on_connected(tcp::socket socket) {
  socket_.emplace(std::move(socket));
  stagger_.cancel();
  attempts_.clear();
  error_code ignored;
  socket_->set_option(tcp::no_delay(true), ignored);
  if (proxy_) return ask_proxy();
  encrypt();
}

// ---- the tunnel

HULL_INLINE void connector::ask_proxy() {
  phase_ = "waiting for " + hop_ + " to open a tunnel to " + authority_;
  proxy_text_ = "CONNECT " + authority_ + " HTTP/1.1\r\nHost: " + authority_ + "\r\n";
  if (!proxy_->authorization.empty()) proxy_text_ += "Proxy-Authorization: " + proxy_->authorization + "\r\n";
  proxy_text_ += "\r\n";
  boost::asio::async_write(*socket_, boost::asio::buffer(proxy_text_), [self = shared_from_this()](error_code ec, std::size_t) {
    if (!self->handler_) return;
    if (ec) return self->fail(ec, self->hop_ + " hung up: " + ec.message());
    self->proxy_text_.clear();
    self->read_proxy_answer();
  });
}

HULL_INLINE void connector::read_proxy_answer() {
  socket_->async_read_some(boost::asio::buffer(proxy_piece_), [self = shared_from_this()](error_code ec, std::size_t n) {
    constexpr std::size_t longest = 16 * 1024;
    if (!self->handler_) return;
    if (ec) return self->fail(ec, self->hop_ + " hung up before it had answered: " + ec.message());
    self->proxy_text_.append(self->proxy_piece_.data(), n);
    if (self->proxy_text_.find("\r\n\r\n") != std::string::npos) return self->on_proxy_answer();
    if (self->proxy_text_.size() > longest)
      return self->fail(boost::asio::error::message_size, self->hop_ + " answers without end");
    self->read_proxy_answer();
  });
}

HULL_INLINE void connector::on_proxy_answer() {
  const std::string_view text = proxy_text_;
  const std::string_view line = text.substr(0, text.find("\r\n"));
  const bool is_http = line.size() >= 12 && line.starts_with("HTTP/1.") && line[8] == ' ';
  const std::string_view status = is_http ? line.substr(9, 3) : std::string_view();
  if (!is_http) return fail(boost::asio::error::invalid_argument, hop_ + " does not speak HTTP: " + detail::quoted(line));
  if (status == "407")
    return fail(boost::asio::error::access_denied, hop_ + " asks for credentials" +
                                                       (proxy_->authorization.empty() ? "; put them in its URL: http://user:password@host:port"
                                                                                      : " and refuses those in its URL"));
  if (!status.starts_with('2'))
    return fail(boost::asio::error::connection_refused, hop_ + " refuses a tunnel to " + authority_ + ": " + detail::quoted(line.substr(9)));
  // Neither TLS nor HTTP lets the server speak first.
  if (text.find("\r\n\r\n") + 4 != text.size())
    return fail(boost::asio::error::invalid_argument, hop_ + " sent more than its answer");
  encrypt();
}

// ---- TLS

HULL_INLINE void connector::encrypt() {
  if (!to_.is_secure) return finish({}, std::make_unique<tcp_transport>(std::move(*socket_)));
  phase_ = "in the TLS handshake with " + authority_;
  std::string why;
  auto context = network_->tls_context(why);
  if (!context) return fail(boost::asio::error::invalid_argument, why);
  handshaking_ = std::make_unique<tls_transport>(std::move(*socket_), std::move(context));
  auto& stream = handshaking_->stream();
  if (!expect_peer(stream.native_handle(), to_.host, network_->tls().verify_peer))
    return fail(boost::asio::error::invalid_argument, "the host name " + to_.host + " is not usable for TLS");
  stream.async_handshake(boost::asio::ssl::stream_base::client, [self = shared_from_this()](error_code ec) {
    if (!self->handler_) return;
    if (ec)
      return self->fail(ec, "the TLS handshake with " + self->authority_ +
                                " failed: " + describe_tls_failure(self->handshaking_->stream().native_handle(), ec));
    self->finish({}, std::move(self->handshaking_));
  });
}

// ---- the end

HULL_INLINE void connector::fail(error_code ec, std::string failure) {
  failure_ = std::move(failure);
  finish(ec, nullptr);
}

HULL_INLINE void connector::finish(error_code ec, std::unique_ptr<transport> way) {
  open_handler handler = std::exchange(handler_, nullptr);
  cancel();
  if (handler) std::move(handler)(ec, std::move(way));
}

HULL_INLINE void connector::cancel() {
  error_code ignored;
  handler_ = nullptr;
  resolver_.cancel();
  stagger_.cancel();
  for (const auto& attempt : attempts_)
    if (attempt) attempt->close(ignored);
  if (socket_ && socket_->is_open()) socket_->close(ignored);
  if (handshaking_) handshaking_->socket().close(ignored);
}

}  // namespace hull::net
