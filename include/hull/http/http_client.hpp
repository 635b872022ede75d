// Calls without a live connection: for scripts, servers and whatever asks once and goes.
//
// Home and threads are as with hull::client: construct, call and destroy it on its home executor, and every completion
// arrives there, or on the executor that the handler names. Connections, TLS and JSON are work of the library's own
// thread. An idle client does not keep io_context::run() from returning; a pending call does.
#pragma once

#include <hull/config.hpp>
#include <hull/error.hpp>
#include <hull/http/http_options.hpp>
#include <hull/value/value.hpp>

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>

#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace hull {

namespace detail {
class http_client_core;
}

/// A point in the deployment's time. Queries at one snapshot see one state of the database. The deployment forgets
/// snapshots after some time, 30 seconds are sure; queries then fail with errc::network (it says so with 503).
struct http_snapshot {
  std::string ts;  ///< As the deployment writes it.
};

/// How a mutation is called over HTTP.
struct http_mutation_options {
  bool skip_queue = false;  ///< Do not wait for the mutations called before.
};

/// Where a function is.
struct http_function_options {
  std::optional<std::string> component_path;  ///< The component that the function is in; absent for the app itself.
};

/// All calls complete with a result. Their errors:
/// errc::function_failed: the function threw (then `data` is what a ConvexError carries), or the deployment does not know
/// it; the text is the deployment's own. errc::unauthenticated: the token was refused. errc::bad_argument, errc::bad_value:
/// the path or the arguments are unusable, nothing was sent. errc::network, errc::timed_out: no answer came, or
/// "not now" (429, 5xx); whether a mutation or an action took effect is then unknown. errc::bad_message: what answered is no
/// deployment. errc::cancelled through the completion token's cancellation slot: the connection is dropped, the function
/// may run on.
class http_client {
 public:
  /// As hull::client: throws std::invalid_argument for a bad URL ("Invalid deployment address ..."). Sends nothing.
  http_client(boost::asio::any_io_executor home, const std::string& url, http_client_options options = {});
  /// Calls under way go on.
  http_client(http_client&&) noexcept;
  /// The calls that were under way here end as by close().
  http_client& operator=(http_client&&) noexcept;
  http_client(const http_client&) = delete;
  http_client& operator=(const http_client&) = delete;
  ~http_client();  ///< As close().

  /// Ends everything: pending calls complete with errc::closed. Idempotent.
  void close();
  /// True after close(): calls then complete with errc::closed.
  bool is_closed() const noexcept;
  /// The deployment's address, without a slash at the end.
  const std::string& url() const noexcept;

  /// The token of a user, sent with the calls that follow. It is not renewed: see client::set_auth for that.
  void set_auth(std::string token);
  /// Authenticates as admin, optionally acting as a user (an object with the claims of the identity).
  void set_admin_auth(const std::string& admin_key, const std::optional<value>& acting_as = {});
  /// The calls that follow are made by nobody. Calls under way keep the token they were made with.
  void clear_auth();

  /// One value of a query. Queries, actions and functions run side by side. `args` must be an object.
  template <class CompletionToken>
  auto query(std::string path, value args, CompletionToken&& token) {
    return boost::asio::async_initiate<CompletionToken, void(result<value>)>(
        [this](auto handler, std::string p, value a) { start_query(std::move(p), std::move(a), std::move(handler)); }, token,
        std::move(path), std::move(args));
  }
  /// A query at the snapshot of this client: the first call takes it, all others share it, so that their results belong
  /// together. When taking it fails, the calls that wait for it fail, and the next call tries again.
  template <class CompletionToken>
  auto consistent_query(std::string path, value args, CompletionToken&& token) {
    return boost::asio::async_initiate<CompletionToken, void(result<value>)>(
        [this](auto handler, std::string p, value a) { start_consistent_query(std::move(p), std::move(a), std::move(handler)); },
        token, std::move(path), std::move(args));
  }
  /// The next consistent_query takes a new snapshot.
  void forget_snapshot();
  /// Completes with result<http_snapshot>: the newest state, for query_at.
  template <class CompletionToken>
  auto take_snapshot(CompletionToken&& token) {
    return boost::asio::async_initiate<CompletionToken, void(result<http_snapshot>)>(
        [this](auto handler) { start_take_snapshot(std::move(handler)); }, token);
  }
  /// A query at a given snapshot.
  template <class CompletionToken>
  auto query_at(http_snapshot snapshot, std::string path, value args, CompletionToken&& token) {
    return boost::asio::async_initiate<CompletionToken, void(result<value>)>(
        [this](auto handler, http_snapshot s, std::string p, value a) {
          start_query_at(std::move(s), std::move(p), std::move(a), std::move(handler));
        },
        token, std::move(snapshot), std::move(path), std::move(args));
  }

  /// Mutations of one client run one after the other, in the order of the calls; a failure does not stop those behind
  /// it. Sent once, as whoever is signed in at the time of the call.
  template <class CompletionToken>
  auto mutation(std::string path, value args, http_mutation_options options, CompletionToken&& token) {
    return boost::asio::async_initiate<CompletionToken, void(result<value>)>(
        [this](auto handler, std::string p, value a, http_mutation_options o) {
          start_mutation(std::move(p), std::move(a), o, std::move(handler));
        },
        token, std::move(path), std::move(args), options);
  }
  /// The same, waiting for its turn.
  template <class CompletionToken>
  auto mutation(std::string path, value args, CompletionToken&& token) {
    return mutation(std::move(path), std::move(args), http_mutation_options{}, std::forward<CompletionToken>(token));
  }

  /// Runs an action once; it is never sent again. It does not wait for other calls.
  template <class CompletionToken>
  auto action(std::string path, value args, CompletionToken&& token) {
    return boost::asio::async_initiate<CompletionToken, void(result<value>)>(
        [this](auto handler, std::string p, value a) { start_action(std::move(p), std::move(a), std::move(handler)); }, token,
        std::move(path), std::move(args));
  }

  /// Any function, also internal ones; for admins.
  template <class CompletionToken>
  auto function(std::string path, value args, http_function_options options, CompletionToken&& token) {
    return boost::asio::async_initiate<CompletionToken, void(result<value>)>(
        [this](auto handler, std::string p, value a, http_function_options o) {
          start_function(std::move(p), std::move(a), std::move(o), std::move(handler));
        },
        token, std::move(path), std::move(args), std::move(options));
  }
  /// The same for a function of the app itself.
  template <class CompletionToken>
  auto function(std::string path, value args, CompletionToken&& token) {
    return function(std::move(path), std::move(args), http_function_options{}, std::forward<CompletionToken>(token));
  }

 private:
  using value_handler = boost::asio::any_completion_handler<void(result<value>)>;
  void start_query(std::string path, value args, value_handler handler);
  void start_query_at(http_snapshot snapshot, std::string path, value args, value_handler handler);
  void start_consistent_query(std::string path, value args, value_handler handler);
  void start_take_snapshot(boost::asio::any_completion_handler<void(result<http_snapshot>)> handler);
  void start_mutation(std::string path, value args, http_mutation_options options, value_handler handler);
  void start_action(std::string path, value args, value_handler handler);
  void start_function(std::string path, value args, http_function_options options, value_handler handler);
  std::shared_ptr<detail::http_client_core> core_;
};

}  // namespace hull

#ifndef HULL_SEPARATE_COMPILATION
#include <hull/http/http_client.ipp>
#endif
