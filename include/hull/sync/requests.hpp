// Mutations and actions between call and completion: order, the window on the wire, replay, and the rule that a
// mutation completes when a transition reflects it.
#pragma once

#include <hull/config.hpp>
#include <hull/error.hpp>
#include <hull/protocol/client_message.hpp>
#include <hull/protocol/server_message.hpp>
#include <hull/sync/inspection.hpp>
#include <hull/sync/link.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace hull::sync {

/// The caller's name for one call; the caller chooses it, never twice.
using call_id = std::uint64_t;

using hull::call_kind;

/// A call that is over.
struct settled_call {
  protocol::request_id request = 0;
  call_id call = 0;
  call_kind kind = call_kind::mutation;
  result<value> outcome;
  std::string path;
  value args;
  moment called_at{0};
};

struct request {
  /// waiting: not sent. sent: its answer is open. answered: a mutation that succeeded, not yet reflected.
  enum class phase { waiting, sent, answered };
  call_kind kind = call_kind::mutation;
  call_id call = 0;
  std::string path;
  value args;
  moment called_at{0};
  phase state = phase::waiting;
  value answer = {};
};

class requests {
 public:
  explicit requests(std::size_t max_mutations_on_wire, protocol::request_id first_id = 0)
      : window_(max_mutations_on_wire == 0 ? 1 : max_mutations_on_wire), next_id_(first_id) {}

  protocol::request_id allocate() noexcept { return next_id_++; }
  void add(protocol::request_id id, request r);
  const request* find(protocol::request_id id) const noexcept;
  std::optional<protocol::request_id> find_call(call_id call) const noexcept;
  /// In the order of the calls.
  template <class F>
  void for_each(F f) const {
    for (const auto& [id, r] : open_) f(id, r);
  }

  /// What may be sent now, in the order of the calls.
  std::vector<protocol::client_message> take_sendable();

  /// An answer came. A call that is over is returned; so is a successful mutation that `reflected` covers already.
  std::optional<settled_call> respond(protocol::mutation_response response, protocol::timestamp reflected);
  std::optional<settled_call> respond(protocol::action_response response);

  /// Mutations that a transition at `reflected` shows.
  std::vector<settled_call> take_reflected(protocol::timestamp reflected);

  /// The socket is gone: actions that were sent are lost, mutations wait for their replay.
  std::vector<settled_call> socket_lost();
  /// A new socket: everything still open counts as "from before" until it is over.
  void socket_opened();

  /// Forgets a call. A mutation that was sent may still run on the server; its late answer is ignored.
  std::optional<settled_call> cancel(call_id call, const error& why);
  std::vector<settled_call> fail_all(const error& why);

  /// Anything sent and not answered: closing now may lose work unnoticed.
  bool has_incomplete() const noexcept { return sent_ != 0; }
  bool is_synced() const noexcept { return from_before_.empty(); }
  /// When the oldest call was made that is not answered; nothing while none is open, `now` when all are answered.
  std::optional<moment> oldest_open(moment now) const;
  std::uint32_t open_mutations() const noexcept { return mutations_; }
  std::uint32_t open_actions() const noexcept { return actions_; }

 private:
  using table = std::map<protocol::request_id, request>;  // Ordered: ids grow with the calls.
  void set_state(request& r, request::phase state);
  settled_call take(table::iterator at, result<value> outcome);
  static error failure_of(protocol::call_failure failure, std::vector<std::string> log_lines);

  table open_;
  std::unordered_map<call_id, protocol::request_id> by_call_;
  std::set<protocol::request_id> unsent_;   ///< Waiting, or to be replayed on this socket.
  std::set<protocol::request_id> on_wire_;  ///< Mutations sent on this socket and not answered on it.
  std::set<std::pair<protocol::timestamp, protocol::request_id>> answered_;
  std::set<protocol::request_id> from_before_;
  std::size_t window_;
  protocol::request_id next_id_;
  std::uint32_t mutations_ = 0;
  std::uint32_t actions_ = 0;
  std::uint32_t sent_ = 0;
};

}  // namespace hull::sync

#ifndef HULL_SEPARATE_COMPILATION
#include <hull/sync/requests.ipp>
#endif
