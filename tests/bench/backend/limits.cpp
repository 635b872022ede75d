// Bodies of limits.hpp: disk and sockets.
#include "limits.hpp"

#include "clients.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <memory>
#include <thread>
#include <vector>

namespace hull::bench {
namespace {

using websocket = beast::websocket::stream<tcp::socket>;

/// Sends back what it gets.
class echo : public std::enable_shared_from_this<echo> {
 public:
  explicit echo(tcp::socket socket) : socket_(std::move(socket)) {
    socket_.next_layer().set_option(tcp::no_delay(true));
  }
  void start() {
    socket_.async_accept([self = shared_from_this()](beast::error_code e) {
      if (!e) self->read();
    });
  }

 private:
  void read() {
    socket_.async_read(buffer_, [self = shared_from_this()](beast::error_code e, std::size_t) {
      if (e) return;
      self->socket_.async_write(self->buffer_.cdata(), [self](beast::error_code failed, std::size_t) {
        if (failed) return;
        self->buffer_.consume(self->buffer_.size());
        self->read();
      });
    });
  }
  websocket socket_;
  beast::flat_buffer buffer_;
};

void accept_all(tcp::acceptor& acceptor) {
  acceptor.async_accept([&acceptor](beast::error_code e, tcp::socket s) {
    if (e) return;
    std::make_shared<echo>(std::move(s))->start();
    accept_all(acceptor);
  });
}

/// Sends a message whenever the one before has come back.
class player {
 public:
  player(asio::io_context& io, std::uint16_t port, std::vector<double>& times) : socket_(io), times_(times) {
    socket_.next_layer().connect({asio::ip::address_v4::loopback(), port});
    socket_.next_layer().set_option(tcp::no_delay(true));
    socket_.handshake("127.0.0.1", "/");
    play();
  }

 private:
  void play() {
    began_ = clock_type::now();
    socket_.async_write(asio::buffer(message_), [this](beast::error_code e, std::size_t) {
      if (e) return;
      socket_.async_read(buffer_, [this](beast::error_code failed, std::size_t) {
        if (failed) return;
        buffer_.consume(buffer_.size());
        times_.push_back(milliseconds(clock_type::now() - began_));
        play();
      });
    });
  }
  websocket socket_;
  std::vector<double>& times_;
  clock_type::time_point began_;
  beast::flat_buffer buffer_;
  std::string message_ = std::string(200, 'x');
};

}  // namespace

void print_disk(const std::string& folder) {
  const std::string name = folder + "/probe";
  const int fd = ::open(name.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600);
  if (fd < 0) give_up("cannot write to " + folder);
  const std::string block(4096, 'x');
  std::vector<double> times;
  const auto end = clock_type::now() + std::chrono::seconds(2);
  for (off_t at = 0; clock_type::now() < end; at = (at + 4096) % (1 << 20)) {
    const auto began = clock_type::now();
    if (::pwrite(fd, block.data(), block.size(), at) < 0 || ::fdatasync(fd) != 0) give_up("cannot write to " + name);
    times.push_back(milliseconds(clock_type::now() - began));
  }
  ::close(fd);
  ::unlink(name.c_str());
  row("Limit: 4 KB written and fdatasync, one after the other",
      text("%.0f /s; p50 %.2f ms, p99 %.2f ms", static_cast<double>(times.size()) / 2, quantile(times, 0.5),
           quantile(times, 0.99)));
}

void print_echo() {
  asio::io_context server{1};
  tcp::acceptor acceptor(server, {asio::ip::address_v4::loopback(), 0});
  accept_all(acceptor);
  std::thread thread([&server] { server.run(); });
  for (const std::size_t clients : {1U, 100U}) {
    asio::io_context io{1};
    std::vector<double> times;
    std::vector<std::unique_ptr<player>> all;
    for (std::size_t i = 0; i < clients; ++i)
      all.push_back(std::make_unique<player>(io, acceptor.local_endpoint().port(), times));
    run_for(io, 0.3);
    times.clear();
    run_for(io, 2);
    row(text("Limit: Beast WebSocket echo of 200 bytes, %zu client%s", clients, clients == 1 ? "" : "s"),
        text("%.0f /s; p50 %.3f ms, p99 %.3f ms", static_cast<double>(times.size()) / 2, quantile(times, 0.5),
             quantile(times, 0.99)));
  }
  server.stop();
  thread.join();
}

}  // namespace hull::bench
