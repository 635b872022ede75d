// A deployment on a loopback port that does what a test tells it. Runs on a thread of its own; the functions here
// are for the test's thread and wait, with a limit.
#pragma once

#include <hull/mock/script.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace hull::mock {

namespace detail {
class server_state;
class session;
}  // namespace detail

struct server_options {
  std::string certificate_file;  ///< PEM; with it and a key the server speaks TLS.
  std::string private_key_file;
  std::chrono::milliseconds patience{5000};  ///< How long the functions below wait.
};

/// One client's socket, open or not.
class connection final : public peer {
 public:
  connection(std::shared_ptr<detail::session> session, std::shared_ptr<detail::server_state> server,
             std::chrono::milliseconds patience);
  ~connection() override;

  std::optional<protocol::client_message> receive() override;
  std::optional<protocol::client_message> receive_within(std::chrono::milliseconds time) override;
  void send_text(std::string frame) override;
  void close(std::uint16_t code, std::string reason) override;
  void drop() override;

  /// Of the upgrade request.
  std::string target() const;
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

class mock_server {
 public:
  explicit mock_server(server_options options = {});
  ~mock_server();
  mock_server(const mock_server&) = delete;
  mock_server& operator=(const mock_server&) = delete;

  /// "http://127.0.0.1:PORT", or https.
  std::string url() const;
  std::uint16_t port() const;

  /// The next client that connects. Throws `unexpected` when none comes.
  std::shared_ptr<connection> accept();
  /// Nothing when none comes in this time.
  std::shared_ptr<connection> accept_within(std::chrono::milliseconds time);

  /// While set, connecting fails at once.
  void refuse_connections(bool refuse);
  /// While set, the WebSocket upgrade is answered with this HTTP status (0: accepted as usual).
  void decline_upgrades(unsigned status, std::string body = {});

 private:
  server_options options_;
  std::shared_ptr<detail::server_state> state_;
};

}  // namespace hull::mock
