// Threads that run the network: one loop each, so that what belongs to a connection stays on one thread, needs no
// strand, and wakes nobody but that thread.
#pragma once

#include "common/io_loop.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <atomic>
#include <cstddef>
#include <memory>
#include <thread>
#include <vector>

namespace hull::backend::cli {

/// The contexts outlive the threads: handlers may be posted before `start` and after `stop`, and run in between. `next`
/// may be called from any thread.
class io_loops {
 public:
  explicit io_loops(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) loops_.push_back(std::make_unique<loop>());
  }
  ~io_loops() { stop(); }
  io_loops(const io_loops&) = delete;
  io_loops& operator=(const io_loops&) = delete;

  boost::asio::io_context& first() noexcept { return loops_.front()->io; }
  /// They take turns.
  boost::asio::io_context& next() noexcept { return loops_[turn_++ % loops_.size()]->io; }

  void start() {
    for (const auto& l : loops_) l->thread = std::thread([&io = l->io] { run_io(io); });
  }
  void stop() {
    for (const auto& l : loops_) l->io.stop();
    for (const auto& l : loops_)
      if (l->thread.joinable()) l->thread.join();
  }

 private:
  struct loop {
    boost::asio::io_context io{1};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work{io.get_executor()};
    std::thread thread;
  };
  std::vector<std::unique_ptr<loop>> loops_;
  std::atomic<std::size_t> turn_{0};
};

}  // namespace hull::backend::cli
