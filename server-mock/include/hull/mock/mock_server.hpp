// A deployment on a loopback port that does what a test tells it. Runs on a thread of its own; the functions here
// are for the test's thread and wait, with a limit.
#pragma once

#include <hull/mock/fault.hpp>
#include <hull/mock/http.hpp>
#include <hull/mock/script.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace hull::mock {

namespace detail {
class server_state;
class session;
}  // namespace detail

/// Which way a frame goes.
enum class direction { to_server, to_client };

/// How a mock server listens, and what it tells.
struct server_options {
  std::string certificate_file;  ///< PEM; with it and a key the server speaks TLS.
  std::string private_key_file;  ///< PEM; belongs to the certificate.
  std::chrono::milliseconds patience{5000};  ///< How long the functions below wait.
  /// Sees every text frame of every socket as it is on the wire: a client's when it arrives, before `receive` returns
  /// it; the server's when it is about to be written. Called on the server's thread; the text lives as long as the
  /// call.
  std::function<void(direction, std::string_view)> on_frame;
  std::function<void()> on_open;                     ///< A WebSocket is open. On the server's thread.
  std::function<void(std::uint16_t code)> on_close;  ///< And over: the client's close code; 1005 none, 1006 broken.
  http_handler on_http;                              ///< Requests that are no upgrade; without it they get a 404.
  std::size_t max_http_body = 64u << 20;             ///< Bytes; a larger body is refused with 413.
  /// False answers an upgrade of this target with 404. Empty: every target is taken.
  std::function<bool(std::string_view target)> takes_upgrade;
  fault_schedule faults;   ///< Empty: all connections are sound.
  std::uint16_t port = 0;  ///< 0: any that is free.
};

/// One client's socket, open or not.
class connection final : public peer {
 public:
  /// Made by mock_server::accept.
  connection(std::shared_ptr<detail::session> session, std::shared_ptr<detail::server_state> server,
             std::chrono::milliseconds patience);
  ~connection() override;

  std::optional<protocol::client_message> receive() override;
  std::optional<protocol::client_message> receive_within(std::chrono::milliseconds time) override;
  /// Sends a text frame, after those sent before. Lost when the socket is closed.
  void send_text(std::string frame) override;
  void close(std::uint16_t code, std::string reason) override;
  void drop() override;
  /// While set, frames of both directions are held; none is lost, and their order stays.
  void clog(bool clogged);

  /// Of the upgrade request.
  std::string target() const;
  /// A header of the upgrade request, whatever its case; empty when there is none.
  std::string header(const std::string& name) const;
  /// True when the client closed, or lost, the socket within the server's patience.
  bool wait_for_close();
  /// The close code that the client sent; 1005 for none, 1006 when the socket broke.
  std::uint16_t close_code() const;

 private:
  std::shared_ptr<detail::server_state> server_;  ///< Its event loop has to outlive the socket.
  std::shared_ptr<detail::session> session_;
  std::chrono::milliseconds patience_;
};

/// A WebSocket server on 127.0.0.1 with a thread of its own: a test accepts each client and plays the deployment.
class mock_server {
 public:
  /// Throws boost::system::system_error when the port is taken or a file cannot be used.
  explicit mock_server(server_options options = {});
  ~mock_server();
  mock_server(const mock_server&) = delete;
  mock_server& operator=(const mock_server&) = delete;

  /// "http://127.0.0.1:PORT", or https.
  std::string url() const;
  std::uint16_t port() const;  ///< Where it listens.

  /// The next client that connects. Throws `unexpected` when none comes.
  std::shared_ptr<connection> accept();
  /// Nothing when none comes in this time.
  std::shared_ptr<connection> accept_within(std::chrono::milliseconds time);

  /// While set, connecting fails at once.
  void refuse_connections(bool refuse);
  /// While set, the WebSocket upgrade is answered with this HTTP status (0: accepted as usual).
  void decline_upgrades(unsigned status, std::string body = {});
  /// For the connections that come from now on, counted from 1 again.
  void set_faults(fault_schedule faults);
  /// `connection::clog` of every connection, also of those to come.
  void clog(bool clogged);
  /// Breaks every connection.
  void drop_all();
  /// Closes every connection behind what is still to be sent, and waits until the clients have agreed: afterwards they
  /// have seen all. False when one does not within the patience.
  bool finish(std::uint16_t code = 1001);

 private:
  server_options options_;
  std::shared_ptr<detail::server_state> state_;
};

}  // namespace hull::mock
