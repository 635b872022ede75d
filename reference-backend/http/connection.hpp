// One client connection of a listener.
#pragma once

#include "common/byte_room.hpp"
#include "http/listener.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <functional>
#include <memory>
#include <mutex>
#include <set>

namespace hull::backend::http {

/// What the connections of one listener share.
struct connection_hub {
  explicit connection_hub(const listener_options& o) : options(o), bodies(o.max_body_bytes) {}

  listener_options options;
  listener_parts parts;
  byte_room bodies;

  std::mutex mutex;
  bool closing = false;
  std::set<std::function<void()>*> closers;  ///< One of each open connection; safe to call under the mutex.
};

/// Serves the connection until it ends.
void serve_connection(std::shared_ptr<connection_hub> hub, boost::asio::ip::tcp::socket socket);

}  // namespace hull::backend::http
