// The steps of a conversation.
#include <hull/mock/script.hpp>
#include <hull/protocol/codec.hpp>

#include <algorithm>
#include <utility>

namespace hull::mock {

protocol::query_change updated(protocol::query_id id, value result, std::optional<std::string> journal,
                               std::vector<std::string> log_lines) {
  protocol::query_updated change;
  change.id = id;
  change.result = std::move(result);
  change.journal = std::move(journal);
  change.log_lines = std::move(log_lines);
  return change;
}

protocol::query_change failed(protocol::query_id id, std::string message, std::optional<value> data) {
  protocol::query_failed change;
  change.id = id;
  change.message = std::move(message);
  change.data = std::move(data);
  return change;
}

protocol::query_change removed(protocol::query_id id) {
  protocol::query_removed change;
  change.id = id;
  return change;
}

std::string describe(const protocol::client_message& message) {
  std::string text = protocol::encode(message);
  constexpr std::size_t enough = 400;
  if (text.size() > enough) text = text.substr(0, enough) + "... (" + std::to_string(text.size()) + " bytes)";
  return text;
}

void script::fail(std::string_view expected, const std::optional<protocol::client_message>& came) {
  throw unexpected("expected " + std::string(expected) + ", but " +
                   (came ? "the client sent " + describe(*came) : std::string("the client sent nothing")));
}

protocol::modify_query_set script::expect_modify_query_set() {
  auto m = expect<protocol::modify_query_set>("ModifyQuerySet");
  if (m.base_version != received_query_set_ || m.new_version <= m.base_version)
    fail("ModifyQuerySet with baseVersion " + std::to_string(received_query_set_), m);
  received_query_set_ = m.new_version;
  return m;
}

protocol::authenticate script::expect_authenticate() {
  auto m = expect<protocol::authenticate>("Authenticate");
  if (m.base_version != received_identity_)
    fail("Authenticate with baseVersion " + std::to_string(received_identity_), m);
  ++received_identity_;
  return m;
}

protocol::connect script::expect_hello() {
  auto hello = expect_connect();
  expect_modify_query_set();
  return hello;
}

void script::expect_silence(std::chrono::milliseconds time) {
  if (const auto came = peer_.receive_within(time)) fail("nothing", came);
}

protocol::transition script::next_transition(std::vector<protocol::query_change> changes,
                                             std::optional<protocol::timestamp> ts) {
  protocol::transition t;
  t.start = current_;
  t.end = {received_query_set_, received_identity_, ts.value_or(current_.ts)};
  t.modifications = std::move(changes);
  current_ = t.end;
  return t;
}

void script::transition(std::vector<protocol::query_change> changes, std::optional<protocol::timestamp> ts) {
  send(next_transition(std::move(changes), ts));
}

void script::chunked_transition(std::size_t parts, std::vector<protocol::query_change> changes,
                                std::optional<protocol::timestamp> ts) {
  const std::string whole = protocol::encode(protocol::server_message(next_transition(std::move(changes), ts)));
  const std::size_t size = whole.size() / parts + 1;
  for (std::size_t part = 0; part < parts; ++part) {
    protocol::transition_chunk chunk;
    chunk.chunk = part * size < whole.size() ? whole.substr(part * size, size) : std::string();
    chunk.part_number = static_cast<std::uint32_t>(part);
    chunk.total_parts = static_cast<std::uint32_t>(parts);
    chunk.transition_id = std::to_string(whole.size());
    send(chunk);
  }
}

void script::answer_mutation(protocol::request_id id, value result, protocol::timestamp ts,
                             std::vector<std::string> log_lines) {
  protocol::mutation_response m;
  m.id = id;
  m.outcome = std::move(result);
  m.ts = ts;
  m.log_lines = std::move(log_lines);
  send(m);
}

void script::fail_mutation(protocol::request_id id, std::string message, std::optional<value> data) {
  protocol::mutation_response m;
  m.id = id;
  m.outcome = protocol::call_failure{std::move(message), std::move(data)};
  send(m);
}

void script::answer_action(protocol::request_id id, value result) {
  protocol::action_response m;
  m.id = id;
  m.outcome = std::move(result);
  send(m);
}

void script::fail_action(protocol::request_id id, std::string message, std::optional<value> data) {
  protocol::action_response m;
  m.id = id;
  m.outcome = protocol::call_failure{std::move(message), std::move(data)};
  send(m);
}

void script::send(const protocol::server_message& message) { peer_.send_text(protocol::encode(message)); }

}  // namespace hull::mock
