// The way to a server, for WebSocket and HTTP alike: resolve, connect, ask a proxy for a tunnel, encrypt.
#pragma once

#include <hull/config.hpp>
#include <hull/net/erased_stream.hpp>
#include <hull/net/network_options.hpp>
#include <hull/net/proxy.hpp>

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/system/error_code.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace hull::net {

/// What all connections of one client share: trusted certificates, loaded at the first use, and proxies.
/// Used by one thread at a time.
class network {
 public:
  network(tls_options tls, const proxy_options& proxy) : tls_(std::move(tls)), proxies_(proxy) {}
  const tls_options& tls() const noexcept { return tls_; }
  const proxy_rules& proxies() const noexcept { return proxies_; }
  /// Null when the certificates cannot be loaded; `why` says what is wrong.
  std::shared_ptr<boost::asio::ssl::context> tls_context(std::string& why);

 private:
  tls_options tls_;
  proxy_rules proxies_;
  std::shared_ptr<boost::asio::ssl::context> context_;
};

/// Who is to be reached.
struct destination {
  bool is_secure = false;
  std::string host;         ///< A name or an address, without brackets.
  std::uint16_t port = 0;
};

/// One attempt to get through to a server. Has no clock: whoever asks sets the limit, and can say from `phase` what
/// was under way when the time was over. Everything happens on the executor.
class connector : public std::enable_shared_from_this<connector> {
 public:
  using open_handler = boost::asio::any_completion_handler<void(boost::system::error_code, std::unique_ptr<transport>)>;

  connector(boost::asio::any_io_executor executor, std::shared_ptr<network> shared);

  /// Once per object.
  void async_open(destination to, open_handler handler);
  /// Lets go of everything; the handler is dropped.
  void cancel();

  /// What is under way, as in "still " + phase(): "connecting to 127.0.0.1:80".
  const std::string& phase() const noexcept { return phase_; }
  /// After a failure: what went wrong, in words.
  const std::string& failure() const noexcept { return failure_; }

 private:
  using error_code = boost::system::error_code;
  using tcp = boost::asio::ip::tcp;

  void resolve(const std::string& host, std::uint16_t port);
  void on_resolved(error_code ec, const tcp::resolver::results_type& found);
  void connect_next();
  void on_attempt(std::size_t attempt, error_code ec);
  void on_connected(tcp::socket socket);
  void ask_proxy();
  void read_proxy_answer();
  void on_proxy_answer();
  void encrypt();
  void fail(error_code ec, std::string failure);
  void finish(error_code ec, std::unique_ptr<transport> way);

  boost::asio::any_io_executor executor_;
  std::shared_ptr<network> network_;
  tcp::resolver resolver_;
  boost::asio::steady_timer stagger_;
  destination to_;
  std::string authority_;                 ///< Of the destination, port included.
  std::string hop_;                       ///< Whom we connect to: destination or proxy.
  std::optional<proxy_server> proxy_;
  open_handler handler_;
  std::string phase_ = "starting";
  std::string failure_;

  std::vector<tcp::endpoint> endpoints_;
  std::vector<std::unique_ptr<tcp::socket>> attempts_;  ///< One per endpoint tried; null when it failed.
  error_code last_error_;
  std::optional<tcp::socket> socket_;
  std::string proxy_text_;
  std::array<char, 1024> proxy_piece_;
  std::unique_ptr<tls_transport> handshaking_;
};

}  // namespace hull::net

#ifndef HULL_SEPARATE_COMPILATION
#include <hull/net/connector.ipp>
#endif
