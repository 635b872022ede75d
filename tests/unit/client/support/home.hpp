// A home for clients in tests: an event loop that the test turns by hand, and a mock deployment on loopback.
#pragma once

#include <hull/hull.hpp>
#include <hull/mock/mock_server.hpp>

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace hull::test {

using namespace std::chrono_literals;

/// A client's socket at the mock deployment. Waiting for the client turns the client's home.
class turning_socket final : public mock::peer {
 public:
  turning_socket(std::shared_ptr<mock::connection> socket, boost::asio::io_context& loop)
      : socket_(std::move(socket)), loop_(loop) {}

  std::optional<protocol::client_message> receive() override { return receive_within(5s); }
  std::optional<protocol::client_message> receive_within(std::chrono::milliseconds time) override {
    const auto end = std::chrono::steady_clock::now() + time;
    loop_.restart();
    do {
      loop_.poll();
      if (auto m = socket_->receive_within(1ms)) return m;
    } while (std::chrono::steady_clock::now() < end);
    return std::nullopt;
  }
  void send_text(std::string frame) override { socket_->send_text(std::move(frame)); }
  void close(std::uint16_t code, std::string reason) override { socket_->close(code, std::move(reason)); }
  void drop() override { socket_->drop(); }
  std::string target() const { return socket_->target(); }
  std::string header(const std::string& name) const { return socket_->header(name); }
  bool wait_for_close() { return socket_->wait_for_close(); }
  std::uint16_t close_code() const { return socket_->close_code(); }

 private:
  std::shared_ptr<mock::connection> socket_;
  boost::asio::io_context& loop_;
};

struct home {
  boost::asio::io_context loop;
  mock::mock_server server;
  std::vector<std::string> logs;

  explicit home(mock::server_options options = {}, int concurrency = 1)
      : loop(concurrency), server(std::move(options)) {}

  /// Short waits, so that a reconnect costs the test nothing.
  client_options options() {
    client_options o;
    o.backoff_initial = o.backoff_own_close = 10ms;
    o.log = [this](log_level, std::string_view line) { logs.emplace_back(line); };
    return o;
  }
  client make_client() { return client(loop.get_executor(), server.url(), options()); }

  std::shared_ptr<turning_socket> accept() { return std::make_shared<turning_socket>(server.accept(), loop); }

  /// The same for a client that may have to try again: turns the loop meanwhile.
  std::shared_ptr<turning_socket> accept_at_last(std::chrono::milliseconds time = 10s) {
    const auto end = std::chrono::steady_clock::now() + time;
    loop.restart();
    for (;;) {
      loop.poll();
      if (auto socket = server.accept_within(5ms)) return std::make_shared<turning_socket>(std::move(socket), loop);
      if (std::chrono::steady_clock::now() >= end) throw std::runtime_error("no client came");
    }
  }

  /// Turns the loop until the condition holds; false when it does not within the time.
  bool until(const std::function<bool()>& condition, std::chrono::milliseconds time = 5s) {
    const auto end = std::chrono::steady_clock::now() + time;
    loop.restart();
    while (!condition()) {
      if (std::chrono::steady_clock::now() >= end) return false;
      loop.run_one_for(20ms);
    }
    return true;
  }
  /// Turns the loop for a while.
  void pass(std::chrono::milliseconds time = 50ms) {
    until([] { return false; }, time);
  }
  bool has_log(std::string_view part) const {
    for (const auto& line : logs)
      if (line.find(part) != std::string::npos) return true;
    return false;
  }
};

/// Remembers the outcome of a call.
struct outcome {
  std::optional<result<value>> got;
  auto token() {
    return [this](result<value> r) { got = std::move(r); };
  }
};

}  // namespace hull::test
