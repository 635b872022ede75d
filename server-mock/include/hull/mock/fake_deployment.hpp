// A deployment in the process of a test: functions are C++ lambdas over tables in memory, and any client may talk to
// it, over the socket and over HTTP.
//
//   mock::fake_deployment deployment;
//   deployment.query("messages:list", [](mock::query_context& db, const value&) { return
//   value(db.table("messages").scan()); }); deployment.mutation("messages:send", [](mock::mutation_context& db, const
//   value& args) {
//     return value(db.table("messages").insert(args.as_object()));
//   });
//   hull::client client(home, deployment.url());
//
// Threads. Every function here may be called from any thread, except from inside a query or mutation of it.
// Queries run on the deployment's thread; mutations one at a time, each with the tables for itself; every action on a
// thread of its own. What a test's lambdas share with the test is the test's to protect.
#pragma once

#include <hull/mock/expectation.hpp>
#include <hull/mock/function_context.hpp>
#include <hull/mock/mock_server.hpp>
#include <hull/mock/tables.hpp>
#include <hull/protocol/types.hpp>
#include <hull/value/value.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hull::mock {

/// How a fake deployment behaves.
struct deployment_options {
  server_options server;                ///< TLS, port, faults, hooks for frames. `on_http` is the deployment's own.
  std::string admin_key = "admin-key";  ///< What a client has to show to act as admin.
  bool redact_errors = false;           ///< Error texts and log lines stay at the deployment, as in production.
  std::size_t snapshots = 64;           ///< How many commits back /api/query_at_ts can look.
  std::size_t remembered_mutations = 10'000;     ///< Mutations that are not run again when a client repeats them.
  std::size_t remembered_calls = 10'000;         ///< Of `calls`; older ones are forgotten.
  std::size_t chunk_bytes = 5'000'000;           ///< Longer transitions are sent in pieces to clients that take them.
  /// Heartbeat after so long a silence.
  std::chrono::milliseconds ping_after{15'000};
  /// Called again and again, from the thread that waits, while `expect` and its kin wait: turn the event loop of the
  /// client under test here. Empty: they sleep.
  std::function<void()> while_waiting;
  std::function<std::chrono::system_clock::time_point()> now;  ///< Empty: the system's clock.
};

/// A deployment in this process: functions in C++, tables in memory, live queries over real sockets.
///
/// Members may be called from any thread, except from inside a query or mutation of it. Queries run on the deployment's
/// thread, mutations one at a time, each action on a thread of its own.
class fake_deployment {
 public:
  /// Listens at once, on 127.0.0.1. Throws boost::system::system_error when the port is taken or a file of the options
  /// cannot be used.
  explicit fake_deployment(deployment_options options = {});
  /// Breaks all connections and waits for actions that still run.
  ~fake_deployment();
  fake_deployment(const fake_deployment&) = delete;
  fake_deployment& operator=(const fake_deployment&) = delete;

  std::string url() const;  ///< "http://127.0.0.1:PORT", or https.
  std::uint16_t port() const;  ///< Where it listens.

  // ---- functions ----

  ///@{
  /// Adds a function, or takes the place of one with this path; live queries of it run again. Throws
  /// std::invalid_argument for a path that is none.
  void query(std::string path, query_function run);
  void mutation(std::string path, mutation_function run);
  void action(std::string path, action_function run);
  ///@}
  /// A query that returns this whatever the arguments: the quickest way to feed a view.
  void query_result(std::string path, value result);
  /// A query that fails with this text.
  void query_error(std::string path, std::string message);

  /// Says who a token belongs to: the user's attributes, or nothing to refuse it; a std::exception that it throws
  /// refuses with its text. Without it every token is refused.
  void authenticate(std::function<std::optional<value>(const std::string& token)> whose);
  /// Refuses the tokens of all who are signed in by now, as if they had expired: they are asked for new ones.
  void expire_tokens();

  // ---- data ----

  /// Changes tables in one transaction and shows the outcome to all clients in one step. What it throws comes out
  /// here, and nothing has changed. Returns the commit's timestamp.
  protocol::timestamp change(const std::function<void(tables&)>& what);
  /// The documents of a table as they are now, oldest first.
  array documents(const std::string& table) const;
  /// A file in the storage.
  struct stored_file {
    std::string bytes;         ///< All of it.
    std::string content_type;  ///< As the upload said it.
  };
  /// What was uploaded under this id; nothing when there is no such file.
  std::optional<stored_file> file(const std::string& storage_id) const;
  /// Puts a file in as an upload would, and returns its id.
  std::string add_file(std::string bytes, std::string content_type);

  // ---- what clients do ----

  /// The calls that came so far: every run of a mutation or action, and every first run of a query that a client
  /// subscribed to or asked for over HTTP.
  std::vector<call_record> calls() const;
  /// `calls` begins anew; `expect` no longer sees what came before.
  void forget_calls();
  /// Waits until a call that matches has come, and uses it up: the next `expect` sees only calls behind it. Throws
  /// `unexpected`, with what came instead, when the patience of the server's options ends.
  call_record expect(const expectation& what);
  /// Waits this long and throws `unexpected` when a call that matches comes.
  void expect_none(const expectation& what, std::chrono::milliseconds time = std::chrono::milliseconds(50));
  /// Waits until the condition, which is asked on this thread, holds. Throws `unexpected` naming `what`.
  void wait_until(const std::function<bool()>& condition, std::string_view what);

  std::size_t open_connections() const;  ///< WebSockets.
  std::size_t live_queries() const;  ///< Subscribed to, over all connections.

  // ---- trouble ----

  /// Calls of this function wait until released: for tests of what is shown meanwhile. Queries cannot be held.
  void hold(const std::string& path);
  /// Lets the held calls of this function run, and later ones too.
  void release(const std::string& path);
  /// Breaks every connection and refuses new ones until told otherwise.
  void set_offline(bool offline);
  /// Closes every connection. Code 1005: without a code.
  void close_connections(std::uint16_t code, std::string reason = {});
  /// Breaks every connection without a close frame; new ones are taken.
  void drop_connections();
  void clog(bool clogged);                 ///< See mock_server::clog.
  void set_faults(fault_schedule faults);  ///< See mock_server::set_faults.

 private:
  std::shared_ptr<detail::deployment> core_;
};

}  // namespace hull::mock
