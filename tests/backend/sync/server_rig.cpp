// Bodies of server_rig.hpp.
#include "server_rig.hpp"

#include "fake_deployment.hpp"
#include "http/routes.hpp"
#include "subscriptions/registry.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/websocket.hpp>

#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

namespace hull::test {

namespace asio = boost::asio;
namespace beast = boost::beast;
using namespace backend;

struct server_rig::impl {
  asio::io_context io;
  fake_deployment deployment = make_fake_deployment();
  subscriptions::registry registry{deployment.app->db()};
  sync::function_log log;
  worker_pool calls{8, 1000};
  worker_pool actions{8, 1000};
  fake_web web;
  auth::token_verifier tokens{web, system_clock()};
  sync::services services{*deployment.app, registry, test_instance(), calls, actions, system_clock(), system_random(),
                          log, tokens};
  sync::endpoint sockets;
  std::unique_ptr<http::listener> api, site;
  std::vector<std::thread> threads;

  impl(const sync::endpoint_options& socket_options, const http::listener_options& port)
      : sockets(services, socket_options) {
    api = http::listener::open(io, port).value();
    http::listener_options site_port;
    site_port.share_with_browsers = false;
    site = http::listener::open(io, site_port).value();
    api->start({http::make_api_routes(services), &calls, &actions, &system_random(), &sockets});
    site->start({http::make_site_routes(services), &calls, &actions, &system_random(), nullptr});
    for (int i = 0; i < 2; ++i) threads.emplace_back([this, work = asio::make_work_guard(io)] { io.run(); });
  }
  ~impl() {
    api->close();
    site->close();
    sockets.close_all();
    calls.stop();
    actions.stop();
    io.stop();
    for (auto& t : threads) t.join();
    calls.wait_until_idle(std::chrono::seconds(5));
    actions.wait_until_idle(std::chrono::seconds(5));
  }
};

server_rig::server_rig(sync::endpoint_options sockets, http::listener_options port) {
  port.port = 0;
  impl_ = std::make_unique<impl>(sockets, port);
}
server_rig::~server_rig() = default;
fake_web& server_rig::web() { return impl_->web; }
const sync::services& server_rig::services() const { return impl_->services; }
std::uint16_t server_rig::port() const { return impl_->api->port(); }
std::uint16_t server_rig::site_port() const { return impl_->site->port(); }
sync::endpoint& server_rig::sockets() { return impl_->sockets; }
std::string server_rig::admin_key() const { return auth::make_admin_key(test_instance(), 1); }

raw_client::raw_client(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(::connect(socket_, reinterpret_cast<const sockaddr*>(&to), sizeof to), 0);
}
raw_client::~raw_client() { ::close(socket_); }
void raw_client::write(const std::string& bytes) {
  for (std::size_t at = 0; at < bytes.size();) {
    const ssize_t n = ::send(socket_, bytes.data() + at, bytes.size() - at, MSG_NOSIGNAL);
    if (n <= 0) return;
    at += static_cast<std::size_t>(n);
  }
}
std::string raw_client::read_all(std::chrono::milliseconds limit) { return read(limit, ""); }
std::string raw_client::read_until(const std::string& text) { return read(std::chrono::seconds(30), text); }
std::string raw_client::read(std::chrono::milliseconds limit, const std::string& until) {
  std::string out;
  const auto deadline = std::chrono::steady_clock::now() + limit;
  for (;;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    pollfd p{socket_, POLLIN, 0};
    if (left.count() <= 0 || ::poll(&p, 1, static_cast<int>(left.count())) <= 0) return out;
    char buffer[65536];
    const ssize_t n = ::recv(socket_, buffer, sizeof buffer, 0);
    if (n <= 0) {
      closed_ = true;
      return out;
    }
    out.append(buffer, static_cast<std::size_t>(n));
    if (!until.empty() && out.find(until) != std::string::npos) return out;
  }
}

std::string http_reply::header(const std::string& name) const {
  for (const auto& [key, text] : headers)
    if (key == name) return text;
  return "";
}

http_reply http_request(std::uint16_t port, const std::string& method, const std::string& target,
                        const std::string& body, const header_pairs& headers) {
  raw_client client(port);
  std::string text = method + " " + target + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: " +
                     std::to_string(body.size()) + "\r\n";
  bool typed = false;
  for (const auto& [name, value] : headers) {
    text += name + ": " + value + "\r\n";
    typed = typed || name == "Content-Type";
  }
  if (!typed) text += "Content-Type: application/json\r\n";
  client.write(text + "\r\n" + body);
  const std::string all = client.read_all();
  http_reply reply;
  const auto end = all.find("\r\n\r\n");
  if (all.size() < 12 || end == std::string::npos) return reply;
  reply.status = static_cast<unsigned>(std::stoul(all.substr(9, 3)));
  reply.body = all.substr(end + 4);
  for (auto line = all.find("\r\n") + 2; line < end;) {
    const auto next = all.find("\r\n", line);
    const auto colon = all.find(": ", line);
    std::string name = all.substr(line, colon - line);
    for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    reply.headers.emplace_back(name, all.substr(colon + 2, next - colon - 2));
    line = next + 2;
  }
  return reply;
}

struct socket_client::impl {
  asio::io_context io;
  beast::websocket::stream<beast::tcp_stream> stream{io};
  boost::system::error_code error;

  /// Runs what was started, for five seconds at most; the socket is closed when that is not enough.
  void run() {
    io.restart();
    io.run_for(std::chrono::seconds(5));
    if (io.stopped()) return;
    ADD_FAILURE() << "the server does not answer";
    beast::get_lowest_layer(stream).close();
    io.run();
  }
  std::optional<std::string> read() {
    beast::flat_buffer buffer;
    stream.async_read(buffer, [&](boost::system::error_code e, std::size_t) { error = e; });
    run();
    if (error) return std::nullopt;
    return beast::buffers_to_string(buffer.cdata());
  }
};

socket_client::socket_client(std::uint16_t port, const std::string& path) : impl_(std::make_unique<impl>()) {
  beast::get_lowest_layer(impl_->stream).socket().connect({asio::ip::make_address("127.0.0.1"), port});
  impl_->stream.read_message_max(0);
  impl_->stream.handshake("localhost", path);
}
socket_client::~socket_client() = default;
void socket_client::send(const std::string& text) {
  impl_->stream.text(true);
  boost::system::error_code ignored;  // the server may have closed; what it said is read afterwards
  impl_->stream.write(asio::buffer(text), ignored);
}
void socket_client::send_binary(const std::string& bytes) {
  impl_->stream.binary(true);
  impl_->stream.write(asio::buffer(bytes));
}
std::string socket_client::receive() {
  auto text = impl_->read();
  EXPECT_TRUE(text) << "the connection ended: " << impl_->error.message();
  return text.value_or("");
}
socket_end socket_client::read_to_end() {
  socket_end end;
  while (auto text = impl_->read()) end.messages.push_back(std::move(*text));
  end.clean = impl_->error == beast::websocket::error::closed;
  end.code = impl_->stream.reason().code;
  end.reason = std::string(impl_->stream.reason().reason.c_str());
  return end;
}

}  // namespace hull::test
