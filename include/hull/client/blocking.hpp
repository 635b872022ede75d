// A client for simple programs: calls that wait for their result.
//
//   hull::blocking_client client("http://127.0.0.1:3210");
//   const auto count = client.query("messages:count", hull::object{}, std::chrono::seconds(5));
//   if (count.has_error()) std::cerr << count.error().message << '\n';
#pragma once

#include <hull/client/client.hpp>
#include <hull/client/typed_result.hpp>
#include <hull/config.hpp>
#include <hull/error.hpp>
#include <hull/function/reference.hpp>
#include <hull/value/value.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

namespace hull {

namespace detail {
class blocking_core;
}

/// How long a call may take; nothing waits for ever, also while there is no connection.
using time_limit = std::optional<std::chrono::milliseconds>;

/// Owns a client and the thread on which it lives. Every member may be called from any thread, also at the same time.
///
/// Callbacks (token sources, predicates, optimistic updates, the log) run on that thread and must not wait for this
/// client: a call from one of them fails at once with errc::bad_argument. Further errors of the calls: those of the
/// same calls of hull::client, errc::timed_out when the limit passed, and errc::closed.
class blocking_client {
 public:
  /// As hull::client: throws std::invalid_argument for a bad address. Does not wait for the connection.
  explicit blocking_client(std::string url, client_options options = {});
  blocking_client(const blocking_client&) = delete;
  blocking_client& operator=(const blocking_client&) = delete;
  /// As close(), and waits for a callback that is running; inside a callback it waits for nothing.
  ~blocking_client();

  /// Ends everything: calls that wait in other threads return errc::closed, and so do later ones. Idempotent.
  void close();

  /// The result of a query, asked once.
  result<value> query(std::string path, value args = object{}, time_limit limit = {});
  /// Returns once the deployment has committed the mutation and this client's queries show it. After errc::timed_out a
  /// mutation that was sent already may still take effect.
  result<value> mutation(std::string path, value args = object{}, time_limit limit = {});
  /// The same with an optimistic update, which runs on the client's thread, or a deadline. The shorter of `limit` and
  /// the deadline ends the wait.
  result<value> mutation(std::string path, value args, mutation_options options, time_limit limit = {});
  /// Runs an action and returns what it returned. errc::connection_lost: the connection dropped meanwhile, and whether
  /// it had an effect is unknown.
  result<value> action(std::string path, value args = object{}, time_limit limit = {});

  /// Follows a query until a value of it satisfies the predicate, and returns that value; an error of the query ends
  /// the wait, too. What the predicate throws comes out here.
  result<value> wait_for(std::string path, value args, std::function<bool(const value&)> predicate,
                         time_limit limit = {});

  /// A query with C++ types. Arguments that cannot be converted are errc::bad_argument, a result that does not fit is
  /// errc::bad_value; so also in the calls below.
  template <class Args, class Result>
  result<Result> query(const query_ref<Args, Result>& query, const std::type_identity_t<Args>& args,
                       time_limit limit = {});
  /// A mutation with C++ types. errc::bad_value comes after the commit: the mutation took effect, its result does not
  /// fit.
  template <class Args, class Result>
  result<Result> mutation(const mutation_ref<Args, Result>& mutation, const std::type_identity_t<Args>& args,
                          time_limit limit = {});
  /// The same with options; an optimistic update runs on the client's thread.
  template <class Args, class Result>
  result<Result> mutation(const mutation_ref<Args, Result>& mutation, const std::type_identity_t<Args>& args,
                          mutation_options options, time_limit limit = {});
  /// An action with C++ types.
  template <class Args, class Result>
  result<Result> action(const action_ref<Args, Result>& action, const std::type_identity_t<Args>& args,
                        time_limit limit = {});
  /// A value that does not fit its type ends the wait with errc::bad_value.
  template <class Args, class Result>
  result<Result> wait_for(const query_ref<Args, Result>& query, const std::type_identity_t<Args>& args,
                          std::type_identity_t<std::function<bool(const Result&)>> predicate, time_limit limit = {});

  /// As client::set_auth; both callbacks run on the client's thread. Like the four below it does not wait, and calls
  /// that follow from the same thread come after it.
  void set_auth(token_source source, std::function<void(bool is_authenticated)> on_change = {});
  /// Signs in with a token that cannot be renewed.
  void set_auth(std::string token);
  /// As client::set_admin_auth: as admin, optionally acting as a user. Empty key: sign out.
  void set_admin_auth(std::string admin_key, std::optional<value> acting_as = {});
  /// Signs out, also of a sign-in under way.
  void clear_auth();
  /// Ends a wait for the next try to connect: call it when the network is back.
  void reconnect_now();

  /// As client::state, waiting for the client's thread to have a moment; errors as for calls.
  result<connection_state> state();

 private:
  template <class Result, class Args, class Call>
  static result<Result> typed(std::string_view path, const Args& args, const Call& call) {
    auto written = detail::arguments_of(path, args);
    if (written.has_error()) return written.error();
    return detail::typed_result<Result>(path, call(std::string(path), std::move(*written)));
  }
  std::shared_ptr<detail::blocking_core> core_;
};

template <class Args, class Result>
result<Result> blocking_client::query(const query_ref<Args, Result>& query, const std::type_identity_t<Args>& args,
                                      time_limit limit) {
  return typed<Result>(query.path(), args,
                       [&](std::string path, value a) { return this->query(std::move(path), std::move(a), limit); });
}

template <class Args, class Result>
result<Result> blocking_client::mutation(const mutation_ref<Args, Result>& mutation,
                                         const std::type_identity_t<Args>& args, mutation_options options,
                                         time_limit limit) {
  return typed<Result>(mutation.path(), args, [&](std::string path, value a) {
    return this->mutation(std::move(path), std::move(a), std::move(options), limit);
  });
}

template <class Args, class Result>
result<Result> blocking_client::mutation(const mutation_ref<Args, Result>& mutation,
                                         const std::type_identity_t<Args>& args, time_limit limit) {
  return this->mutation(mutation, args, mutation_options{}, limit);
}

template <class Args, class Result>
result<Result> blocking_client::action(const action_ref<Args, Result>& action, const std::type_identity_t<Args>& args,
                                       time_limit limit) {
  return typed<Result>(action.path(), args,
                       [&](std::string path, value a) { return this->action(std::move(path), std::move(a), limit); });
}

template <class Args, class Result>
result<Result> blocking_client::wait_for(const query_ref<Args, Result>& query, const std::type_identity_t<Args>& args,
                                         std::type_identity_t<std::function<bool(const Result&)>> predicate,
                                         time_limit limit) {
  return typed<Result>(query.path(), args, [&](std::string path, value a) {
    // What does not fit ends the wait; typed() says why.
    const auto fits = [predicate = std::move(predicate)](const value& v) {
      const auto read = from_value<Result>(v);
      return read.has_error() || predicate(*read);
    };
    return this->wait_for(std::move(path), std::move(a), fits, limit);
  });
}

}  // namespace hull

#ifndef HULL_SEPARATE_COMPILATION
#include <hull/client/blocking.ipp>
#endif
