// The fake deployment: each session polls its socket and the shared state.
#include "fake_deployment.hpp"

#include <hull/value/json.hpp>

#include <chrono>
#include <deque>

using namespace std::chrono_literals;
namespace protocol = hull::protocol;

namespace {

// Lets a script expect a message that was already taken from the socket.
class Rewound final : public hull::mock::peer {
 public:
  explicit Rewound(hull::mock::connection& socket) : m_socket(socket) {}
  void putBack(protocol::client_message message) { m_message = std::move(message); }

  std::optional<protocol::client_message> receive() override { return receive_within(1s); }
  std::optional<protocol::client_message> receive_within(std::chrono::milliseconds time) override {
    if (m_message) return std::exchange(m_message, std::nullopt);
    return m_socket.receive_within(time);
  }
  void send_text(std::string frame) override { m_socket.send_text(std::move(frame)); }
  void close(std::uint16_t code, std::string reason) override { m_socket.close(code, std::move(reason)); }
  void drop() override { m_socket.drop(); }

 private:
  hull::mock::connection& m_socket;
  std::optional<protocol::client_message> m_message;
};

}  // namespace

class FakeDeployment::Session {
 public:
  Session(FakeDeployment& deployment, std::shared_ptr<hull::mock::connection> socket)
      : m_deployment(deployment), m_socket(std::move(socket)), m_peer(*m_socket), m_script(m_peer) {}

  ~Session() {
    const std::lock_guard lock(m_deployment.m_mutex);
    m_deployment.m_liveQueries -= m_queries.size();
  }

  void run() {
    while (!m_deployment.m_stop) {
      if (auto message = m_socket->receive_within(2ms)) {
        m_peer.putBack(*message);
        std::visit([this](const auto& m) { take(m); }, *message);
      }
      const std::lock_guard lock(m_deployment.m_mutex);
      if (m_deployment.m_offline) return m_socket->drop();
      answerMutations();
      answerQueries();
    }
  }

 private:
  void take(const protocol::connect&) { m_script.expect_connect(); }
  void take(const protocol::authenticate&) {
    m_script.expect_authenticate();
    m_stale = true;
  }
  void take(const protocol::mutation&) { m_mutations.push_back(m_script.expect_mutation()); }
  void take(const protocol::action&) { m_script.fail_action(m_script.expect_action().id, "no actions here"); }
  void take(const protocol::event&) { m_peer.receive(); }
  void take(const protocol::modify_query_set&) {
    const auto set = m_script.expect_modify_query_set();
    const std::lock_guard lock(m_deployment.m_mutex);
    m_deployment.m_liveQueries -= m_queries.size();
    for (const auto& change : set.modifications) {
      if (const auto* added = std::get_if<protocol::add_query>(&change)) {
        m_queries[added->id] = added->udf_path;
        m_fresh.push_back(added->id);
        m_deployment.m_subscriptions.push_back(added->udf_path + " " + hull::write_json(added->args));
      } else {
        m_queries.erase(std::get<protocol::remove_query>(change).id);
      }
    }
    m_deployment.m_liveQueries += m_queries.size();
    m_stale = true;
  }

  // The functions below run with the deployment locked.
  void answerMutations() {
    while (!m_mutations.empty() && !m_deployment.m_held) {
      const protocol::mutation mutation = m_mutations.front();
      m_mutations.pop_front();
      const auto failure = m_deployment.send(mutation.args.empty() ? hull::value() : mutation.args.front());
      if (failure)
        m_script.fail_mutation(mutation.id, *failure);
      else
        m_script.answer_mutation(mutation.id, hull::value(), m_deployment.m_version);
      m_stale = true;
    }
  }

  void answerQueries() {
    if (!m_stale && m_script.version().ts == m_deployment.m_version) return;
    std::vector<protocol::query_change> changes;
    for (const auto& [id, path] : m_queries) {
      const auto known = m_deployment.m_answers.find(path);
      const bool fresh = std::find(m_fresh.begin(), m_fresh.end(), id) != m_fresh.end();
      if (known == m_deployment.m_answers.end()) {
        if (fresh) changes.push_back(hull::mock::failed(id, "Could not find public function for '" + path + "'."));
      } else if (known->second.failure) {
        changes.push_back(hull::mock::failed(id, *known->second.failure));
      } else {
        changes.push_back(hull::mock::updated(id, known->second.result));
      }
    }
    m_fresh.clear();
    m_stale = false;
    m_script.transition(std::move(changes), m_deployment.m_version);
  }

  FakeDeployment& m_deployment;
  std::shared_ptr<hull::mock::connection> m_socket;
  Rewound m_peer;
  hull::mock::script m_script;
  std::map<protocol::query_id, std::string> m_queries;
  std::vector<protocol::query_id> m_fresh;
  std::deque<protocol::mutation> m_mutations;
  bool m_stale = false;
};

FakeDeployment::FakeDeployment() : m_acceptor([this] { acceptClients(); }) {}

FakeDeployment::~FakeDeployment() {
  m_stop = true;
  m_acceptor.join();
  for (std::thread& session : m_sessions) session.join();
}

void FakeDeployment::acceptClients() {
  while (!m_stop) {
    auto socket = m_server.accept_within(20ms);
    if (!socket) continue;
    m_sessions.emplace_back([this, socket] {
      try {
        Session(*this, socket).run();
      } catch (const hull::mock::unexpected& broken) {
        std::fprintf(stderr, "fake deployment: %s\n", broken.what());
        socket->drop();
      }
    });
  }
}

void FakeDeployment::setResult(const std::string& path, hull::value result) {
  const std::lock_guard lock(m_mutex);
  m_answers[path] = Answer{std::move(result), {}};
  ++m_version;
}

void FakeDeployment::failQuery(const std::string& path, const std::string& message) {
  const std::lock_guard lock(m_mutex);
  m_answers[path].failure = message;
  ++m_version;
}

void FakeDeployment::holdMutations(bool hold) {
  const std::lock_guard lock(m_mutex);
  m_held = hold;
}

void FakeDeployment::failMutations(const std::string& message) {
  const std::lock_guard lock(m_mutex);
  m_failMutations = message;
}

void FakeDeployment::goOffline(bool offline) {
  m_server.refuse_connections(offline);
  const std::lock_guard lock(m_mutex);
  m_offline = offline;
}

std::vector<std::string> FakeDeployment::subscriptions() const {
  const std::lock_guard lock(m_mutex);
  return m_subscriptions;
}

std::size_t FakeDeployment::liveQueries() const {
  const std::lock_guard lock(m_mutex);
  return m_liveQueries;
}

std::optional<std::string> FakeDeployment::send(const hull::value& args) {
  if (!m_failMutations.empty()) return m_failMutations;
  const hull::value* author = args.find("author");
  const hull::value* body = args.find("body");
  if (!author || !body) return "ArgumentValidationError: Object is missing the required field `body`.";
  Answer& list = m_answers["messages:list"];
  hull::array rows = list.result.if_array() ? list.result.as_array() : hull::array();
  ++m_nextRow;
  const double time =
      std::chrono::duration<double, std::milli>(std::chrono::system_clock::now().time_since_epoch()).count();
  rows.push_back(hull::value::make_object(
      {{"_id", "stored-" + std::to_string(m_nextRow)}, {"_creationTime", time}, {"author", *author}, {"body", *body}}));
  list = Answer{hull::value(std::move(rows)), {}};
  ++m_version;
  return {};
}
