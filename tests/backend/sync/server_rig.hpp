// A real listener and sync endpoint on loopback over the fake deployment, and blocking clients for it.
#pragma once

#include "http/listener.hpp"
#include "identity_provider.hpp"
#include "sync/endpoint.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace hull::test {

class server_rig {
 public:
  explicit server_rig(backend::sync::endpoint_options sockets = {}, backend::http::listener_options port = {});
  /// What identity providers publish. Set it up before there are connections.
  fake_web& web();
  const backend::sync::services& services() const;
  ~server_rig();
  std::uint16_t port() const;
  std::uint16_t site_port() const;
  backend::sync::endpoint& sockets();
  std::string admin_key() const;

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

/// A TCP connection that speaks in raw bytes.
class raw_client {
 public:
  explicit raw_client(std::uint16_t port);
  ~raw_client();
  void write(const std::string& bytes);
  /// Whatever comes until the other side closes, or until `limit` passed.
  std::string read_all(std::chrono::milliseconds limit = std::chrono::seconds(5));
  /// What comes until the text has come, or as above.
  std::string read_until(const std::string& text);
  bool closed_by_peer() const { return closed_; }

 private:
  std::string read(std::chrono::milliseconds limit, const std::string& until);

  int socket_ = -1;
  bool closed_ = false;
};

struct http_reply {
  unsigned status = 0;
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string header(const std::string& lower_case_name) const;
};
using header_pairs = std::vector<std::pair<std::string, std::string>>;
http_reply http_request(std::uint16_t port, const std::string& method, const std::string& target,
                        const std::string& body = "", const header_pairs& headers = {});

struct socket_end {
  std::vector<std::string> messages;  ///< Everything received, in order.
  bool clean = false;                 ///< Closed with a close frame.
  unsigned code = 0;                  ///< Of that frame; 0 when it had none.
  std::string reason;
};

class socket_client {
 public:
  explicit socket_client(std::uint16_t port, const std::string& path = "/api/1.48.0/sync");
  ~socket_client();
  void send(const std::string& text);
  void send_binary(const std::string& bytes);
  /// Next text message; fails the test and returns nothing after five seconds without one, or at the end.
  std::string receive();
  /// Reads on until the server has closed.
  socket_end read_to_end();

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace hull::test
