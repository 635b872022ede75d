// One client's session: carries out what the session machine wants, with the functions of the deployment and the
// subscriptions to its data.
#pragma once

#include "sync/services.hpp"

#include <hull/serve/session.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <atomic>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hull::backend::sync {

/// Where the texts of a session go.
class session_socket {
 public:
  virtual ~session_socket() = default;
  /// Calls session_host::transition_sent once the text has left, when asked for with `ends_transition`.
  virtual void send(std::string text, bool ends_transition) = 0;
  /// After all that was sent. Without a code the client sees none.
  virtual void close(std::optional<std::uint16_t> code, std::string reason) = 0;
  /// The session wants to be looked at: its deadline or its appetite for frames may have changed.
  virtual void session_changed() = 0;
};

/// All calls come on the strand that `strand` names, and so do all calls of the socket.
class session_host : public std::enable_shared_from_this<session_host> {
 public:
  session_host(const services& s, boost::asio::any_io_executor strand, session_socket& socket,
               const serve::session_options& options, const functions::client_details& client = {});

  void text_frame(std::string_view frame);
  void binary_frame();
  void transition_sent();
  void time_passed();
  /// The socket is gone: nothing is called on it any more, and what was watched is let go.
  void disconnect();

  bool wants_input() const noexcept { return machine_.wants_input(); }
  std::int64_t deadline_ms() const noexcept { return machine_.deadline(); }

 private:
  struct watched {
    std::shared_ptr<const database::read_set> reads;
    subscriptions::token token;
  };
  struct finished_run {
    serve::query_id id = 0;
    outcome<std::shared_ptr<const functions::query_outcome>> result;
  };

  serve::moment now() const;
  void carry_out(serve::effects list);

  void handle(serve::check_token& e);
  void check_user_token(const std::string& token);
  void handle(serve::take_snapshot& e);
  void handle(serve::run_queries& e);
  void handle(serve::watch_query& e);
  void handle(serve::unwatch_query& e);
  void handle(serve::run_mutation& e);
  void handle(serve::run_action& e);
  void handle(serve::send_text& e);
  void handle(serve::close_socket& e);

  /// The newest timestamp, not before what the client has been promised.
  database::timestamp newest();
  void begin_step(database::timestamp ts);

  functions::function_call call_of(const serve::run_queries& all, std::size_t which) const;
  /// Runs those of `which` on the threads for calls.
  void run_apart(const std::shared_ptr<const serve::run_queries>& all, const std::vector<std::size_t>& which);
  void queries_finished(std::uint64_t step, std::vector<finished_run> runs);
  void queries_finished_soon(std::uint64_t step, std::vector<finished_run> runs);
  void start_call(bool is_action, serve::request_id id, serve::call& what,
                  const std::shared_ptr<const serve::caller>& who, const std::optional<std::string>& session_id);
  void call_finished(bool is_action, serve::request_id id, const outcome<functions::call_outcome>& result);

  const services& services_;
  boost::asio::any_io_executor strand_;
  session_socket* socket_;  ///< Null once disconnected.
  serve::session machine_;
  const functions::client_pointer client_;  ///< Without a token; a user's caller has details with his own.

  std::deque<serve::effect> pending_;
  bool carrying_out_ = false;

  /// Set by the committer when it wakes the session, until the session looks: many changes need one call only.
  std::shared_ptr<std::atomic<bool>> woken_ = std::make_shared<std::atomic<bool>>(false);
  /// Of the client's mutation under way (function_call::committing). A client that gets the answer after a transition
  /// that has its writes shows them twice for a moment: once from the deployment, and once as it predicted them.
  std::shared_ptr<std::atomic<bool>> committing_ = std::make_shared<std::atomic<bool>>(false);
  bool snapshot_waits_ = false;                   ///< Until that mutation has its answer.
  std::optional<database::timestamp> safe_ts_{};  ///< Read when no mutation of the client was being committed.
  std::map<serve::query_id, watched> watched_;
  database::timestamp step_ts_ = 0;  ///< Snapshot of the transition under way.
  std::shared_ptr<const functions::query_outcome> just_ran_;
  database::timestamp must_reach_;  ///< What the client has seen or been promised.
};

}  // namespace hull::backend::sync
