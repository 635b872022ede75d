// Bodies of beast_websocket.hpp.
#pragma once

#include <hull/net/beast_websocket.hpp>
#include <hull/net/connector.hpp>
#include <hull/net/erased_stream.hpp>

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>

#include <chrono>
#include <optional>

namespace hull::net {
namespace detail {

namespace asio = boost::asio;
namespace beast = boost::beast;
using boost::system::error_code;

class beast_websocket final : public websocket, public std::enable_shared_from_this<beast_websocket> {
 public:
  beast_websocket(asio::any_io_executor executor, std::shared_ptr<network> shared)
      : executor_(std::move(executor)), connector_(std::make_shared<connector>(executor_, std::move(shared))), timer_(executor_) {}

  void async_open(websocket_target target, open_handler handler) override {
    target_ = std::move(target);
    opened_.swap(handler);  // Boost 1.81 cannot move-assign it: that calls itself without end.
    timer_.expires_after(target_.connect_timeout);
    timer_.async_wait([self = shared_from_this()](error_code ec) {
      if (ec || !self->opened_) return;
      self->finish_open(asio::error::timed_out, "no connection within " + std::to_string(self->target_.connect_timeout.count()) +
                                                    " ms (still " + self->phase() + ")");
      self->abort();
    });
    // The timer keeps this alive; the connector must not, for it is a part of it.
    connector_->async_open({target_.is_secure, target_.host, target_.port},
                           [weak = weak_from_this()](error_code ec, std::unique_ptr<transport> way) {
                             const auto self = weak.lock();
                             if (!self || !self->opened_) return;
                             if (!ec) return self->upgrade(std::move(way));
                             self->finish_open(ec, self->connector_->failure());
                           });
  }

  void async_read(read_handler handler) override {
    if (!stream_) return complete_later(std::move(handler), asio::error::not_connected, std::string_view());
    incoming_.clear();
    if (incoming_.capacity() > kept_bytes) incoming_.shrink_to_fit();
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
                           if (self->outgoing_.capacity() > kept_bytes) self->outgoing_ = std::string();
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
  using stream_type = beast::websocket::stream<erased_stream, true>;
  static constexpr std::size_t kept_bytes = 256 * 1024;  ///< A buffer that one message made larger goes with it.

  // One handler type per signature, so that each operation of the stream is instantiated once.
  io_handler any_io(transport::handler f) { return {executor_, std::move(f)}; }
  end_handler any_end(open_handler f) { return {executor_, std::move(f)}; }

  template <class Handler, class... Args>
  void complete_later(Handler handler, error_code ec, Args... args) {
    asio::post(executor_, [handler = std::move(handler), ec, args...]() mutable { std::move(handler)(ec, args...); });
  }

  std::string phase() const { return stream_ ? "waiting for the server to accept the WebSocket" : connector_->phase(); }

  void upgrade(std::unique_ptr<transport> below) {
    stream_.emplace(std::move(below));
    stream_->read_message_max(target_.max_message_bytes);
    stream_->text(true);
    if (target_.compression) {
      beast::websocket::permessage_deflate deflate;
      deflate.client_enable = true;
      deflate.msg_size_threshold = 512;  // Below this the line gains less than the processor loses.
      stream_->set_option(deflate);
    }
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
    connector_->cancel();
    if (stream_) stream_->next_layer().below().socket().close(ignored);
  }

  asio::any_io_executor executor_;
  std::shared_ptr<connector> connector_;
  asio::steady_timer timer_;
  websocket_target target_;
  open_handler opened_;
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
  explicit beast_factory(std::shared_ptr<network> shared) : network_(std::move(shared)) {}
  std::shared_ptr<websocket> make(asio::any_io_executor executor) override {
    return std::make_shared<beast_websocket>(std::move(executor), network_);
  }

 private:
  std::shared_ptr<network> network_;
};

}  // namespace detail

HULL_INLINE std::shared_ptr<websocket_factory> make_beast_factory(const tls_options& tls, const proxy_options& proxy) {
  return std::make_shared<detail::beast_factory>(std::make_shared<network>(tls, proxy));
}

}  // namespace hull::net
