// The one hidden thread of a process on which all clients do their socket, TLS and JSON work.
#pragma once

#include <hull/config.hpp>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <memory>
#include <thread>

namespace hull::detail {

class io_thread {
 public:
  /// Started at the first call; joined when the process exits and the last client is gone.
  static std::shared_ptr<io_thread> shared();

  io_thread();
  ~io_thread();
  io_thread(const io_thread&) = delete;
  io_thread& operator=(const io_thread&) = delete;

  boost::asio::io_context& context() noexcept { return context_; }
  /// Returns when everything is done that was posted before. Not for the thread itself.
  void catch_up();

 private:
  boost::asio::io_context context_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{context_.get_executor()};
  std::thread thread_;
};

}  // namespace hull::detail

#ifndef HULL_SEPARATE_COMPILATION
#include <hull/client/io_thread.ipp>
#endif
