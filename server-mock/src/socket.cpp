// A mock server's sockets: handshake, HTTP, upgrade, frames, and what a fault plan makes of them. The one place of
// the mock server where Beast is compiled.
#include "socket.hpp"

#include <hull/net/erased_stream.hpp>

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <boost/beast/websocket/stream.hpp>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <utility>

namespace hull::mock::detail {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;
using boost::system::error_code;
using std::chrono::milliseconds;
using step = fault_line::step;

/// Members above the line belong to the server's thread, those below to the mutex.
class beast_session final : public session, public std::enable_shared_from_this<beast_session> {
 public:
  beast_session(asio::ip::tcp::socket socket, std::shared_ptr<const socket_settings> settings, fault_line faults)
      : executor_(socket.get_executor()),
        socket_(std::move(socket)),
        settings_(std::move(settings)),
        faults_(std::move(faults)),
        clogged_(faults_.clogged()),
        timer_(executor_) {}

  void start(on_ready ready) override {
    ready_ = std::move(ready);
    if (!settings_->tls) return open(std::make_unique<net::tcp_transport>(std::move(socket_)));
    auto secure = std::make_unique<net::tls_transport>(std::move(socket_), settings_->tls);
    auto& stream = secure->stream();
    handshaking_ = std::move(secure);
    stream.async_handshake(asio::ssl::stream_base::server, [self = self()](error_code ec) {
      if (ec) return self->handshaking_->socket().close(ec), void();
      self->open(std::move(self->handshaking_));
    });
  }

  void listen(std::weak_ptr<frame_listener> listener) override { listener_ = std::move(listener); }

  void send(std::string frame, std::function<void()> sent) override {
    asio::post(executor_, [self = self(), frame = std::move(frame), sent = std::move(sent)]() mutable {
      if (self->leaving_) return;
      auto steps = self->faults_.sending(std::move(frame));
      for (std::size_t i = 0; i < steps.size(); ++i)
        self->add(std::move(steps[i]), i + 1 == steps.size() ? std::move(sent) : nullptr);
      self->write();
    });
  }

  void close(std::uint16_t code, std::string reason) override {
    asio::post(executor_, [self = self(), code, reason = std::move(reason)]() mutable {
      step s;
      s.what = step::kind::close;
      s.code = code;
      s.reason = std::move(reason);
      self->add(std::move(s), nullptr);
      self->write();
    });
  }

  void drop() override {
    asio::post(executor_, [self = self()] { self->close_socket(); });
  }

  void clog(bool clogged) override {
    asio::post(executor_, [self = self(), clogged] {
      if (std::exchange(self->clogged_, clogged) == clogged || clogged) return;
      for (auto& frame : std::exchange(self->held_, {})) self->arrived(std::move(frame));
      self->write();
    });
  }

  std::optional<std::string> receive(milliseconds time) override {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, time, [&] { return !received_.empty() || is_closed_; });
    if (received_.empty()) return std::nullopt;
    std::string text = std::move(received_.front());
    received_.pop_front();
    return text;
  }

  bool is_open() const override { return is_open_ && !leaving_; }

