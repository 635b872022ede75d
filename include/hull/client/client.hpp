// A client of one deployment: live queries, mutations, actions.
//
// Home and threads. A client lives on its home executor: construct it, call it and destroy it there, and every
// callback arrives there. Socket, TLS and JSON work happen on a thread of the library. Home may be an
// io_context that the program runs, a strand, or an executor over a GUI thread. It must run one thing at a time and
// in order. An open client counts as work: io_context::run() goes on until the client is closed.
#pragma once

#include <hull/client/connection_state.hpp>
#include <hull/client/options.hpp>
#include <hull/client/paginated_watch.hpp>
#include <hull/client/subscription.hpp>
#include <hull/client/watch.hpp>
#include <hull/config.hpp>
#include <hull/error.hpp>
#include <hull/sync/identity.hpp>
#include <hull/sync/local_store.hpp>
#include <hull/sync/query_state.hpp>
#include <hull/sync/token_claims.hpp>
#include <hull/value/value.hpp>

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace hull {

namespace detail {
class client_core;
}

/// What a token source is asked.
struct token_request {
  bool force_refresh = false;  ///< A token from a cache will not do: it was refused, or ends soon.
};
/// The answer, from any thread, once: a token, nothing (nobody is signed in), or why it failed (asked again later).
using token_answer = std::function<void(result<std::optional<std::string>>)>;
/// Called on the home executor; must not block.
using token_source = std::function<void(const token_request&, token_answer)>;

struct mutation_options {
  /// Runs on the home executor, inside the call and again whenever a result that it read changes; it must not call
  /// the client.
  optimistic_update optimistic;
};

/// Which queries one commit changed.
struct commit_info {
  std::vector<std::string> changed_tokens;  ///< Canonical query tokens (see query_token).
};

class client {
 public:
  /// `url`: "http://127.0.0.1:3210" or "https://name.convex.cloud". Throws std::invalid_argument for a bad URL
  /// ("Invalid deployment address ..."), and std::runtime_error for an outbox that cannot be used. Connects at once,
  /// in the background.
  client(boost::asio::any_io_executor home, std::string url, client_options options = {});
  client(client&&) noexcept;
  client& operator=(client&&) noexcept;
  client(const client&) = delete;
  client& operator=(const client&) = delete;
  ~client();  ///< As close().

  /// Ends everything: pending calls complete with errc::closed, no callback comes afterwards. Idempotent.
  void close();
  bool is_closed() const noexcept;

  /// A live view of a query. Does nothing until someone subscribes to it; see watch.hpp.
  /// `args` must be an object. Equal path and arguments share one subscription on the server.
  watch watch_query(std::string path, value args = hull::object{});

  /// A live list of a paginated query, loaded page by page. `args` without paginationOpts, which the list sets.
  [[nodiscard]] paginated_watch watch_pages(std::string path, value args = hull::object{}, const pages_options& options = {});
  /// The same, listing nothing before paginated_watch::set_args.
  [[nodiscard]] paginated_watch watch_pages_later(std::string path, const pages_options& options = {});

  /// Calls a mutation. Completes with result<value> once every live query of this client reflects its writes.
  /// Mutations of one client run in the order of the calls. Bad arguments complete at once with errc::bad_argument.
  template <class CompletionToken>
  auto mutation(std::string path, value args, mutation_options options, CompletionToken&& token) {
    return boost::asio::async_initiate<CompletionToken, void(result<value>)>(
        [this](auto handler, std::string p, value a, mutation_options o) {
          start_mutation(std::move(p), std::move(a), std::move(o), std::move(handler));
        },
        token, std::move(path), std::move(args), std::move(options));
  }
  template <class CompletionToken>
  auto mutation(std::string path, value args, CompletionToken&& token) {
    return mutation(std::move(path), std::move(args), mutation_options{}, std::forward<CompletionToken>(token));
  }

  /// Calls an action. Fails with errc::connection_lost when the connection drops while it runs: whether it had an
  /// effect is then unknown, and it is not sent again.
  template <class CompletionToken>
  auto action(std::string path, value args, CompletionToken&& token) {
    return boost::asio::async_initiate<CompletionToken, void(result<value>)>(
        [this](auto handler, std::string p, value a) { start_action(std::move(p), std::move(a), std::move(handler)); },
        token, std::move(path), std::move(args));
  }

  /// One-shot query: the first value or error.
  template <class CompletionToken>
  auto query(std::string path, value args, CompletionToken&& token) {
    return boost::asio::async_initiate<CompletionToken, void(result<value>)>(
        [this](auto handler, std::string p, value a) { start_query(std::move(p), std::move(a), std::move(handler)); },
        token, std::move(path), std::move(args));
  }

  /// Signs a user in. The source is asked for a token now and whenever one is needed; the library renews tokens
  /// before they end and replaces those that the deployment refuses. While the first answer is open nothing is sent,
  /// so that no query runs unauthenticated; a source that fails or hangs stops nothing for longer than
  /// auth_options::fetch_timeout. `on_change` hears what the deployment decided, again for each confirmed token.
  void set_auth(token_source source, std::function<void(bool is_authenticated)> on_change = {});
  /// Signs in with a token that cannot be renewed.
  void set_auth(std::string token);
  /// Authenticates as admin, optionally acting as a user. Empty key: sign out.
  void set_admin_auth(std::string admin_key, std::optional<value> acting_as = {});
  /// Signs out, also of a sign-in under way.
  void clear_auth();
  auth_state auth() const;
  /// What the token in use says of itself; nothing when there is none or it is no JWT.
  std::optional<token_claims> claims() const;
  [[nodiscard]] subscription on_auth_state(std::function<void(const auth_state&)> callback);

  /// Keeps a query live for a while without a watcher, so that a view that opens soon finds its value.
  void prewarm(std::string path, value args, std::chrono::milliseconds time = std::chrono::milliseconds(5000));
  /// Ends a wait for the next try to connect: call it when the network is back.
  void reconnect_now();
  /// True while a mutation is not acknowledged: quitting now may lose it (unless there is an outbox).
  bool has_unacknowledged_mutations() const;

  connection_state state() const;
  [[nodiscard]] subscription on_connection_state(std::function<void(const connection_state&)> callback);
  /// After every commit, when all watches already show it.
  [[nodiscard]] subscription on_commit(std::function<void(const commit_info&)> callback);

 private:
  using call_handler = boost::asio::any_completion_handler<void(result<value>)>;
  void start_mutation(std::string path, value args, mutation_options options, call_handler handler);
  void start_action(std::string path, value args, call_handler handler);
  void start_query(std::string path, value args, call_handler handler);
  std::shared_ptr<detail::client_core> core_;
};

}  // namespace hull

#ifndef HULL_SEPARATE_COMPILATION
#include <hull/client/client.ipp>
#endif
