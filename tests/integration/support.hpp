// A client on its own loop, for tests that read like a story.
#pragma once

#include <hull/hull.hpp>

#include "backend_process.hpp"
#include "push_app.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <string>

namespace hull::test {

/// Runs a client's home loop on the calling thread until something has happened.
class client_on_loop {
 public:
  explicit client_on_loop(const std::string& url, client_options options = {})
      : work_(boost::asio::make_work_guard(io_)), client_(io_.get_executor(), url, std::move(options)) {}

  hull::client& client() noexcept { return client_; }

  /// False when `done` did not come true in time.
  bool run_until(const std::function<bool()>& done, std::chrono::seconds limit = std::chrono::seconds(30)) {
    const auto deadline = std::chrono::steady_clock::now() + limit;
    while (!done()) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      io_.restart();
      io_.run_one_for(std::chrono::milliseconds(50));
    }
    return true;
  }

  /// Calls a mutation and waits for it.
  result<value> mutate(std::string path, value args) {
    std::optional<result<value>> answer;
    client_.mutation(std::move(path), std::move(args), [&](result<value> r) { answer.emplace(std::move(r)); });
    if (!run_until([&] { return answer.has_value(); })) return hull::error{errc::timed_out, "no answer", {}, {}};
    return *answer;
  }

 private:
  boost::asio::io_context io_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  hull::client client_;
};

}  // namespace hull::test
