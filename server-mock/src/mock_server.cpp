// The mock deployment's sockets: accept, upgrade, read, write, on one thread.
#include <hull/mock/mock_server.hpp>
#include <hull/net/erased_stream.hpp>
#include <hull/protocol/codec.hpp>

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/websocket/stream.hpp>

#include <condition_variable>
#include <deque>
#include <functional>
#include <future>
#include <mutex>
#include <thread>
#include <utility>

namespace hull::mock {

namespace asio = boost::asio;
namespace beast = boost::beast;
using boost::system::error_code;
using std::chrono::milliseconds;

namespace detail {

/// One accepted socket. Members above the line belong to the server's thread, those below to the mutex.
class session : public std::enable_shared_from_this<session> {
 public:
  explicit session(asio::ip::tcp::socket socket) : executor_(socket.get_executor()), socket_(std::move(socket)) {}

  using on_ready = std::function<void(std::shared_ptr<session>)>;

  void start(std::shared_ptr<asio::ssl::context> tls, unsigned decline_with, std::string decline_body, on_ready ready) {
    ready_ = std::move(ready);
    decline_with_ = decline_with;
    decline_body_ = std::move(decline_body);
    if (!tls) return read_upgrade(std::make_unique<net::tcp_transport>(std::move(socket_)));
    auto secure = std::make_unique<net::tls_transport>(std::move(socket_), std::move(tls));
    auto& stream = secure->stream();
    handshaking_ = std::move(secure);
    stream.async_handshake(asio::ssl::stream_base::server, [self = shared_from_this()](error_code ec) {
      if (ec) return self->handshaking_->socket().close(ec), void();
      self->read_upgrade(std::move(self->handshaking_));
    });
  }

  void send(std::string frame) {
    asio::post(executor_, [self = shared_from_this(), frame = std::move(frame)]() mutable {
      self->outgoing_.push_back(std::move(frame));
      if (self->outgoing_.size() == 1) self->write();
    });
  }

  void close(std::uint16_t code, std::string reason) {
    asio::post(executor_, [self = shared_from_this(), code, reason = std::move(reason)] {
      beast::websocket::close_reason why;
      if (code != 1005) {
        why.code = code;
        why.reason.assign(reason.data(), reason.size());
      }
      self->close_after_writes_ = why;
      if (self->outgoing_.empty()) self->write();
    });
  }

  void drop() {
    asio::post(executor_, [self = shared_from_this()] {
      error_code ignored;
      self->stream_->next_layer().below().socket().close(ignored);
    });
  }

  std::optional<protocol::client_message> receive(milliseconds time) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, time, [&] { return !received_.empty() || is_closed_; });
    if (received_.empty()) return std::nullopt;
    std::string text = std::move(received_.front());
    received_.pop_front();
    lock.unlock();
    auto decoded = protocol::decode_client_message(text);
    if (decoded.has_error()) throw unexpected("the client sent no message of the protocol: " + text);
    return std::move(*decoded);
  }

  bool wait_for_close(milliseconds time) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, time, [&] { return is_closed_; });
  }

  std::uint16_t close_code() {
    const std::lock_guard lock(mutex_);
    return close_code_;
  }

  const beast::http::request<beast::http::string_body>& upgrade() const { return upgrade_; }

 private:
  using stream_type = beast::websocket::stream<net::erased_stream, false>;
  net::io_handler bound(net::transport::handler f) { return {executor_, std::move(f)}; }

  void read_upgrade(std::unique_ptr<net::transport> below) {
    stream_.emplace(std::move(below));
    stream_->read_message_max(0);
    beast::http::async_read(stream_->next_layer(), buffer_, upgrade_, bound([self = shared_from_this()](error_code ec, std::size_t) {
                              if (ec) return;
                              if (self->decline_with_ != 0) return self->decline();
                              self->accept();
                            }));
  }

  void accept() {
    stream_->async_accept(upgrade_, asio::bind_executor(executor_, [self = shared_from_this()](error_code ec) {
                            if (ec) return;
                            self->ready_(self);
                            self->read();
                          }));
  }

  void decline() {
    answer_.result(decline_with_);
    answer_.version(11);
    answer_.body() = decline_body_;
    answer_.prepare_payload();
    beast::http::async_write(stream_->next_layer(), answer_, bound([self = shared_from_this()](error_code ec, std::size_t) {
                               self->stream_->next_layer().below().socket().close(ec);
                             }));
  }

  void read() {
    buffer_.clear();
    stream_->async_read(buffer_, bound([self = shared_from_this()](error_code ec, std::size_t) {
                          if (ec) return self->ended(ec);
                          {
                            const std::lock_guard lock(self->mutex_);
                            self->received_.push_back(beast::buffers_to_string(self->buffer_.cdata()));
                          }
                          self->changed_.notify_all();
                          self->read();
                        }));
  }

  void ended(error_code ec) {
    const std::lock_guard lock(mutex_);
    is_closed_ = true;
    if (ec == beast::websocket::error::closed)
      close_code_ = stream_->reason().code == beast::websocket::close_code::none ? std::uint16_t{1005} : stream_->reason().code;
    changed_.notify_all();
  }

  void write() {
    if (!outgoing_.empty()) {
      stream_->text(true);
      stream_->async_write(asio::buffer(outgoing_.front()), bound([self = shared_from_this()](error_code ec, std::size_t) {
                             self->outgoing_.pop_front();
                             if (!ec) self->write();
                           }));
    } else if (close_after_writes_) {
      stream_->async_close(*close_after_writes_, asio::bind_executor(executor_, [self = shared_from_this()](error_code) {}));
      close_after_writes_.reset();
    }
  }

  asio::any_io_executor executor_;
  asio::ip::tcp::socket socket_;
  std::unique_ptr<net::transport> handshaking_;
  std::optional<stream_type> stream_;
  beast::flat_buffer buffer_;
  beast::http::request<beast::http::string_body> upgrade_;
  beast::http::response<beast::http::string_body> answer_;
  std::deque<std::string> outgoing_;
  std::optional<beast::websocket::close_reason> close_after_writes_;
  on_ready ready_;
  unsigned decline_with_ = 0;
  std::string decline_body_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::string> received_;
  bool is_closed_ = false;
  std::uint16_t close_code_ = 1006;
};