  bool wait_for_close(milliseconds time) override {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, time, [&] { return is_closed_; });
  }

  std::uint16_t close_code() override {
    const std::lock_guard lock(mutex_);
    return close_code_;
  }

  std::string target() const override { return std::string(upgrade_.target()); }
  std::string header(const std::string& name) const override { return std::string(upgrade_[name]); }

 private:
  using stream_type = websocket::stream<net::erased_stream, false>;
  struct frame {
    std::string text;
    bool is_text = true;
  };
  struct outgoing {
    step what;
    std::function<void()> sent;
  };

  std::shared_ptr<beast_session> self() { return shared_from_this(); }
  net::io_handler bound(net::transport::handler f) { return {executor_, std::move(f)}; }

  // ---- before the upgrade ----

  void open(std::unique_ptr<net::transport> below) {
    stream_.emplace(std::move(below));
    stream_->read_message_max(0);
    read_request();
  }

  void read_request() {
    parser_.emplace();
    parser_->body_limit(settings_->max_http_body);
    http::async_read(
        stream_->next_layer(), buffer_, *parser_, bound([self = self()](error_code ec, std::size_t) {
          if (ec == http::error::body_limit)
            return self->answer({413, R"({"code":"PayloadTooLarge","message":"The body is too large."})"}, false);
          if (!ec) self->got_request();
        }));
  }

  void got_request() {
    auto request = parser_->release();
    if (websocket::is_upgrade(request)) {
      upgrade_ = std::move(request);
      if (faults_.decline_status() != 0)
        return answer({faults_.decline_status(), faults_.decline_body(), "text/plain"}, false);
      const std::string_view target(upgrade_.target().data(), upgrade_.target().size());
      if (settings_->takes_upgrade && !settings_->takes_upgrade(target))
        return answer({404, R"({"code":"NotFound","message":"No WebSocket is served at this path."})"}, false);
      return accept();
    }
    const bool keep_alive = request.keep_alive();
    if (!settings_->on_http)
      return answer({404, R"({"code":"NotFound","message":"This mock server answers WebSockets only."})"}, keep_alive);
    http_request plain{
        std::string(request.method_string()), std::string(request.target()), {}, std::move(request.body())};
    for (const auto& field : request)
      plain.headers.emplace_back(std::string(field.name_string()), std::string(field.value()));
    settings_->on_http(std::move(plain), [self = self(), keep_alive](http_answer a) {
      asio::post(self->executor_,
                 [self, keep_alive, a = std::move(a)]() mutable { self->answer(std::move(a), keep_alive); });
    });
  }

  void answer(http_answer a, bool keep_alive) {
    answer_ = {};
    answer_.result(a.status);
    answer_.version(11);
    answer_.set(http::field::content_type, a.content_type);
    for (const auto& [name, text] : a.headers) answer_.insert(name, text);
    answer_.body() = std::move(a.body);
    answer_.keep_alive(keep_alive);
    answer_.prepare_payload();
    http::async_write(stream_->next_layer(), answer_, bound([self = self(), keep_alive](error_code ec, std::size_t) {
                        if (!ec && keep_alive) return self->read_request();
                        self->close_socket();
                      }));
  }

  void accept() {
    stream_->async_accept(upgrade_, asio::bind_executor(executor_, [self = self()](error_code ec) {
                            if (ec) return;
                            if (self->settings_->on_open) self->settings_->on_open();
                            self->ready_(self);
                            self->is_open_ = true;
                            self->read();
                            self->write();
                          }));
  }

  // ---- frames from the client ----

  void read() {
    buffer_.clear();
    stream_->async_read(buffer_, bound([self = self()](error_code ec, std::size_t) {
                          if (ec) return self->ended(ec);
                          frame f{beast::buffers_to_string(self->buffer_.cdata()), self->stream_->got_text()};
                          if (self->settings_->on_frame) self->settings_->on_frame(direction::to_server, f.text);
                          if (self->clogged_)
                            self->held_.push_back(std::move(f));
                          else
                            self->arrived(std::move(f));
                          self->read();
                        }));
  }

  void arrived(frame f) {
    if (leaving_) return;
    for (auto& s : faults_.receiving()) {
      add(std::move(s), nullptr);
      return write();
    }
    if (const auto listener = listener_.lock())
      return f.is_text ? listener->got_text(std::move(f.text)) : listener->got_binary();
    {
      const std::lock_guard lock(mutex_);
      received_.push_back(std::move(f.text));
    }
    changed_.notify_all();
  }

  void ended(error_code ec) {
    leaving_ = true;
    outgoing_.clear();
    timer_.cancel();
    std::uint16_t code = 1006;
    if (ec == websocket::error::closed)
      code = stream_->reason().code == websocket::close_code::none ? std::uint16_t{1005} : stream_->reason().code;
    {
      const std::lock_guard lock(mutex_);
      is_closed_ = true;
      close_code_ = code;
    }
    changed_.notify_all();
    if (settings_->on_close) settings_->on_close(code);
    if (const auto listener = listener_.lock()) listener->socket_closed();
  }

  // ---- frames to the client ----

  void add(step s, std::function<void()> sent) {
    if (leaving_) return;
    leaving_ = s.what == step::kind::close || s.what == step::kind::drop;
    if (s.overtakes) outgoing_.clear();  // The one on its way stays: a close frame does not fit into another.
    outgoing_.push_back({std::move(s), std::move(sent)});
  }

  void write() {
    if (!is_open_ || clogged_ || writing_ || waiting_ || outgoing_.empty()) return;
    if (auto& delay = outgoing_.front().what.delay; delay > milliseconds(0)) {
      waiting_ = true;
      timer_.expires_after(std::exchange(delay, milliseconds(0)));
      return timer_.async_wait([self = self()](error_code ec) {
        self->waiting_ = false;
        if (!ec) self->write();
      });
    }
    on_its_way_ = std::move(outgoing_.front());
    outgoing_.pop_front();
    const step& s = on_its_way_.what;
    switch (s.what) {
      case step::kind::drop:
        return close_socket();
      case step::kind::close: {
        websocket::close_reason why;
        if (s.code != 1005) why = websocket::close_reason(static_cast<websocket::close_code>(s.code), s.reason);
        outgoing_.clear();
        return stream_->async_close(why, asio::bind_executor(executor_, [self = self()](error_code) {}));
      }
      case step::kind::send:
      case step::kind::begin:
        break;
    }
    writing_ = true;
    if (settings_->on_frame) settings_->on_frame(direction::to_client, s.text);
    stream_->text(true);
    auto written = bound([self = self()](error_code ec, std::size_t) {
      self->writing_ = false;
      if (ec) return;
      if (const auto sent = std::move(self->on_its_way_.sent)) sent();
      self->write();
    });
    if (s.what == step::kind::begin)
      stream_->async_write_some(false, asio::buffer(s.text), std::move(written));
    else
      stream_->async_write(asio::buffer(s.text), std::move(written));
  }

  void close_socket() {
    leaving_ = true;
    error_code ignored;
    if (stream_) stream_->next_layer().below().socket().close(ignored);
  }

  asio::any_io_executor executor_;
  asio::ip::tcp::socket socket_;
  std::shared_ptr<const socket_settings> settings_;
  fault_line faults_;
  bool clogged_ = false;
  asio::steady_timer timer_;
  std::unique_ptr<net::transport> handshaking_;
  std::optional<stream_type> stream_;
  beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;
  http::request<http::string_body> upgrade_;
  http::response<http::string_body> answer_;
  on_ready ready_;
  std::weak_ptr<frame_listener> listener_;
  std::deque<frame> held_;  ///< Came while clogged.
  std::deque<outgoing> outgoing_;
  outgoing on_its_way_;  ///< When `writing_`.
  bool is_open_ = false;
  bool writing_ = false;
  bool waiting_ = false;
  bool leaving_ = false;  ///< Closing, or closed: nothing more is taken.

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::string> received_;
  bool is_closed_ = false;
  std::uint16_t close_code_ = 1006;
};

}  // namespace

std::shared_ptr<session> make_session(asio::ip::tcp::socket socket, std::shared_ptr<const socket_settings> settings,
                                      fault_line faults) {
  return std::make_shared<beast_session>(std::move(socket), std::move(settings), std::move(faults));
}

}  // namespace hull::mock::detail
