// A deployment with one query of many rows, which says when a result goes out.
#pragma once

#include <hull/mock/mock_server.hpp>
#include <hull/value/value.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

using Clock = std::chrono::steady_clock;

class Deployment {
 public:
  Deployment();
  ~Deployment();

  std::string url() const { return m_server.url(); }
  /// What rows:list returns from now on, in one transition.
  void show(hull::value result);
  /// When the newest transition was about to be written to the socket.
  Clock::time_point sentAt() const { return Clock::time_point(Clock::duration(m_sentAt.load())); }

 private:
  void serve();

  std::atomic<Clock::rep> m_sentAt{0};
  hull::mock::mock_server m_server;
  std::mutex m_mutex;
  hull::value m_result;
  std::uint64_t m_version = 1;
  std::atomic<bool> m_isEnding = false;
  std::thread m_thread;
};
