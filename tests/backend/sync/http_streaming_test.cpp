// Bodies that go piece by piece, over real connections: uploads and downloads of files.
#include "fake_deployment.hpp"
#include "files/upload_token.hpp"
#include "server_rig.hpp"

#include "common/clock.hpp"

#include <hull/value/json.hpp>

#include <gmock/gmock.h>

namespace hull::test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;
using namespace backend;

std::string upload_target() {
  const auto now = static_cast<std::uint64_t>(system_clock().wall_ns() / 1'000'000'000);
  return "/api/storage/upload?token=" + files::make_upload_token(files::upload_key{}, now);
}

std::string head(const std::string& method, const std::string& target, const std::string& fields) {
  return method + " " + target + " HTTP/1.1\r\nHost: localhost\r\n" + fields + "\r\n";
}

std::string stored_id(const std::string& body) {
  const auto json = read_json(body);
  const value* id = json && json->is_object() ? json->find("storageId") : nullptr;
  EXPECT_TRUE(id) << body;
  return id ? id->as_string() : "";
}

std::string store(std::uint16_t port, const std::string& content) {
  const auto reply = http_request(port, "POST", upload_target(), content);
  EXPECT_EQ(reply.status, 200u) << reply.body;
  return stored_id(reply.body);
}

TEST(HttpStreaming, AFileComesBackAsItWent) {
  server_rig rig;
  for (const std::size_t size : {0u, 1u, 65'535u, 65'536u, 65'537u, 1'000'000u}) {
    std::string content(size, ' ');
    for (std::size_t i = 0; i < size; ++i) content[i] = static_cast<char>(i * 31 + i / 251);
    const auto got = http_request(rig.port(), "GET", "/api/storage/" + store(rig.port(), content));
    EXPECT_EQ(got.status, 200u);
    EXPECT_EQ(got.header("content-length"), std::to_string(size));
    EXPECT_TRUE(got.body == content) << size;
  }
}

TEST(HttpStreaming, TheConnectionServesTheNextRequest) {
  server_rig rig;
  raw_client client(rig.port());
  client.write(head("POST", upload_target(), "Transfer-Encoding: chunked\r\n") + "3\r\nabc\r\n");
  client.write("4\r\ndefg\r\n0\r\n\r\n" + head("POST", upload_target(), "Content-Length: 2\r\n") + "hi" +
               head("GET", "/version", "Connection: close\r\n"));
  const std::string all = client.read_all();
  EXPECT_TRUE(client.closed_by_peer());
  std::size_t answers = 0;
  for (auto at = all.find("HTTP/1.1 200"); at != std::string::npos; at = all.find("HTTP/1.1 200", at + 1)) ++answers;
  EXPECT_EQ(answers, 3u) << all;
  const auto id = all.substr(all.find("storageId") + 12, 36);
  EXPECT_EQ(http_request(rig.port(), "GET", "/api/storage/" + id).body, "abcdefg");
}

TEST(HttpStreaming, ARefusalDoesNotWaitForTheBody) {
  server_rig rig;
  raw_client client(rig.port());
  client.write(head("POST", "/api/storage/upload?token=bad", "Content-Length: 1000000\r\n") + "the rest never comes");
  EXPECT_THAT(client.read_until("\r\n\r\n"), StartsWith("HTTP/1.1 401"));
}

TEST(HttpStreaming, ARefusedBodyIsSkippedAndTheConnectionGoesOn) {
  server_rig rig;
  raw_client client(rig.port());
  client.write(head("POST", "/api/storage/upload?token=bad", "Content-Length: 300000\r\n") + std::string(300'000, 'x') +
               head("GET", "/instance_name", "Connection: close\r\n"));
  const std::string all = client.read_all();
  EXPECT_THAT(all, StartsWith("HTTP/1.1 401"));
  EXPECT_THAT(all, HasSubstr("test-instance"));
}

TEST(HttpStreaming, WhoAsksFirstIsToldToContinue) {
  server_rig rig;
  raw_client client(rig.port());
  client.write(head("POST", upload_target(), "Expect: 100-continue\r\nContent-Length: 2\r\nConnection: close\r\n"));
  EXPECT_THAT(client.read_until("\r\n\r\n"), StartsWith("HTTP/1.1 100"));
  client.write("hi");
  EXPECT_THAT(client.read_all(), HasSubstr("storageId"));
}

TEST(HttpStreaming, ABodyThatIsCutOffOrBrokenEndsTheConnection) {
  server_rig rig;
  for (const char* body : {"Transfer-Encoding: chunked\r\n\r\nzz\r\nabc", "Transfer-Encoding: chunked\r\n\r\n-1\r\n"}) {
    raw_client client(rig.port());
    client.write("POST " + upload_target() + " HTTP/1.1\r\nHost: localhost\r\n" + body);
    client.read_all();
    EXPECT_TRUE(client.closed_by_peer()) << body;
  }
  {
    raw_client client(rig.port());
    client.write(head("POST", upload_target(), "Content-Length: 100\r\n") + "a part");
  }
  EXPECT_EQ(http_request(rig.port(), "GET", "/version").status, 200u);
}

TEST(HttpStreaming, HeadHasTheLengthAndNoBody) {
  server_rig rig;
  const auto id = store(rig.port(), "0123456789");
  const auto reply = http_request(rig.port(), "HEAD", "/api/storage/" + id);
  EXPECT_EQ(reply.status, 200u);
  EXPECT_EQ(reply.header("content-length"), "10");
  EXPECT_EQ(reply.body, "");
  const auto part = http_request(rig.port(), "GET", "/api/storage/" + id, "", {{"Range", "bytes=3-5"}});
  EXPECT_EQ(part.status, 206u);
  EXPECT_EQ(part.header("content-range"), "bytes 3-5/10");
  EXPECT_EQ(part.body, "345");
}

TEST(HttpStreaming, AnHttpActionAnswersWhileTheRequestIsStillComing) {
  server_rig rig;
  for (const bool api : {false, true}) {
    raw_client client(api ? rig.port() : rig.site_port());
    client.write(head("POST", api ? "/http/echo" : "/echo", "Transfer-Encoding: chunked\r\n") + "3\r\none\r\n");
    const std::string first = client.read_until("3\r\none\r\n");
    EXPECT_THAT(first, HasSubstr("Transfer-Encoding: chunked"));
    EXPECT_THAT(first, HasSubstr("x-url: http://localhost/echo\r\n"));
    client.write("3\r\ntwo\r\n");
    EXPECT_EQ(client.read_until("two\r\n"), "3\r\ntwo\r\n");
    client.write("0\r\n\r\n" + head("POST", "/echo", "Content-Length: 0\r\nConnection: close\r\n"));
    EXPECT_THAT(client.read_all(), StartsWith("0\r\n\r\nHTTP/1.1 "));
  }
}

TEST(HttpStreaming, AnOldClientGetsABodyWithoutChunks) {
  server_rig rig;
  raw_client client(rig.site_port());
  client.write("POST /echo HTTP/1.0\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello");
  const std::string all = client.read_all();
  EXPECT_TRUE(client.closed_by_peer());
  EXPECT_EQ(all.substr(all.find("\r\n\r\n") + 4), "hello");
}

TEST(HttpStreaming, AClientThatLeavesIsNoticed) {
  server_rig rig;
  {
    raw_client client(rig.site_port());
    client.write(head("GET", "/forever", ""));
    EXPECT_THAT(client.read_until("begun"), HasSubstr("begun"));
  }
  EXPECT_TRUE(wait_until_gone());
}

TEST(HttpStreaming, ASlowClientIsGivenUp) {
  backend::http::listener_options port;
  port.piece_within = std::chrono::milliseconds(100);
  server_rig rig({}, port);
  raw_client client(rig.port());
  client.write(head("POST", upload_target(), "Content-Length: 100\r\n") + "and then silence");
  client.read_all();
  EXPECT_TRUE(client.closed_by_peer());
}

}  // namespace
}  // namespace hull::test
