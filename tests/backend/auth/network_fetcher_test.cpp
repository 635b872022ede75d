// Fetching over a real socket: answers, refusals, and servers that keep one waiting.
#include "auth/network_fetcher.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>

#include <gmock/gmock.h>

#include <atomic>
#include <thread>

namespace hull::backend::auth {
namespace {

namespace asio = boost::asio;
using testing::HasSubstr;
using namespace std::chrono_literals;

/// Answers every connection with the same bytes, and goes on when the other side has closed.
class canned_server {
 public:
  explicit canned_server(std::string answer) : answer_(std::move(answer)), thread_([this] { run(); }) {}
  ~canned_server() {
    stopped_ = true;
    asio::ip::tcp::socket knock(io_);
    boost::system::error_code ignored;
    knock.connect(acceptor_.local_endpoint(), ignored);
    knock.close(ignored);
    thread_.join();
  }
  std::string url(const std::string& path) const {
    return "http://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port()) + path;
  }

 private:
  void run() {
    while (!stopped_) {
      boost::system::error_code error;
      asio::ip::tcp::socket socket(io_);
      acceptor_.accept(socket, error);
      std::string request;
      asio::read_until(socket, asio::dynamic_buffer(request), "\r\n\r\n", error);
      if (error) continue;
      asio::write(socket, asio::buffer(answer_), error);
      socket.shutdown(asio::socket_base::shutdown_send, error);
      std::array<char, 1024> rest{};
      while (!error) socket.read_some(asio::buffer(rest), error);
    }
  }

  const std::string answer_;
  asio::io_context io_;
  asio::ip::tcp::acceptor acceptor_{io_, {asio::ip::make_address("127.0.0.1"), 0}};
  std::atomic<bool> stopped_{false};
  std::thread thread_;
};

std::string answer_with(const std::string& status, const std::string& body) {
  return "HTTP/1.1 " + status + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\nConnection: close\r\n\r\n" +
         body;
}

TEST(network_fetcher, brings_the_body) {
  canned_server server(answer_with("200 OK", "{\"keys\":[]}"));
  network_fetcher fetcher;
  EXPECT_EQ(fetcher.get(server.url("/jwks"), 1000).value(), "{\"keys\":[]}");
  EXPECT_EQ(fetcher.get(server.url("/again"), 1000).value(), "{\"keys\":[]}");
}

TEST(network_fetcher, takes_no_more_than_it_is_told_to) {
  canned_server server(answer_with("200 OK", std::string(2000, 'x')));
  network_fetcher fetcher;
  EXPECT_FALSE(fetcher.get(server.url("/"), 1000));
  EXPECT_TRUE(fetcher.get(server.url("/"), 2000));
}

TEST(network_fetcher, says_why_there_is_no_body) {
  canned_server missing(answer_with("404 Not Found", "no"));
  network_fetcher fetcher;
  EXPECT_THAT(fetcher.get(missing.url("/"), 1000).error().message, HasSubstr("status 404"));
  EXPECT_FALSE(fetcher.get("ftp://127.0.0.1/", 1000));
  EXPECT_FALSE(fetcher.get("http://127.0.0.1:1/", 1000)) << "nobody listens there";
  canned_server garbage("no HTTP at all\r\n\r\n");
  EXPECT_FALSE(fetcher.get(garbage.url("/"), 1000));
}

TEST(network_fetcher, does_not_wait_for_ever) {
  asio::io_context io;
  asio::ip::tcp::acceptor silent(io, {asio::ip::make_address("127.0.0.1"), 0});
  network_fetcher fetcher(100ms);
  const auto result = fetcher.get("http://127.0.0.1:" + std::to_string(silent.local_endpoint().port()) + "/", 1000);
  ASSERT_FALSE(result);
  EXPECT_FALSE(result.error().message.empty());
}

}  // namespace
}  // namespace hull::backend::auth
