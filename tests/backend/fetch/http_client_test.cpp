// The client of fetch() against servers that behave, and against those that do not.
#include "fetch/http_client.hpp"
#include "stream_end.hpp"
#include "support/certificate.hpp"
#include "support/raw_server.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <gmock/gmock.h>

#include <future>
#include <thread>

namespace hull::backend::fetch {
namespace {

using hull::test::certificate;
using hull::test::raw_peer;
using hull::test::raw_server;
using runtime::byte_stream;
using runtime::fetch_request;
using runtime::fetch_response;
using runtime::test::read_one;
using runtime::test::read_rest;
using ::testing::HasSubstr;
using ::testing::Not;

/// A client with a thread of its own.
class client {
 public:
  explicit client(http_client_options o = {}) {
    o.proxy.use_environment = false;
    made_ = make_http_client(loop_.get_executor(), std::move(o));
    thread_ = std::thread([this] { loop_.run(); });
  }
  ~client() {
    loop_.stop();
    thread_.join();
  }
  /// Waits for the head.
  outcome<fetch_response> send(fetch_request r) { return begin(std::move(r)).get(); }
  std::future<outcome<fetch_response>> begin(fetch_request r) {
    const auto promise = std::make_shared<std::promise<outcome<fetch_response>>>();
    give_up = made_->start(std::move(r), [promise](outcome<fetch_response> a) { promise->set_value(std::move(a)); });
    return promise->get_future();
  }
  /// Head and body as one text, or why there is none.
  std::string answer(fetch_request r) {
    auto got = send(std::move(r));
    if (!got) return "failed: " + got.error().message;
    std::string text = std::to_string(got->status);
    for (const auto& [name, value] : got->headers) text += " " + name + "=" + value;
    return text + " " + read_rest(*got->body);
  }
  std::function<void()> give_up;

