// One listening port: HTTP/1.1 with keep-alive, and sockets handed to the sync endpoint.
#pragma once

#include "common/failure.hpp"
#include "common/random.hpp"
#include "common/worker_pool.hpp"
#include "http/router.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/io_context.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace hull::backend::sync {
class endpoint;
}

namespace hull::backend::http {

struct listener_options {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;           ///< 0: any free one.
  bool share_with_browsers = true;  ///< CORS headers on every answer.
  std::size_t max_connections = 20'000;
  std::size_t header_limit = 64 * 1024;
  std::size_t max_body_bytes = 1u << 30;            ///< Bytes of bodies in memory at once; beyond it requests get 503.
  std::chrono::milliseconds header_within{30'000};  ///< Also how long a kept connection may be idle.
  std::chrono::milliseconds body_within{300'000};
  std::chrono::milliseconds piece_within{60'000};  ///< Longest silence in a body that is read piece by piece.
  std::chrono::milliseconds answer_within{300'000};
};

/// What a listener works with; all of it outlives the listener's connections.
struct listener_parts {
  router routes;
  worker_pool* calls = nullptr;
  worker_pool* actions = nullptr;
  random_source* random = nullptr;
  sync::endpoint* sockets = nullptr;  ///< Null: no WebSocket here.
};

class listener {
 public:
  /// The executor of a new connection, which runs one of its handlers at a time.
  using executor_source = std::function<boost::asio::any_io_executor()>;

  /// Takes the port; connections wait until `start`. Without a `place` each has a strand of `io`. Failures: PortInUse,
  /// CannotListen.
  static outcome<std::unique_ptr<listener>> open(boost::asio::io_context& io, const listener_options& options,
                                                 executor_source place = nullptr);
  ~listener();

  std::uint16_t port() const noexcept;
  void start(listener_parts parts);

  /// Accepts nothing more, closes idle connections and ends the others after the answer they wait for.
  void close();

 private:
  struct shared;
  explicit listener(std::shared_ptr<shared> s);
  std::shared_ptr<shared> shared_;
};

}  // namespace hull::backend::http
