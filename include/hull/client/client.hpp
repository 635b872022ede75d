// A client of one deployment: live queries, mutations, actions.
//
// Home and threads. A client lives on its home executor: construct it, call it and destroy it there, and every
// callback arrives there. Socket, TLS and JSON work happen on a thread of the library. Home may be an
// io_context that the program runs, a strand, or an executor over a GUI thread. It must run one thing at a time and
// in order. An open client counts as work: io_context::run() goes on until the client is closed.
#pragma once

#include <hull/client/connection_state.hpp>
#include <hull/client/inspection.hpp>
#include <hull/client/options.hpp>
#include <hull/client/paginated_watch.hpp>
#include <hull/client/subscription.hpp>
#include <hull/client/watch.hpp>
#include <hull/client/watch_group.hpp>
#include <hull/config.hpp>
#include <hull/error.hpp>
#include <hull/function/reference.hpp>
#include <hull/sync/identity.hpp>
#include <hull/sync/local_store.hpp>
#include <hull/sync/query_state.hpp>
#include <hull/sync/token_claims.hpp>
#include <hull/value/value.hpp>

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

namespace hull {

namespace detail {
class client_core;
}
template <class Result>
class typed_watch;

/// What a token source is asked.
struct token_request {
  bool force_refresh = false;  ///< A token from a cache will not do: it was refused, or ends soon.
};
/// The answer, from any thread, once: a token, nothing (nobody is signed in), or why it failed (asked again later).
using token_answer = std::function<void(result<std::optional<std::string>>)>;
/// Called on the home executor; must not block.
using token_source = std::function<void(const token_request&, token_answer)>;

/// How long a call may take. A call that is not over by then completes with errc::timed_out and is forgotten: its
/// answer is ignored, its optimistic update taken back. If it was sent it may still take effect; the text of the error
/// says so. Without a deadline a call waits as long as it takes, offline too.
struct call_options {
  std::optional<std::chrono::milliseconds> deadline = {};  ///< From the call on.
};

/// What a mutation may be called with. The defaults: no prediction, no deadline.
struct mutation_options {
  /// Runs on the home executor, inside the call and again whenever a result that it read changes; it must not call
  /// the client.
  optimistic_update optimistic = {};
  std::optional<std::chrono::milliseconds> deadline = {};  ///< As in call_options.
};

/// Which queries one commit changed.
struct commit_info {
  std::vector<std::string> changed_tokens;  ///< Canonical query tokens (see query_token).
};

/// A live connection to one deployment: queries that stay current, mutations, actions, and who is signed in.
///
/// Construct, use and destroy it on its home executor; all callbacks and completions arrive there, or on the executor
/// that a handler names. The network has a thread of its own. Move-only; a client that was moved from may only be
/// destroyed or assigned to.
class client {
 public:
  /// `url`: "http://127.0.0.1:3210" or "https://name.convex.cloud". Throws std::invalid_argument for a bad URL
  /// ("Invalid deployment address ..."), and std::runtime_error for an outbox that cannot be used. Connects at once,
  /// in the background.
  client(boost::asio::any_io_executor home, std::string url, client_options options = {});
  /// Watches, subscriptions and pending calls go on with the client that it was moved to.
  client(client&&) noexcept;
  /// The client that was here ends as by its destructor.
  client& operator=(client&&) noexcept;
  client(const client&) = delete;
  client& operator=(const client&) = delete;
  ~client();  ///< As close().

  /// Ends everything: pending calls complete with errc::closed, no callback comes afterwards. Idempotent.
  void close();
  /// True after close(): calls then complete with errc::closed.
  bool is_closed() const noexcept;

  /// A live view of a query. Does nothing until someone subscribes to it; see watch.hpp.
  /// `args` must be an object. Equal path and arguments share one subscription on the server.
  watch watch_query(std::string path, value args = hull::object{});

  /// A live list of a paginated query, loaded page by page. `args` without paginationOpts, which the list sets.
  [[nodiscard]] paginated_watch watch_pages(std::string path, value args = hull::object{},
                                            const pages_options& options = {});
  /// The same, listing nothing before paginated_watch::set_args.
  [[nodiscard]] paginated_watch watch_pages_later(std::string path, const pages_options& options = {});

  /// Several live queries under names of one's own; see watch_group.hpp.
  [[nodiscard]] watch_group watch_queries(group_queries queries = {});
  /// The queries of a group of another client go on at this one; until it knows them they show what the other one
  /// knew. Between clients of one deployment, pages keep the place where they end. Calls nobody about it.
  void take_over(watch_group& group);

  /// All calls can be cancelled through the cancellation slot of their handler, with any type of cancellation: they
  /// complete with errc::cancelled and are forgotten, as described at call_options.

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
  /// The same without an optimistic update and without a deadline.
  template <class CompletionToken>
  auto mutation(std::string path, value args, CompletionToken&& token) {
    return mutation(std::move(path), std::move(args), mutation_options{}, std::forward<CompletionToken>(token));
  }

