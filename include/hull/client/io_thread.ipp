// Bodies of io_thread.hpp.
#pragma once

#include <hull/client/io_thread.hpp>
#include <hull/client/signal_block.hpp>
#include <hull/net/tls.hpp>

#include <boost/asio/post.hpp>

#include <future>

namespace hull::detail {

HULL_INLINE std::shared_ptr<io_thread> io_thread::shared() {
  static const std::shared_ptr<io_thread> one = std::make_shared<io_thread>();
  return one;
}

HULL_INLINE io_thread::io_thread() {
  net::init_tls();  // The thread may be inside of OpenSSL until it is joined at exit.
  const signal_block quiet;
  thread_ = std::thread([this] { context_.run(); });
}

HULL_INLINE void io_thread::catch_up() {
  std::promise<void> done;
  boost::asio::post(context_, [&done] { done.set_value(); });
  done.get_future().wait();
}

HULL_INLINE io_thread::~io_thread() {
  // After what clients asked for in their last moments: a record for the outbox, a goodbye.
  boost::asio::post(context_, [this] { context_.stop(); });
  thread_.join();
}

}  // namespace hull::detail