 private:
  boost::asio::io_context loop_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{loop_.get_executor()};
  std::unique_ptr<runtime::fetch_client> made_;
  std::thread thread_;
};

fetch_request get(const std::string& url) { return {"GET", url, {}, nullptr, std::nullopt}; }

fetch_request with_body(const std::string& url, std::vector<std::string> pieces, std::optional<std::uint64_t> size) {
  fetch_request r{"POST", url, {{"x-one", "\xe9"}}, std::make_shared<byte_stream>(), size};
  for (std::string& p : pieces) r.body->write(p);
  r.body->end();
  return r;
}

TEST(HttpClient, SendsARequestAndReadsTheAnswer) {
  std::string request;
  raw_server server([&](raw_peer& peer) {
    request = peer.receive_request();
    peer.answer("201 Created", "hello", "X-Two: \xfc\r\nSet-Cookie: a\r\nset-cookie: b\r\n");
  });
  client c;
  EXPECT_EQ(c.answer(with_body(server.url("/p?q=1"), {"ab", "c"}, 3)),
            "201 Content-Length=5 X-Two=\xfc Set-Cookie=a set-cookie=b hello<end>");
  EXPECT_THAT(request, HasSubstr("POST /p?q=1 HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(server.port()) + "\r\n"));
  EXPECT_THAT(request, HasSubstr("x-one: \xe9\r\n"));
  EXPECT_THAT(request, HasSubstr("Content-Length: 3\r\n"));
  EXPECT_THAT(request, HasSubstr("\r\n\r\nabc"));
}

TEST(HttpClient, SendsABodyOfUnknownLengthInChunks) {
  std::string request;
  raw_server server([&](raw_peer& peer) {
    while (request.find("\r\n0\r\n\r\n") == std::string::npos)
      if (!peer.receive(request)) return;
    peer.answer("200 OK", "");
  });
  client c;
  EXPECT_EQ(c.answer(with_body(server.url(), {"ab", std::string(20, 'x')}, std::nullopt)),
            "200 Content-Length=0 <end>");
  EXPECT_THAT(request, HasSubstr("Transfer-Encoding: chunked\r\n"));
  EXPECT_THAT(request, HasSubstr("\r\n\r\n2\r\nab\r\n14\r\n" + std::string(20, 'x') + "\r\n0\r\n\r\n"));
}

struct answer_case {
  const char* name;
  const char* method;
  const char* bytes;
  const char* expected;
};

const answer_case answers[] = {
    {"in chunks", "GET", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n",
     "200 Transfer-Encoding=chunked abc<end>"},
    {"until the end", "GET", "HTTP/1.0 200 OK\r\n\r\nall of it", "200 all of it<end>"},
    {"without a body", "GET", "HTTP/1.1 204 No Content\r\n\r\n", "204 <end>"},
    {"to HEAD", "HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", "200 Content-Length=9 <end>"},
    {"after others", "GET",
     "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nA: b\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx",
     "200 Content-Length=1 x<end>"},
    {"a redirect as it is", "GET", "HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n",
     "302 Location=/x Content-Length=0 <end>"},
    {"nothing", "GET", "", "failed: The answer of HOST could not be read: end of stream"},
    {"no HTTP", "GET", "SSH-2.0-server\r\n\r\n", "failed: The answer of HOST could not be read: bad version"},
    {"cut off", "GET", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab",
     "200 Content-Length=5 ab<failed: The answer of HOST was cut off: partial message>"},
    {"switching", "GET", "HTTP/1.1 101 Switching\r\n\r\n", "failed: The server wants to switch protocols."},
};

TEST(HttpClient, ReadsAnswersOfAllKinds) {
  for (const answer_case& a : answers) {
    raw_server server([&](raw_peer& peer) {
      peer.receive_request();
      peer.send(a.bytes);
    });
    client c;
    fetch_request r = get(server.url());
    r.method = a.method;
    std::string got = c.answer(std::move(r));
    const std::string host = "127.0.0.1:" + std::to_string(server.port());
    if (const auto at = got.find(host); at != std::string::npos) got.replace(at, host.size(), "HOST");
    EXPECT_EQ(got, a.expected) << a.name;
  }
}

TEST(HttpClient, StreamsBothWaysAtOnce) {
  raw_server server([](raw_peer& peer) {
    std::string head;
    while (head.find("\r\n\r\n") == std::string::npos) peer.receive(head);
    peer.send("HTTP/1.1 200 OK\r\n\r\n");
    std::string piece;
    while (peer.receive(piece)) {
      peer.send(piece);
      piece.clear();
    }
  });
  client c;
  fetch_request r{"POST", server.url(), {}, std::make_shared<byte_stream>(), std::nullopt};
  const auto up = r.body;
  auto got = c.send(std::move(r));
  ASSERT_TRUE(got);
  std::string one = "one";
  up->write(one);
  std::string back;
  while (back.size() < 8) back += read_one(*got->body);
  EXPECT_EQ(back, "3\r\none\r\n");
  got->body->cancel();
}

TEST(HttpClient, ReadsOnWhenItsReaderHasRoomAgain) {
  const std::string large(3'000'000, 'x');
  raw_server server([&](raw_peer& peer) {
    peer.receive_request();
    peer.answer("200 OK", large);
  });
  client c;
  auto got = c.send(get(server.url()));
  ASSERT_TRUE(got);
  while (got->body->writable()) std::this_thread::yield();
  EXPECT_EQ(read_rest(*got->body).size(), large.size() + std::string("<end>").size());
}

TEST(HttpClient, ReadsNoFasterThanItsReader) {
  std::atomic<bool> stuck{false};
  raw_server server([&](raw_peer& peer) {
    peer.receive_request();
    peer.send("HTTP/1.1 200 OK\r\n\r\n");
    while (peer.send(std::string(1 << 16, 'x'))) {
    }
    stuck = true;
  });
  client c;
  auto got = c.send(get(server.url()));
  ASSERT_TRUE(got);
  while (got->body->writable()) std::this_thread::yield();
  EXPECT_LT(got->body->total_bytes(), 1U << 20);
  got->body->cancel();  // closes the connection, which lets the server go
  while (!stuck) std::this_thread::yield();
}

TEST(HttpClient, VerifiesItsPeer) {
  const certificate cert("IP:127.0.0.1");
  const auto hello = [](raw_peer& peer) {
    peer.receive_request();
    peer.answer("200 OK", "secret");
  };
  raw_server server(hello, hull::test::server_tls(cert.certificate_file, cert.key_file));
  http_client_options trusting;
  trusting.tls.ca_file = cert.certificate_file;
  client good(trusting);
  EXPECT_EQ(good.answer(get(server.url())), "200 Content-Length=6 secret<end>");
  client strict;
  EXPECT_THAT(strict.answer(get(server.url())), HasSubstr("certificate verify failed"));
  const certificate other("DNS:elsewhere");
  raw_server wrong_name(hello, hull::test::server_tls(other.certificate_file, other.key_file));
  http_client_options naive;
  naive.tls.ca_file = other.certificate_file;
  client confused(naive);
  EXPECT_THAT(confused.answer(get(wrong_name.url())), HasSubstr("certificate verify failed"));
}

TEST(HttpClient, SaysWhyItCannotReachAServer) {
  client c;
  std::uint16_t free_port = 0;
  {
    raw_server gone([](raw_peer&) {});
    free_port = gone.port();
  }
  EXPECT_THAT(c.answer(get("http://127.0.0.1:" + std::to_string(free_port))), HasSubstr("cannot connect to 127.0.0.1"));
  EXPECT_THAT(c.answer(get("nonsense")), HasSubstr("Invalid address"));
}

TEST(HttpClient, GivesUp) {
  std::promise<void> asked;
  raw_server server([&](raw_peer& peer) {
    peer.receive_request();
    asked.set_value();
    peer.wait_for_end();
  });
  client c;
  fetch_request r = with_body(server.url(), {}, std::nullopt);
  const auto body = r.body;
  auto answer = c.begin(std::move(r));
  asked.get_future().wait();
  c.give_up();
  EXPECT_THROW(answer.get(), std::future_error) << "nobody is told any more";
}

TEST(HttpClient, IsNotPatientForEver) {
  raw_server server([](raw_peer& peer) { peer.wait_for_end(); });
  http_client_options hurried;
  hurried.idle_timeout = std::chrono::milliseconds(20);
  client c(hurried);
  EXPECT_EQ(c.answer(get(server.url())), "failed: The server did not answer in time.");
}

TEST(HttpClient, TheRequestsBodyBreaks) {
  raw_server server([](raw_peer& peer) { peer.wait_for_end(); });
  client c;
  fetch_request r{"POST", server.url(), {}, std::make_shared<byte_stream>(), std::nullopt};
  r.body->fail("disk");
  EXPECT_EQ(c.answer(std::move(r)), "failed: The body of the request failed: disk");
}

struct flood_case {
  const char* name;
  std::string start;
  std::string endless;
  const char* expected;
};

TEST(HttpClient, ReadsNoMoreThanAnAnswerMayHave) {
  const std::string piece(1 << 12, 'x');
  const flood_case floods[] = {
      {"headers", "HTTP/1.1 200 OK\r\n", "A: " + piece + "\r\n", "could not be read: header limit exceeded"},
      {"one header", "HTTP/1.1 200 OK\r\nA: ", piece, "could not be read: header limit exceeded"},
      {"a status line", "HTTP/1.1 200 ", piece, "could not be read"},
      {"answers before the answer", "", "HTTP/1.1 100 Continue\r\n\r\n", "does not come to its answer"},
      {"the size of a chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "0", "was cut off"},
      {"a note of a chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;", piece, "was cut off"},
      {"trailers", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", "A: " + piece + "\r\n", "was cut off"},
  };
  for (const flood_case& f : floods) {
    raw_server server([&](raw_peer& peer) {
      peer.receive_request();
      peer.send(f.start);
      while (peer.send(f.endless)) {
      }
    });
    client c;
    EXPECT_THAT(c.answer(get(server.url())), HasSubstr(f.expected)) << f.name;
  }
}

TEST(HttpClient, HasOnlySoManyConnections) {
  raw_server server([](raw_peer& peer) {
    const std::string request = peer.receive_request();
    if (request.find("/wait") != std::string::npos) return peer.wait_for_end();
    peer.answer("200 OK", "");
  });
  http_client_options few;
  few.max_connections = 1;
  client c(few);
  auto first = c.begin(get(server.url("/wait")));
  const auto give_up_first = c.give_up;
  EXPECT_EQ(c.answer(get(server.url())), "failed: Too many requests are under way.");
  give_up_first();
  EXPECT_THROW(first.get(), std::future_error);
  EXPECT_EQ(c.answer(get(server.url())), "200 Content-Length=0 <end>");
}

}  // namespace
}  // namespace hull::backend::fetch