  /// Calls an action. Fails with errc::connection_lost when the connection drops while it runs: whether it had an
  /// effect is then unknown, and it is not sent again.
  template <class CompletionToken>
  auto action(std::string path, value args, call_options options, CompletionToken&& token) {
    return boost::asio::async_initiate<CompletionToken, void(result<value>)>(
        [this](auto handler, std::string p, value a, call_options o) {
          start_action(std::move(p), std::move(a), o, std::move(handler));
        },
        token, std::move(path), std::move(args), options);
  }
  /// The same without a deadline.
  template <class CompletionToken>
  auto action(std::string path, value args, CompletionToken&& token) {
    return action(std::move(path), std::move(args), call_options{}, std::forward<CompletionToken>(token));
  }

  /// One-shot query: the first value or error. What this client shows of the query already is taken at once, also when
  /// it is stale or optimistic, but for what a result_store remembered; else the query is live until the first answer,
  /// which offline is as long as it takes.
  template <class CompletionToken>
  auto query(std::string path, value args, call_options options, CompletionToken&& token) {
    return boost::asio::async_initiate<CompletionToken, void(result<value>)>(
        [this](auto handler, std::string p, value a, call_options o) {
          start_query(std::move(p), std::move(a), o, std::move(handler));
        },
        token, std::move(path), std::move(args), options);
  }
  /// The same without a deadline.
  template <class CompletionToken>
  auto query(std::string path, value args, CompletionToken&& token) {
    return query(std::move(path), std::move(args), call_options{}, std::forward<CompletionToken>(token));
  }

  /// A live query with C++ types; like the calls below, include <hull/client/typed.hpp>. Arguments that cannot be
  /// converted show as an error with errc::bad_argument, results that do not fit as one with errc::bad_value.
  template <class Args, class Result>
  typed_watch<Result> watch_query(const query_ref<Args, Result>& query, const std::type_identity_t<Args>& args);
  /// As query(path, args, token), completing with result<Result>. Arguments that cannot be converted complete with
  /// errc::bad_argument, a result that does not fit with errc::bad_value.
  template <class Args, class Result, class CompletionToken>
  auto query(const query_ref<Args, Result>& query, const std::type_identity_t<Args>& args, CompletionToken&& token);
  /// As mutation(path, args, options, token), completing with result<Result>; errors of conversion as with query. A
  /// result that does not fit is an error although the mutation was committed.
  template <class Args, class Result, class CompletionToken>
  auto mutation(const mutation_ref<Args, Result>& mutation, const std::type_identity_t<Args>& args,
                mutation_options options, CompletionToken&& token);
  /// The same without an optimistic update and without a deadline.
  template <class Args, class Result, class CompletionToken>
  auto mutation(const mutation_ref<Args, Result>& mutation, const std::type_identity_t<Args>& args,
                CompletionToken&& token);
  /// As action(path, args, token), completing with result<Result>; errors of conversion as with query.
  template <class Args, class Result, class CompletionToken>
  auto action(const action_ref<Args, Result>& action, const std::type_identity_t<Args>& args, CompletionToken&& token);

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
  /// Where signing in stands now.
  auth_state auth() const;
  /// What the token in use says of itself; nothing when there is none or it is no JWT.
  std::optional<token_claims> claims() const;
  /// Calls back when what auth() returns has changed, on the home executor.
  [[nodiscard]] subscription on_auth_state(std::function<void(const auth_state&)> callback);

  /// Keeps a query live for a while without a watcher, so that a view that opens soon finds its value.
  void prewarm(std::string path, value args, std::chrono::milliseconds time = std::chrono::milliseconds(5000));
  /// Ends a wait for the next try to connect: call it when the network is back.
  void reconnect_now();
  /// True while a mutation is not acknowledged: quitting now may lose it (unless there is an outbox).
  bool has_unacknowledged_mutations() const;

  /// Where the client stands with its deployment now: for an indicator, or to say why nothing comes.
  connection_state state() const;
  /// Calls back when the state of the connection has changed, on the home executor.
  [[nodiscard]] subscription on_connection_state(std::function<void(const connection_state&)> callback);
  /// After every commit, when all watches already show it.
  [[nodiscard]] subscription on_commit(std::function<void(const commit_info&)> callback);

  /// A look at everything: live queries, calls under way, layers. Costs as much as there is to see, and nothing before;
  /// without a history also one walk through each value, to measure it.
  inspection inspect() const;
  /// From now on `inspect` tells when queries changed, and of the last `calls` calls what became of them. 0, which is
  /// how a client begins: it remembers nothing.
  void keep_history(std::size_t calls);

 private:
  using call_handler = boost::asio::any_completion_handler<void(result<value>)>;
  void start_mutation(std::string path, value args, mutation_options options, call_handler handler);
  void start_action(std::string path, value args, call_options options, call_handler handler);
  void start_query(std::string path, value args, call_options options, call_handler handler);
  void refuse_call(error why, call_handler handler);
  watch refused_watch(std::string path, error why);
  std::shared_ptr<detail::client_core> core_;
};

}  // namespace hull

#ifndef HULL_SEPARATE_COMPILATION
#include <hull/client/client.ipp>
#endif
