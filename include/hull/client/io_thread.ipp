// Bodies of io_thread.hpp.
#pragma once

#include <hull/client/io_thread.hpp>
#include <hull/net/tls.hpp>

#include <boost/asio/post.hpp>

#if defined(__unix__) || defined(__APPLE__)
#include <pthread.h>
#include <signal.h>
#endif

namespace hull::detail {

HULL_INLINE std::shared_ptr<io_thread> io_thread::shared() {
  static const std::shared_ptr<io_thread> one = std::make_shared<io_thread>();
  return one;
}

HULL_INLINE io_thread::io_thread() {
  net::init_tls();  // The thread may be inside of OpenSSL until it is joined at exit.
#if defined(__unix__) || defined(__APPLE__)
  // Signals belong to the program's own threads.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
#endif
  thread_ = std::thread([this] { context_.run(); });
#if defined(__unix__) || defined(__APPLE__)
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
#endif
}

HULL_INLINE io_thread::~io_thread() {
  // After what clients asked for in their last moments: a record for the outbox, a goodbye.
  boost::asio::post(context_, [this] { context_.stop(); });
  thread_.join();
}

}  // namespace hull::detail
