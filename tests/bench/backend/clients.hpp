// Clients that know just what backend_bench measures: many of them run on one thread.
#pragma once

#include "report.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket.hpp>

#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace hull::bench {

namespace asio = boost::asio;
namespace beast = boost::beast;
using tcp = asio::ip::tcp;

/// Runs the handlers until `done`.
template <class Done>
void run_until(asio::io_context& io, Done done) {
  const auto end = clock_type::now() + std::chrono::seconds(120);
  io.restart();
  while (!done()) {
    if (clock_type::now() > end) give_up("waited two minutes for an answer");
    io.run_one_for(std::chrono::milliseconds(100));
  }
}
inline void run_for(asio::io_context& io, double seconds) {
  io.restart();
  io.run_for(std::chrono::milliseconds(static_cast<int>(seconds * 1000)));
}

/// A socket of the sync protocol.
class socket_client {
 public:
  socket_client(asio::io_context& io, std::uint16_t port) : socket_(io) {
    socket_.next_layer().connect({asio::ip::address_v4::loopback(), port});
    socket_.next_layer().set_option(tcp::no_delay(true));
    socket_.read_message_max(std::size_t{64} << 20);
    socket_.handshake("127.0.0.1", "/api/1.48.0/sync");
    socket_.text(true);
    static int next = 0;
    send(R"({"type":"Connect","sessionId":")" + text("6d1f4c5e-3b0f-4c39-9d0b-%012d", ++next) +
         R"(","connectionCount":0,"lastCloseReason":null,"clientTs":0})");
    read();
  }

  /// Subscribes to one query, instead of the one before.
  void subscribe(const std::string& path, const std::string& args) {
    std::string changes;
    if (version_ > 0) changes = R"({"type":"Remove","queryId":)" + std::to_string(version_ - 1) + "},";
    changes += R"({"type":"Add","queryId":)" + std::to_string(version_) + R"(,"udfPath":")" + path + R"(","args":[)" +
               args + "]}";
    send(R"({"type":"ModifyQuerySet","baseVersion":)" + std::to_string(version_) + R"(,"newVersion":)" +
         std::to_string(version_ + 1) + R"(,"modifications":[)" + changes + "]}");
    ++version_;
  }
  void mutate(const std::string& path, const std::string& args) {
    send(R"({"type":"Mutation","requestId":)" + std::to_string(next_request_++) + R"(,"udfPath":")" + path +
         R"(","args":[)" + args + "]}");
  }

  std::function<void()> on_updated;   ///< A transition that brings a result.
  std::function<void()> on_answered;  ///< To a mutation.

 private:
  void send(std::string frame) {
    queue_.push_back(std::move(frame));
    if (queue_.size() == 1) write();
  }
  void write() {
    socket_.async_write(asio::buffer(queue_.front()), [this](beast::error_code e, std::size_t) {
      if (e) return;
      queue_.pop_front();
      if (!queue_.empty()) write();
    });
  }
  void read() {
    socket_.async_read(buffer_, [this](beast::error_code e, std::size_t) {
      if (e == asio::error::operation_aborted) return;  // The client has gone.
      if (e) give_up("a socket was closed: " + e.message());
      const auto data = buffer_.cdata();
      const std::string_view frame(static_cast<const char*>(data.data()), data.size());
      const bool updated = frame.find("\"QueryUpdated\"") != std::string_view::npos;
      const bool answered = frame.find("\"MutationResponse\"") != std::string_view::npos;
      if ((answered && frame.find("\"success\":true") == std::string_view::npos) ||
          frame.find("\"QueryFailed\"") != std::string_view::npos)
        give_up("a function failed: " + std::string(frame.substr(0, 300)));
      buffer_.consume(buffer_.size());
      if (updated && on_updated) on_updated();
      if (answered && on_answered) on_answered();
      read();
    });
  }

  beast::websocket::stream<tcp::socket> socket_;
  beast::flat_buffer buffer_;
  std::deque<std::string> queue_;
  unsigned version_ = 0;  ///< Of the query set; also the id of the next query.
  unsigned next_request_ = 0;
};

/// A connection that is kept open, for one query at a time.
class http_client {
 public:
  http_client(asio::io_context& io, std::uint16_t port) : stream_(io) {
    stream_.connect({asio::ip::address_v4::loopback(), port});
    stream_.set_option(tcp::no_delay(true));
  }
  void query(const std::string& path, const std::string& args, std::function<void()> done) {
    request_ = {beast::http::verb::post, "/api/query", 11};
    request_.set(beast::http::field::host, "127.0.0.1");
    request_.set(beast::http::field::content_type, "application/json");
    request_.body() = R"({"path":")" + path + R"(","args":)" + args + R"(,"format":"json"})";
    request_.prepare_payload();
    done_ = std::move(done);
    beast::http::async_write(stream_, request_, [this](beast::error_code e, std::size_t) {
      if (e) give_up("HTTP: " + e.message());
      response_ = {};
      beast::http::async_read(stream_, buffer_, response_, [this](beast::error_code failed, std::size_t) {
        if (failed) give_up("HTTP: " + failed.message());
        if (response_.body().find("\"success\"") == std::string::npos) give_up("a query failed: " + response_.body());
        const auto now_done = std::move(done_);
        now_done();
      });
    });
  }

 private:
  tcp::socket stream_;
  beast::flat_buffer buffer_;
  beast::http::request<beast::http::string_body> request_;
  beast::http::response<beast::http::string_body> response_;
  std::function<void()> done_;
};

}  // namespace hull::bench
