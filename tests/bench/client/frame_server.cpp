// The server of the comparison: answers queries with a value of 230 bytes and sends as many transitions as a client
// asks for, faster than any client can take them. It prints its port and serves until its input ends.
//
// A client asks with mutations: bench:stream {count, spread} makes it send `count` transitions, each with a new value
// for one query, over the first `spread` queries in turn; bench:hold is never answered. An action drops the socket.
// Query sets that arrive close together are answered by one transition, as deployments do. After a reconnect, when all
// queries have been added again with the values that they had at first, query 0 changes.
#include <hull/protocol/codec.hpp>
#include <hull/value/json.hpp>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>

#include <poll.h>

#include <cstdint>
#include <iostream>
#include <string>
#include <thread>
#include <utility>
#include <variant>

namespace {

namespace asio = boost::asio;
namespace websocket = boost::beast::websocket;
using namespace hull;

const std::string value_head =
    R"([{"_creationTime":1700000000000,"_id":"k57a8xq2m9c4v1t6b3n0p8z5y7w2e4r0","author":"Ada","body":")" +
    std::string(110, 'x') + R"(","n":)";

class connection {
 public:
  explicit connection(asio::ip::tcp::socket socket) : socket_(std::move(socket)) {}

  void run() {
    socket_.next_layer().set_option(asio::ip::tcp::no_delay(true));
    socket_.accept();
    socket_.text(true);
    for (;;) {
      if (!is_readable_within_a_millisecond()) flush();
      incoming_.clear();
      socket_.read(incoming_);
      const std::string_view text(static_cast<const char*>(incoming_.cdata().data()), incoming_.size());
      auto message = protocol::decode_client_message(text);
      if (message.has_error()) throw std::runtime_error(message.error().message);
      std::visit([&](const auto& m) { on(m); }, *message);
    }
  }

 private:
  bool is_readable_within_a_millisecond() {
    pollfd socket{socket_.next_layer().native_handle(), POLLIN, 0};
    return ::poll(&socket, 1, 1) != 0;
  }

  void flush() {
    if (query_set_ != answered_query_set_) {
      transition(std::exchange(changes_, {}));
      if (std::exchange(is_marker_due_, false)) {
        std::string marker;
        append_change(marker, 0, 1'000'000'000 + ts_);
        transition(marker);
      }
    }
    send_frames();
  }

  template <class Other>
  void on(const Other&) {}

  void on(const protocol::connect& m) { is_again_ = m.connection_count != 0; }

  void on(const protocol::action&) { throw std::runtime_error("cut"); }  // The socket is closed on the way out.

  void on(const protocol::modify_query_set& m) {
    query_set_ = m.new_version;
    for (const auto& change : m.modifications) {
      const auto* add = std::get_if<protocol::add_query>(&change);
      if (add == nullptr) continue;
      append_change(changes_, add->id, add->id);
      if (std::exchange(is_again_, false)) is_marker_due_ = true;
    }
  }

  void on(const protocol::mutation& m) {
    if (m.udf_path != "bench:stream") return;
    const object& args = m.args.at(0).as_object();
    const auto count = static_cast<std::uint64_t>(args.find("count")->as_double());
    const auto spread = static_cast<std::uint64_t>(args.find("spread")->as_double());
    for (std::uint64_t i = 1; i < count; ++i) {
      std::string change;
      append_change(change, i % spread, 1'000'000 + i);
      transition(change);
    }
    // The last one is what the caller waits for.
    protocol::mutation_response done;
    done.id = m.id;
    done.outcome = value(nullptr);
    done.ts = ts_ + 1;
    write(protocol::encode(protocol::server_message(std::move(done))));
    std::string change;
    append_change(change, 0, 1'000'000 + count);
    transition(change);
    send_frames();
  }

  static void append_change(std::string& out, std::uint64_t id, std::uint64_t content) {
    if (!out.empty()) out += ',';
    out += R"({"type":"QueryUpdated","queryId":)";
    out += std::to_string(id);
    out += R"(,"value":)";
    out += value_head;
    out += std::to_string(content);
    out += R"(}],"logLines":[],"journal":null})";
  }

  void transition(const std::string& changes) {
    const std::string start = protocol::encode_timestamp(ts_);
    const std::string end = protocol::encode_timestamp(++ts_);
    write(R"({"type":"Transition","startVersion":{"querySet":)" + std::to_string(answered_query_set_) +
          R"(,"identity":0,"ts":")" + start + R"("},"endVersion":{"querySet":)" + std::to_string(query_set_) +
          R"(,"identity":0,"ts":")" + end + R"("},"modifications":[)" + changes + "]}");
    answered_query_set_ = query_set_;
  }

  /// Frames leave many at a time: the clients are measured, not this program's system calls.
  void write(const std::string& text) {
    frames_ += static_cast<char>(0x81);
    if (text.size() < 126) {
      frames_ += static_cast<char>(text.size());
    } else {
      const int bytes = text.size() < 65'536 ? 2 : 8;
      frames_ += static_cast<char>(bytes == 2 ? 126 : 127);
      for (int i = bytes - 1; i >= 0; --i) frames_ += static_cast<char>((text.size() >> (8 * i)) & 0xFF);
    }
    frames_ += text;
    if (frames_.size() >= 64 * 1024) send_frames();
  }
  void send_frames() {
    asio::write(socket_.next_layer(), asio::buffer(frames_));
    frames_.clear();
  }

  websocket::stream<asio::ip::tcp::socket> socket_;
  boost::beast::flat_buffer incoming_;
  std::string frames_;
  std::string changes_;
  std::uint32_t query_set_ = 0;
  std::uint32_t answered_query_set_ = 0;
  std::uint64_t ts_ = 0;
  bool is_again_ = false;
  bool is_marker_due_ = false;
};

void serve(asio::ip::tcp::socket socket) {
  try {
    connection(std::move(socket)).run();
  } catch (const std::exception&) {
    // The client has gone, or was sent away.
  }
}

}  // namespace

int main() {
  asio::io_context loop;
  asio::ip::tcp::acceptor door(loop, {asio::ip::make_address("127.0.0.1"), 0});
  std::cout << door.local_endpoint().port() << std::endl;
  std::thread([] {
    while (std::cin.get() != EOF) {
    }
    std::_Exit(0);
  }).detach();
  for (;;) std::thread(serve, door.accept()).detach();
}
