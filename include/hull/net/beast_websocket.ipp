// Bodies of beast_websocket.hpp.
#pragma once

#include <hull/net/beast_websocket.hpp>
#include <hull/net/erased_stream.hpp>
#include <hull/net/tls.hpp>

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>

#include <openssl/err.h>

#include <chrono>
#include <optional>

namespace hull::net {
namespace detail {

namespace asio = boost::asio;
namespace beast = boost::beast;
using boost::system::error_code;

/// The certificates that all sockets of one client share; loaded at the first TLS connection.
class tls_source {
 public:
  explicit tls_source(tls_settings settings) : settings_(std::move(settings)) {}
  const tls_settings& settings() const noexcept { return settings_; }
  std::shared_ptr<asio::ssl::context> get(std::string& why) {
    if (!context_) context_ = make_tls_context(settings_, why);
    return context_;
  }

 private:
  tls_settings settings_;
  std::shared_ptr<asio::ssl::context> context_;
};

class beast_websocket final : public websocket, public std::enable_shared_from_this<beast_websocket> {
 public:
  beast_websocket(asio::any_io_executor executor, std::shared_ptr<tls_source> tls)
      : executor_(std::move(executor)), tls_(std::move(tls)), resolver_(executor_), timer_(executor_) {}

  void async_open(websocket_target target, open_handler handler) override {
    target_ = std::move(target);
    opened_.swap(handler);  // Boost 1.81 cannot move-assign it: that calls itself without end.
    timer_.expires_after(target_.connect_timeout);
    timer_.async_wait([self = shared_from_this()](error_code ec) {
      if (ec || !self->opened_) return;
      self->finish_open(asio::error::timed_out, "no connection within " + std::to_string(self->target_.connect_timeout.count()) + " ms");
      self->abort();
    });
    resolver_.async_resolve(target_.host, std::to_string(target_.port),
                            [self = shared_from_this()](error_code ec, asio::ip::tcp::resolver::results_type found) {
                              self->on_resolved(ec, std::move(found));
                            });
  }

  void async_read(read_handler handler) override {
    if (!stream_) return complete_later(std::move(handler), asio::error::not_connected, std::string_view());
    incoming_.clear();
    stream_->async_read(incoming_, any_io([self = shared_from_this(), handler = std::move(handler)](error_code ec, std::size_t) mutable {
                          std::string_view text;
                          if (!ec && !self->stream_->got_text()) {
                            ec = asio::error::invalid_argument;
                            self->report_.detail = "the server sent a binary message";
                          } else if (ec) {
                            self->note_end("read", ec);
                          } else {
                            const auto data = self->incoming_.cdata();
                            text = std::string_view(static_cast<const char*>(data.data()), data.size());
                          }
                          std::move(handler)(ec, text);
                        }));
  }

  void async_write(std::string text, write_handler handler) override {
    if (!stream_) return complete_later(std::move(handler), asio::error::not_connected);
    outgoing_ = std::move(text);
    stream_->async_write(asio::const_buffer(outgoing_.data(), outgoing_.size()),
                         any_io([self = shared_from_this(), handler = std::move(handler)](error_code ec, std::size_t) mutable {
                           if (ec) self->note_end("write", ec);
                           std::move(handler)(ec);
                         }));
  }

  void close() override {
    if (std::exchange(closing_, true)) return;
    if (opened_) finish_open(asio::error::operation_aborted, "closed before it was open");
    if (!stream_ || !stream_->is_open()) return abort();
    timer_.expires_after(std::chrono::seconds(1));
    timer_.async_wait([self = shared_from_this()](error_code ec) {
      if (!ec) self->abort();
    });
    stream_->async_close(beast::websocket::close_reason(), any_end([self = shared_from_this()](error_code) { self->abort(); }));
  }

  close_report report() const override { return report_; }
  std::string upgrade_notice() const override { return notice_; }

 private:
  using stream_type = beast::websocket::stream<erased_stream, false>;

  // One handler type per signature, so that each operation of the stream is instantiated once.
  io_handler any_io(transport::handler f) { return {executor_, std::move(f)}; }
  end_handler any_end(open_handler f) { return {executor_, std::move(f)}; }

  template <class Handler, class... Args>
  void complete_later(Handler handler, error_code ec, Args... args) {
    asio::post(executor_, [handler = std::move(handler), ec, args...]() mutable { std::move(handler)(ec, args...); });
  }

  void on_resolved(error_code ec, asio::ip::tcp::resolver::results_type found) {
    if (!opened_) return;
    if (ec) return fail_open("cannot resolve " + target_.host, ec);
    socket_.emplace(executor_);
    asio::async_connect(*socket_, found, [self = shared_from_this()](error_code failed, const asio::ip::tcp::endpoint&) {
      self->on_connected(failed);
    });
  }

