// The fake deployment itself: functions, commits, calls, sessions. See fake_deployment.hpp for what runs where.
#pragma once

#include <hull/mock/fake_deployment.hpp>
#include <hull/serve/effect.hpp>
#include <hull/serve/session.hpp>

#include "server_state.hpp"
#include "store.hpp"

#include <atomic>
#include <condition_variable>
#include <deque>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

namespace hull::mock::detail {

class deployment_session;
using caller_ptr = std::shared_ptr<const serve::caller>;

/// One running function: what its context reads and writes besides documents.
struct function_call {
  deployment& home;
  std::string path;  ///< Canonical.
  value args;
  caller_ptr who;
  std::optional<std::string> journal;  ///< Of the run before: where the page ended.
  std::optional<std::string> new_journal = {};
  bool has_paginated = false;
  std::vector<std::string> log_lines = {};
};

/// What came of a run.
struct run_outcome {
  value result;
  std::optional<protocol::call_failure> failure;
  std::vector<std::string> log_lines;
  std::optional<std::string> journal;
  touched reads;               ///< Of queries.
  protocol::timestamp ts = 0;  ///< Of the commit of a mutation.
};

/// Names a mutation of a client for ever: session and request.
using mutation_key = std::pair<std::string, protocol::request_id>;

struct call_request {
  std::string path;
  value args;
  caller_ptr who;
  std::string request_id;  ///< Shown in errors: sixteen hexadecimal digits.
  bool over_http = false;
};

class deployment {
 public:
  explicit deployment(deployment_options options);
  void start();  ///< Opens the port.
  void stop();

  const deployment_options& options() const noexcept { return options_; }
  server_state& server() noexcept { return *server_; }
  std::chrono::system_clock::time_point now() const;
  serve::moment moment() const;

  // Functions
  using function = std::variant<query_function, mutation_function, action_function>;
  void add_function(std::string path, function run);
  void set_authenticate(std::function<std::optional<value>(const std::string&)> whose);
  /// Throws std::exception for a token that is refused.
  caller_ptr check_user_token(const std::string& token) const;
  caller_ptr check_admin_key(const std::string& key, std::optional<value> acting_as) const;
  std::optional<function_kind> kind_of(const std::string& path) const;

  // Runs. None throws.
  run_outcome run_query(const call_request& call, const store_ptr& at, std::optional<std::string> journal = {});
  run_outcome run_mutation(const call_request& call, const std::optional<mutation_key>& key = {});
  run_outcome run_action(const call_request& call);
  /// On a thread of its own; `done` is called on the server's thread.
  void start_action(call_request call, std::function<void(run_outcome)> done);
  /// Now, or when the function is released. On the server's thread.
  void when_released(const std::string& path, std::function<void()> run);
  void hold(const std::string& path);
  void release(const std::string& path);

  // Data
  protocol::timestamp change(const std::function<void(tables&)>& what);
  store_ptr latest() const;
  store_ptr snapshot_at(protocol::timestamp ts) const;  ///< Null when it is out of reach.
  /// Tells the sessions what was committed and returns the newest store, which is then known to all. On the server's
  /// thread.
  store_ptr publish();
  std::string new_upload_token();
  bool use_upload_token(const std::string& token);
  std::string add_file(std::string bytes, std::string content_type);
  std::optional<fake_deployment::stored_file> file(const std::string& id) const;

  // Calls
  std::uint64_t record(function_kind kind, const call_request& call);
  void record_end(std::uint64_t number, const run_outcome& outcome);
  std::vector<call_record> calls() const;
  void forget_calls();
  std::optional<call_record> take_call(const expectation& what, std::vector<call_record>& others);
  /// False when the time is over first.
  bool wait(const std::function<bool()>& condition, std::chrono::milliseconds time);

  // Sessions; on the server's thread
  void opened(std::shared_ptr<session> socket);
  void ended(const deployment_session& s);
  const std::list<std::shared_ptr<deployment_session>>& sessions() const noexcept { return sessions_; }
  void handle_http(http_request request, std::function<void(http_answer)> reply);

  /// Sixteen hexadecimal digits that a client can compute, too.
  static std::string request_id_text(const std::string& session, protocol::request_id id);
  std::string next_request_id();
  /// The failure that the exception being handled stands for.
  protocol::call_failure current_failure(const std::string& request_id) const;

 private:
  function find(const std::string& path, function_kind kind) const;
  void commit(const transaction& t, touched also);
  void check_outside() const;
  template <class Body>
  run_outcome guarded(function_call& call, const std::string& request_id, Body body) const;

  deployment_options options_;

  mutable std::mutex mutex_;  ///< For what follows; never held while a function of the test runs.
  mutable std::condition_variable changed_;
  std::map<std::string, function> functions_;
  std::function<std::optional<value>(const std::string&)> whose_;
  std::deque<store_ptr> snapshots_;  ///< The last one is the newest.
  struct commit_note {
    protocol::timestamp ts;
    touched writes;
  };
  std::vector<commit_note> unpublished_;
  std::map<mutation_key, run_outcome> done_mutations_;
  std::deque<mutation_key> done_order_;
  struct known_call {
    call_record record;
    bool used = false;
  };
  std::deque<known_call> calls_;
  std::uint64_t first_call_ = 0;  ///< Number of calls_.front().
  std::set<std::string> held_;
  std::multimap<std::string, std::function<void()>> waiting_;
  std::set<std::string> upload_tokens_;
  std::map<std::string, fake_deployment::stored_file> files_;
  std::uint64_t next_token_ = 1;

  std::mutex writer_;  ///< Whoever holds it has the tables for itself.
  std::atomic<std::uint64_t> next_request_{0};

  std::list<std::shared_ptr<deployment_session>> sessions_;  ///< On the server's thread.
  std::shared_ptr<server_state> server_;
  struct running_action {
    std::thread thread;
    std::shared_ptr<std::atomic<bool>> done;
  };
  std::list<running_action> actions_;  ///< On the server's thread.
};

template <class Body>
run_outcome deployment::guarded(function_call& call, const std::string& request_id, Body body) const {
  run_outcome out;
  try {
    out.result = body();
    out.journal = call.new_journal;
  } catch (...) {
    out.failure = current_failure(request_id);
  }
  if (!options_.redact_errors) out.log_lines = std::move(call.log_lines);
  return out;
}

}  // namespace hull::mock::detail
