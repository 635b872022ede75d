// The deployment of the benchmark.
#include "deployment.hpp"

#include <vector>

using namespace std::chrono_literals;
namespace protocol = hull::protocol;

namespace {

// Lets a script expect a message that was already taken from the socket.
class Rewound final : public hull::mock::peer {
 public:
  explicit Rewound(hull::mock::connection& socket) : m_socket(socket) {}
  bool wait() {
    if (!m_message) m_message = m_socket.receive_within(1ms);
    return m_message.has_value();
  }
  const protocol::client_message& next() const { return *m_message; }

  std::optional<protocol::client_message> receive() override { return std::exchange(m_message, std::nullopt); }
  std::optional<protocol::client_message> receive_within(std::chrono::milliseconds) override { return receive(); }
  void send_text(std::string frame) override { m_socket.send_text(std::move(frame)); }
  void close(std::uint16_t code, std::string reason) override { m_socket.close(code, std::move(reason)); }
  void drop() override { m_socket.drop(); }

 private:
  hull::mock::connection& m_socket;
  std::optional<protocol::client_message> m_message;
};

}  // namespace

Deployment::Deployment()
    : m_server([this] {
        hull::mock::server_options options;
        options.on_frame = [this](hull::mock::direction way, std::string_view) {
          if (way == hull::mock::direction::to_client) m_sentAt = Clock::now().time_since_epoch().count();
        };
        return options;
      }()),
      m_thread([this] { serve(); }) {}

Deployment::~Deployment() {
  m_isEnding = true;
  m_thread.join();
}

void Deployment::show(hull::value result) {
  const std::lock_guard lock(m_mutex);
  m_result = std::move(result);
  ++m_version;
}

void Deployment::serve() {
  const auto socket = m_server.accept();
  Rewound peer(*socket);
  hull::mock::script script(peer);
  std::vector<protocol::query_id> queries;
  std::uint64_t told = 0;
  while (!m_isEnding) {
    bool isAsked = false;
    if (peer.wait()) {
      if (std::holds_alternative<protocol::modify_query_set>(peer.next())) {
        for (const auto& change : script.expect_modify_query_set().modifications) {
          if (const auto* added = std::get_if<protocol::add_query>(&change)) queries.push_back(added->id);
          if (const auto* gone = std::get_if<protocol::remove_query>(&change)) std::erase(queries, gone->id);
        }
        isAsked = true;
      } else {
        peer.receive();
      }
    }
    const std::lock_guard lock(m_mutex);
    if (!isAsked && told == m_version) continue;
    std::vector<protocol::query_change> changes;
    for (const protocol::query_id id : queries) changes.push_back(hull::mock::updated(id, m_result));
    script.transition(std::move(changes), told = m_version);
  }
}
