// The mock server's listening socket and its thread.
#pragma once

#include "socket.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace hull::mock::detail {

class server_state {
 public:
  /// `on_ready`, when set, gets each open socket on the server's thread; otherwise they wait for `accept`.
  explicit server_state(const server_options& options, session::on_ready on_ready = {});
  ~server_state() { stop(); }

  void stop();
  bool is_secure() const noexcept { return settings_->tls != nullptr; }
  std::uint16_t port() const noexcept { return endpoint_.port(); }
  std::string url() const;
  boost::asio::io_context& context() noexcept { return context_; }

  std::shared_ptr<session> accept(std::chrono::milliseconds time);
  void refuse(bool refuse);
  void decline(unsigned status, std::string body);
  void set_faults(fault_schedule faults);
  /// Calls it with every socket that is open, on the server's thread.
  void for_each(const std::function<void(session&)>& what);
  void clog(bool clogged);
  std::vector<std::shared_ptr<session>> open_sessions();

  /// Runs on the server's thread and waits for it.
  template <class F>
  void on_thread(F f) {
    std::promise<void> done;
    boost::asio::post(context_, [&] {
      f();
      done.set_value();
    });
    done.get_future().wait();
  }

 private:
  void listen();
  void accept_next();
  void ready(std::shared_ptr<session> s);
  fault_plan next_plan();

  boost::asio::io_context context_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{context_.get_executor()};
  boost::asio::ip::tcp::endpoint endpoint_;
  boost::asio::ip::tcp::acceptor acceptor_;
  std::shared_ptr<socket_settings> settings_;
  session::on_ready on_ready_;
  std::thread thread_;

  // On the server's thread
  unsigned decline_with_ = 0;
  std::string decline_body_;
  fault_schedule faults_;
  std::size_t connections_ = 0;
  bool clogged_ = false;
  std::vector<std::weak_ptr<session>> sessions_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::shared_ptr<session>> ready_;
};

}  // namespace hull::mock::detail
