// One side of a conversation with a client, step by step: expect a message, answer it, break the connection.
// The same script runs against a real client over a socket and against the bare engine.
#pragma once

#include <hull/protocol/client_message.hpp>
#include <hull/protocol/server_message.hpp>
#include <hull/value/value.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace hull::mock {

/// The client did something else than the script expects; the text says what was expected and what came.
class unexpected : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Whoever speaks to the client: a socket of a mock_server, or the harness around an engine.
class peer {
 public:
  virtual ~peer() = default;
  /// The next message of the client; nothing when none came in the time that this peer waits.
  virtual std::optional<protocol::client_message> receive() = 0;
  /// As `receive`, waiting at most this long.
  virtual std::optional<protocol::client_message> receive_within(std::chrono::milliseconds time) = 0;
  virtual void send_text(std::string frame) = 0;                   ///< As one text message.
  virtual void close(std::uint16_t code, std::string reason) = 0;  ///< Code 1005: a close frame without a code.
  virtual void drop() = 0;                                         ///< The connection breaks, without a close frame.
};

// Pieces of transitions.
protocol::query_change updated(protocol::query_id id, value result, std::optional<std::string> journal = {},
                               std::vector<std::string> log_lines = {});
protocol::query_change failed(protocol::query_id id, std::string message, std::optional<value> data = {});
protocol::query_change removed(protocol::query_id id);

/// One line about a message, for failures.
std::string describe(const protocol::client_message& message);

/// Keeps the books of one connection: versions, and which messages were acknowledged.
class script {
 public:
  /// For a new connection; the peer must outlive the script.
  explicit script(peer& p) : peer_(p) {}

  /// The next message, which must be of this type.
  template <class Message>
  Message expect(std::string_view name);
  ///@{
  /// The next message, which must be of this type, and continue the versions of those before. Throws `unexpected`.
  protocol::connect expect_connect() { return expect<protocol::connect>("Connect"); }
  protocol::modify_query_set expect_modify_query_set();
  protocol::authenticate expect_authenticate();
  protocol::mutation expect_mutation() { return expect<protocol::mutation>("Mutation"); }
  protocol::action expect_action() { return expect<protocol::action>("Action"); }
  ///@}
  /// Connect, then the query set of a client that has not signed in.
  protocol::connect expect_hello();
  /// Nothing comes for this long.
  void expect_silence(std::chrono::milliseconds time = std::chrono::milliseconds(50));

  /// A transition that acknowledges all that was received. Without a time, time stands still.
  void transition(std::vector<protocol::query_change> changes = {}, std::optional<protocol::timestamp> ts = {});
  /// The same in this many pieces.
  void chunked_transition(std::size_t parts, std::vector<protocol::query_change> changes,
                          std::optional<protocol::timestamp> ts = {});
  /// The transition that `transition` would send; counts as sent.
  protocol::transition next_transition(std::vector<protocol::query_change> changes,
                                       std::optional<protocol::timestamp> ts = {});
  ///@{
  /// The answer to a call with this id. `ts` is when the mutation was committed: the client waits for a transition that
  /// reaches it. `data` is what a ConvexError carries.
  void answer_mutation(protocol::request_id id, value result, protocol::timestamp ts, std::vector<std::string> log_lines = {});
  void fail_mutation(protocol::request_id id, std::string message, std::optional<value> data = {});
  void answer_action(protocol::request_id id, value result);
  void fail_action(protocol::request_id id, std::string message, std::optional<value> data = {});
  ///@}

  ///@{
  /// Speaks past the books: as it is, right or wrong.
  void send(const protocol::server_message& message);
  void send_text(std::string frame) { peer_.send_text(std::move(frame)); }
  void close(std::uint16_t code, std::string reason = {}) { peer_.close(code, std::move(reason)); }
  void drop() { peer_.drop(); }
  ///@}

  /// Where the client stands after all transitions of this connection.
  const protocol::state_version& version() const noexcept { return current_; }

 private:
  [[noreturn]] static void fail(std::string_view expected, const std::optional<protocol::client_message>& came);

  peer& peer_;
  protocol::state_version current_;
  std::uint32_t received_query_set_ = 0;
  std::uint32_t received_identity_ = 0;
};

template <class Message>
Message script::expect(std::string_view name) {
  auto came = peer_.receive();
  if (!came || !std::holds_alternative<Message>(*came)) fail(name, came);
  return std::get<Message>(std::move(*came));
}

}  // namespace hull::mock