class server_state {
 public:
  explicit server_state(const server_options& options) : acceptor_(context_) {
    if (!options.certificate_file.empty()) {
      tls_ = std::make_shared<asio::ssl::context>(asio::ssl::context::tls_server);
      tls_->use_certificate_chain_file(options.certificate_file);
      tls_->use_private_key_file(options.private_key_file, asio::ssl::context::pem);
    }
    listen();
    thread_ = std::thread([this] { context_.run(); });
  }

  ~server_state() { stop(); }

  void stop() {
    context_.stop();
    if (thread_.joinable()) thread_.join();
  }

  bool is_secure() const noexcept { return tls_ != nullptr; }
  std::uint16_t port() const noexcept { return endpoint_.port(); }

  std::shared_ptr<session> accept(milliseconds time) {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, time, [&] { return !ready_.empty(); })) return nullptr;
    auto next = std::move(ready_.front());
    ready_.pop_front();
    return next;
  }

  /// Runs on the server's thread and waits for it.
  template <class F>
  void on_thread(F f) {
    std::promise<void> done;
    asio::post(context_, [&] {
      f();
      done.set_value();
    });
    done.get_future().wait();
  }

  void refuse(bool refuse) {
    on_thread([&] {
      error_code ignored;
      if (refuse)
        acceptor_.close(ignored);
      else if (!acceptor_.is_open())
        listen();
    });
  }

  void decline(unsigned status, std::string body) {
    on_thread([&] {
      decline_with_ = status;
      decline_body_ = std::move(body);
    });
  }

 private:
  void listen() {
    acceptor_.open(asio::ip::tcp::v4());
    acceptor_.set_option(asio::socket_base::reuse_address(true));
    acceptor_.bind(endpoint_);
    acceptor_.listen();
    endpoint_ = acceptor_.local_endpoint();
    accept_next();
  }

  void accept_next() {
    acceptor_.async_accept([this](error_code ec, asio::ip::tcp::socket socket) {
      if (ec) return;
      socket.set_option(asio::ip::tcp::no_delay(true), ec);
      std::make_shared<session>(std::move(socket))
          ->start(tls_, decline_with_, decline_body_, [this](std::shared_ptr<session> s) {
            const std::lock_guard lock(mutex_);
            ready_.push_back(std::move(s));
            changed_.notify_all();
          });
      accept_next();
    });
  }

  asio::io_context context_{1};
  asio::executor_work_guard<asio::io_context::executor_type> work_{context_.get_executor()};
  asio::ip::tcp::endpoint endpoint_{asio::ip::address_v4::loopback(), 0};
  asio::ip::tcp::acceptor acceptor_;
  std::shared_ptr<asio::ssl::context> tls_;
  unsigned decline_with_ = 0;
  std::string decline_body_;
  std::thread thread_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::shared_ptr<session>> ready_;
};

}  // namespace detail

connection::connection(std::shared_ptr<detail::session> session, std::shared_ptr<detail::server_state> server,
                       milliseconds patience)
    : server_(std::move(server)), session_(std::move(session)), patience_(patience) {}
connection::~connection() = default;

std::optional<protocol::client_message> connection::receive() { return session_->receive(patience_); }
std::optional<protocol::client_message> connection::receive_within(milliseconds time) { return session_->receive(time); }
void connection::send_text(std::string frame) { session_->send(std::move(frame)); }
void connection::close(std::uint16_t code, std::string reason) { session_->close(code, std::move(reason)); }
void connection::drop() { session_->drop(); }
bool connection::wait_for_close() { return session_->wait_for_close(patience_); }
std::uint16_t connection::close_code() const { return session_->close_code(); }

std::string connection::target() const {
  const auto target = session_->upgrade().target();
  return std::string(target.data(), target.size());
}
std::string connection::header(const std::string& name) const {
  const auto text = session_->upgrade()[name];
  return std::string(text.data(), text.size());
}

mock_server::mock_server(server_options options)
    : options_(std::move(options)), state_(std::make_shared<detail::server_state>(options_)) {}
mock_server::~mock_server() { state_->stop(); }

std::string mock_server::url() const {
  return (state_->is_secure() ? "https://127.0.0.1:" : "http://127.0.0.1:") + std::to_string(state_->port());
}
std::uint16_t mock_server::port() const { return state_->port(); }

std::shared_ptr<connection> mock_server::accept() {
  auto next = accept_within(options_.patience);
  if (!next) throw unexpected("expected a client to connect, but none came");
  return next;
}

std::shared_ptr<connection> mock_server::accept_within(milliseconds time) {
  auto session = state_->accept(time);
  return session ? std::make_shared<connection>(std::move(session), state_, options_.patience) : nullptr;
}

void mock_server::refuse_connections(bool refuse) { state_->refuse(refuse); }
void mock_server::decline_upgrades(unsigned status, std::string body) { state_->decline(status, std::move(body)); }

}  // namespace hull::mock
