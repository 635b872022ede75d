// Servers that say exactly what a test wants, on loopback, with blocking sockets and a thread per connection.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>

#include <sys/socket.h>

#include <array>
#include <atomic>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace hull::test {

/// One end of a connection: TCP, or TLS where the server has a context.
class raw_peer {
 public:
  using tcp = boost::asio::ip::tcp;
  explicit raw_peer(tcp::socket socket) : socket_(std::move(socket)) {}

  bool encrypt(boost::asio::ssl::context& context) {
    secure_ = std::make_unique<boost::asio::ssl::stream<tcp::socket&>>(socket_, context);
    boost::system::error_code failed;
    secure_->handshake(boost::asio::ssl::stream_base::server, failed);
    return !failed;
  }
  SSL* tls() { return secure_ ? secure_->native_handle() : nullptr; }
  tcp::socket& socket() { return socket_; }

  /// False when the other side is gone.
  bool send(std::string_view text) {
    boost::system::error_code failed;
    if (secure_)
      boost::asio::write(*secure_, boost::asio::buffer(text), failed);
    else
      boost::asio::write(socket_, boost::asio::buffer(text), failed);
    return !failed;
  }
  /// What came so far and was not taken, and more of it; false at the end.
  bool receive(std::string& into) {
    std::array<char, 4096> piece;
    boost::system::error_code failed;
    const std::size_t n = secure_ ? secure_->read_some(boost::asio::buffer(piece), failed) : socket_.read_some(boost::asio::buffer(piece), failed);
    into.append(piece.data(), n);
    return !failed;
  }
  /// A request with its head and, by Content-Length, its body; empty when the other side hung up before.
  std::string receive_request() {
    std::size_t end = std::string::npos;
    while ((end = pending_.find("\r\n\r\n")) == std::string::npos)
      if (!receive(pending_)) return {};
    std::size_t length = 0;
    if (const auto at = pending_.find("Content-Length: "); at < end) length = std::stoul(pending_.substr(at + 16));
    while (pending_.size() < end + 4 + length)
      if (!receive(pending_)) return {};
    std::string request = pending_.substr(0, end + 4 + length);
    pending_.erase(0, request.size());
    return request;
  }
  /// Blocks until the other side hangs up.
  void wait_for_end() {
    std::string ignored;
    while (receive(ignored)) ignored.clear();
  }
  void answer(std::string_view status, std::string_view body, std::string_view headers = {}) {
    send("HTTP/1.1 " + std::string(status) + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + std::string(headers) + "\r\n" +
         std::string(body));
  }

 private:
  tcp::socket socket_;
  std::unique_ptr<boost::asio::ssl::stream<tcp::socket&>> secure_;
  std::string pending_;
};

class raw_server {
 public:
  using tcp = boost::asio::ip::tcp;
  using script = std::function<void(raw_peer&)>;

  explicit raw_server(script s, std::shared_ptr<boost::asio::ssl::context> tls = nullptr, bool is_ipv6 = false)
      : script_(std::move(s)), tls_(std::move(tls)), acceptor_(loop_, loopback(is_ipv6)) {
    thread_ = std::thread([this] { accept(); });
  }
  ~raw_server() {
    is_closing_ = true;
    ::shutdown(acceptor_.native_handle(), SHUT_RDWR);  // Wakes the thread that accepts.
    thread_.join();
    {
      const std::lock_guard lock(mutex_);
      for (raw_peer* peer : open_) ::shutdown(peer->socket().native_handle(), SHUT_RDWR);
    }
    for (std::thread& t : threads_) t.join();
  }
  raw_server(const raw_server&) = delete;
  raw_server& operator=(const raw_server&) = delete;

  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
  std::string url(const std::string& path = {}) const {
    return (tls_ ? "https://127.0.0.1:" : "http://127.0.0.1:") + std::to_string(port()) + path;
  }
  int connections() const { return connections_; }

 private:
  static tcp::endpoint loopback(bool is_ipv6) {
    if (is_ipv6) return {boost::asio::ip::address_v6::loopback(), 0};
    return {boost::asio::ip::address_v4::loopback(), 0};
  }
  void accept() {
    while (!is_closing_) {
      tcp::socket socket(loop_);
      boost::system::error_code failed;
      acceptor_.accept(socket, failed);
      if (failed) return;
      ++connections_;
      threads_.emplace_back([this, s = std::move(socket)]() mutable {
        raw_peer peer(std::move(s));
        std::list<raw_peer*>::iterator at;
        {
          const std::lock_guard lock(mutex_);
          at = open_.insert(open_.end(), &peer);
        }
        if (!tls_ || peer.encrypt(*tls_)) script_(peer);
        const std::lock_guard lock(mutex_);
        open_.erase(at);
      });
    }
  }

  script script_;
  std::shared_ptr<boost::asio::ssl::context> tls_;
  boost::asio::io_context loop_;
  tcp::acceptor acceptor_;
  std::atomic<bool> is_closing_ = false;
  std::atomic<int> connections_ = 0;
  std::mutex mutex_;
  std::list<raw_peer*> open_;
  std::vector<std::thread> threads_;
  std::thread thread_;
};

/// Carries bytes both ways until one side ends.
inline void pump(raw_peer::tcp::socket& a, raw_peer::tcp::socket& b) {
  const auto carry = [](raw_peer::tcp::socket& from, raw_peer::tcp::socket& to) {
    std::array<char, 4096> piece;
    boost::system::error_code failed;
    while (!failed) {
      const std::size_t n = from.read_some(boost::asio::buffer(piece), failed);
      if (n != 0) boost::asio::write(to, boost::asio::buffer(piece.data(), n), failed);
    }
    ::shutdown(to.native_handle(), SHUT_RDWR);
    ::shutdown(from.native_handle(), SHUT_RDWR);
  };
  std::thread back([&] { carry(b, a); });
  carry(a, b);
  back.join();
}

/// A CONNECT proxy that leads every tunnel to one loopback port, whatever name is asked for.
class tunnel_proxy {
 public:
  explicit tunnel_proxy(std::uint16_t to)
      : server_([this, to](raw_peer& peer) {
          const std::string request = peer.receive_request();
          {
            const std::lock_guard lock(mutex_);
            requests_.push_back(request);
          }
          raw_peer::tcp::socket onward(loop_);
          boost::system::error_code failed;
          onward.connect({boost::asio::ip::address_v4::loopback(), to}, failed);
          if (failed) return peer.answer("502 Bad Gateway", "");
          peer.send("HTTP/1.1 200 Connection established\r\nVia: test\r\n\r\n");
          pump(peer.socket(), onward);
        }) {}
  std::string url(const std::string& account = {}) const { return "http://" + account + "127.0.0.1:" + std::to_string(server_.port()); }
  std::vector<std::string> requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> requests_;
  boost::asio::io_context loop_;
  raw_server server_;
};

/// A context for a server with this certificate.
inline std::shared_ptr<boost::asio::ssl::context> server_tls(const std::string& certificate_file, const std::string& key_file) {
  auto context = std::make_shared<boost::asio::ssl::context>(boost::asio::ssl::context::tls_server);
  context->use_certificate_chain_file(certificate_file);
  context->use_private_key_file(key_file, boost::asio::ssl::context::pem);
  return context;
}

}  // namespace hull::test
