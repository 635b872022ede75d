// golden_server SCENARIO FILE: a mock deployment for one client. Prints its address, plays the scenario, and writes
// what was said to the file. Ends with 1 and a reason when the client does something else than the scenario expects.
#include "recording.hpp"
#include "scenarios.hpp"

#include <hull/mock/mock_server.hpp>

#include <cstdio>
#include <deque>
#include <exception>
#include <fstream>
#include <memory>
#include <mutex>

namespace hull::golden {
namespace {

class recording_stage;

/// One socket whose frames are written down.
class recorded_socket final : public mock::peer {
 public:
  recorded_socket(std::shared_ptr<mock::connection> socket, recording_stage& book)
      : socket_(std::move(socket)), book_(book) {}

  std::optional<protocol::client_message> receive() override;
  std::optional<protocol::client_message> receive_within(std::chrono::milliseconds time) override;
  void send_text(std::string frame) override;
  void close(std::uint16_t code, std::string reason) override;
  void drop() override;
  bool wait_for_close() { return socket_->wait_for_close(); }

 private:
  std::optional<protocol::client_message> note(std::optional<protocol::client_message> m);

  std::shared_ptr<mock::connection> socket_;
  recording_stage& book_;
};

class recording_stage final : public stage {
 public:
  std::string url() const { return server_.url(); }

  mock::peer& accept() override {
    if (socket_ && !socket_->wait_for_close())
      throw mock::unexpected("the client did not notice that its socket is over");
    expect_nothing_unread();
    auto next = server_.accept();
    lines.push_back(
        {line::kind::socket, R"({"socket":)" + std::to_string(sockets_++) + R"(,"target":")" + next->target() + "\"}"});
    socket_ = std::make_unique<recorded_socket>(std::move(next), *this);
    return *socket_;
  }

  void expect_end() override {
    if (!socket_->wait_for_close()) throw mock::unexpected("the client did not close its socket");
    expect_nothing_unread();
  }

  std::string take_raw() {
    const std::lock_guard lock(mutex_);
    std::string text = std::move(raw_.front());
    raw_.pop_front();
    return text;
  }

  std::vector<line> lines;

 private:
  void expect_nothing_unread() {
    const std::lock_guard lock(mutex_);
    if (!raw_.empty()) throw mock::unexpected("the client also sent " + raw_.front());
  }
  mock::server_options options() {
    mock::server_options o;
    o.on_frame = [this](mock::direction way, std::string_view text) {
      if (way != mock::direction::to_server) return;
      const std::lock_guard lock(mutex_);
      raw_.emplace_back(text);
    };
    return o;
  }

  std::mutex mutex_;
  std::deque<std::string> raw_;  ///< What came and was not received yet.
  mock::mock_server server_{options()};
  std::unique_ptr<recorded_socket> socket_;
  int sockets_ = 0;
};

std::optional<protocol::client_message> recorded_socket::note(std::optional<protocol::client_message> m) {
  if (m) book_.lines.push_back({line::kind::client_frame, settled(book_.take_raw())});
  return m;
}
std::optional<protocol::client_message> recorded_socket::receive() { return note(socket_->receive()); }
std::optional<protocol::client_message> recorded_socket::receive_within(std::chrono::milliseconds time) {
  return note(socket_->receive_within(time));
}
void recorded_socket::send_text(std::string frame) {
  book_.lines.push_back({line::kind::server_frame, frame});
  socket_->send_text(std::move(frame));
}
void recorded_socket::close(std::uint16_t code, std::string reason) {
  book_.lines.push_back({line::kind::server_close,
                         R"({"from":"server","close":)" + std::to_string(code) + R"(,"reason":")" + reason + "\"}"});
  socket_->close(code, std::move(reason));
}
void recorded_socket::drop() {
  book_.lines.push_back({line::kind::server_close, R"({"from":"server","drop":true})"});
  socket_->drop();
}

int run(const char* name, const char* file) {
  const scenario* wanted = find_scenario(name);
  if (!wanted) {
    std::fprintf(stderr, "There is no scenario '%s'. Scenarios:", name);
    for (const scenario& s : scenarios()) std::fprintf(stderr, " %s", std::string(s.name).c_str());
    std::fprintf(stderr, "\n");
    return 2;
  }
  recording_stage stage;
  std::printf("%s\n", stage.url().c_str());
  std::fflush(stdout);
  try {
    wanted->play(stage);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "%s: %s\n", name, e.what());
    return 1;
  }
  std::ofstream out(file, std::ios::trunc);
  for (const line& l : stage.lines) out << to_text(l) << '\n';
  out.close();
  if (out) return 0;
  std::fprintf(stderr, "cannot write %s\n", file);
  return 1;
}

}  // namespace
}  // namespace hull::golden

int main(int count, char** words) {
  if (count == 2 && std::string_view(words[1]) == "--list") {
    for (const auto& s : hull::golden::scenarios()) std::printf("%s\n", std::string(s.name).c_str());
    return 0;
  }
  if (count == 3) return hull::golden::run(words[1], words[2]);
  std::fprintf(stderr, "Usage: golden_server SCENARIO FILE | --list\n");
  return 2;
}