  void on_connected(error_code ec) {
    if (!opened_) return;
    if (ec) return fail_open("cannot connect to " + target_.authority, ec);
    socket_->set_option(asio::ip::tcp::no_delay(true), ec);
    if (!target_.is_secure) return upgrade(std::make_unique<tcp_transport>(std::move(*socket_)));
    std::string why;
    auto context = tls_->get(why);
    if (!context) return finish_open(asio::error::invalid_argument, why);
    auto tls = std::make_unique<tls_transport>(std::move(*socket_), std::move(context));
    auto& stream = tls->stream();
    handshaking_ = std::move(tls);
    error_code is_no_address;
    asio::ip::make_address(target_.host, is_no_address);
    // Server name indication is for names only.
    if (is_no_address && SSL_set_tlsext_host_name(stream.native_handle(), target_.host.c_str()) != 1)
      return finish_open(asio::error::invalid_argument, "the host name is not usable for TLS");
    if (tls_->settings().verify_peer) stream.set_verify_callback(asio::ssl::host_name_verification(target_.host), ec);
    stream.async_handshake(asio::ssl::stream_base::client, [self = shared_from_this()](error_code failed) {
      if (!self->opened_) return;
      if (failed) return self->fail_open("the TLS handshake with " + self->target_.authority + " failed", failed);
      self->upgrade(std::move(self->handshaking_));
    });
  }

  void upgrade(std::unique_ptr<transport> below) {
    stream_.emplace(std::move(below));
    stream_->read_message_max(target_.max_message_bytes);
    stream_->text(true);
    // Silence is judged by the client's own clock, not by Beast's.
    stream_->set_option(beast::websocket::stream_base::timeout{target_.connect_timeout, beast::websocket::stream_base::none(), false});
    stream_->set_option(beast::websocket::stream_base::decorator([headers = target_.headers](beast::websocket::request_type& request) {
      for (const auto& [name, text] : headers) request.set(name, text);
    }));
    stream_->async_handshake(response_, target_.authority, target_.path,
                             any_end([self = shared_from_this()](error_code ec) { self->on_upgraded(ec); }));
  }

  void on_upgraded(error_code ec) {
    if (!opened_) return;
    if (ec == beast::websocket::error::upgrade_declined) {
      std::string body = response_.body().substr(0, 500);
      return fail_open("the server answered " + std::to_string(response_.result_int()) + " to the upgrade" +
                           (body.empty() ? std::string() : " (" + body + ")"), ec);
    }
    if (ec) return fail_open("the WebSocket handshake failed", ec);
    if (const auto notice = response_["x-convex-deprecation-message"]; !notice.empty())
      notice_ = std::string(notice.data(), notice.size());
    finish_open({}, {});
  }

  void fail_open(const std::string& what, error_code ec) {
    finish_open(ec, what + ": " + ec.message());
    abort();
  }

  void finish_open(error_code ec, std::string detail) {
    if (ec) report_.detail = std::move(detail);
    timer_.cancel();
    if (auto handler = std::exchange(opened_, nullptr)) std::move(handler)(ec);
  }

  void note_end(const char* what, error_code ec) {
    if (ec == beast::websocket::error::closed) {
      const auto reason = stream_->reason();
      report_.code = reason.code == beast::websocket::close_code::none ? 1005 : reason.code;
      report_.reason = std::string(reason.reason.data(), reason.reason.size());
      report_.detail.clear();
    } else if (report_.detail.empty() && report_.code == 1006) {
      report_.detail = std::string(what) + ": " + ec.message();
    }
  }

  void abort() {
    error_code ignored;
    timer_.cancel();
    resolver_.cancel();
    if (socket_) socket_->close(ignored);
    if (handshaking_) handshaking_->socket().close(ignored);
    if (stream_) stream_->next_layer().below().socket().close(ignored);
  }

  asio::any_io_executor executor_;
  std::shared_ptr<tls_source> tls_;
  asio::ip::tcp::resolver resolver_;
  asio::steady_timer timer_;
  websocket_target target_;
  open_handler opened_;
  std::optional<asio::ip::tcp::socket> socket_;
  std::unique_ptr<transport> handshaking_;
  std::optional<stream_type> stream_;
  beast::websocket::response_type response_;
  beast::flat_buffer incoming_;
  std::string outgoing_;
  close_report report_;
  std::string notice_;
  bool closing_ = false;
};

class beast_factory final : public websocket_factory {
 public:
  explicit beast_factory(tls_settings settings) : tls_(std::make_shared<tls_source>(std::move(settings))) {}
  std::shared_ptr<websocket> make(asio::any_io_executor executor) override {
    return std::make_shared<beast_websocket>(std::move(executor), tls_);
  }

 private:
  std::shared_ptr<tls_source> tls_;
};

}  // namespace detail

HULL_INLINE std::shared_ptr<websocket_factory> make_beast_factory(std::string ca_file, bool verify_peer) {
  return std::make_shared<detail::beast_factory>(tls_settings{std::move(ca_file), verify_peer});
}

}  // namespace hull::net
