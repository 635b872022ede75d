// Calls with C++ types: the members of hull::client that take a query_ref, mutation_ref or action_ref.
//
//   struct list_args { std::string channel; };
//   BOOST_DESCRIBE_STRUCT(list_args, (), (channel))
//   struct message { std::string author; std::string body; };
//   BOOST_DESCRIBE_STRUCT(message, (), (author, body))
//   constexpr hull::query_ref<list_args, std::vector<message>> list_messages{"messages:list"};
//
//   auto messages = client.watch_query(list_messages, {.channel = "general"});
//   auto s = messages.on_change([](const hull::typed_state_ptr<std::vector<message>>& state) { ... });
#pragma once

#include <hull/client/client.hpp>
#include <hull/client/typed_result.hpp>
#include <hull/client/typed_store.hpp>
#include <hull/client/typed_watch.hpp>
#include <hull/function/reference.hpp>

#include <boost/asio/async_result.hpp>

#include <string>
#include <type_traits>
#include <utility>

namespace hull {

template <class Args, class Result>
typed_watch<Result> client::watch_query(const query_ref<Args, Result>& query, const std::type_identity_t<Args>& args) {
  std::string path(query.path());
  auto converted = detail::arguments_of(path, args);
  if (converted.has_error()) return typed_watch<Result>(refused_watch(std::move(path), converted.error()));
  return typed_watch<Result>(watch_query(std::move(path), std::move(*converted)));
}

template <class Args, class Result, class CompletionToken>
auto client::query(const query_ref<Args, Result>& query, const std::type_identity_t<Args>& args,
                   CompletionToken&& token) {
  return boost::asio::async_initiate<CompletionToken, void(result<Result>)>(
      [this](auto handler, std::string path, result<value> a) {
        detail::result_handler<Result, decltype(handler)> typed{std::move(handler), path};
        if (a.has_error()) return refuse_call(a.error(), std::move(typed));
        start_query(std::move(path), std::move(*a), call_options{}, std::move(typed));
      },
      token, std::string(query.path()), detail::arguments_of(query.path(), args));
}

template <class Args, class Result, class CompletionToken>
auto client::mutation(const mutation_ref<Args, Result>& mutation, const std::type_identity_t<Args>& args,
                      mutation_options options, CompletionToken&& token) {
  return boost::asio::async_initiate<CompletionToken, void(result<Result>)>(
      [this](auto handler, std::string path, result<value> a, mutation_options o) {
        detail::result_handler<Result, decltype(handler)> typed{std::move(handler), path};
        if (a.has_error()) return refuse_call(a.error(), std::move(typed));
        start_mutation(std::move(path), std::move(*a), std::move(o), std::move(typed));
      },
      token, std::string(mutation.path()), detail::arguments_of(mutation.path(), args), std::move(options));
}

template <class Args, class Result, class CompletionToken>
auto client::mutation(const mutation_ref<Args, Result>& mutation, const std::type_identity_t<Args>& args,
                      CompletionToken&& token) {
  return this->mutation(mutation, args, mutation_options{}, std::forward<CompletionToken>(token));
}

template <class Args, class Result, class CompletionToken>
auto client::action(const action_ref<Args, Result>& action, const std::type_identity_t<Args>& args,
                    CompletionToken&& token) {
  return boost::asio::async_initiate<CompletionToken, void(result<Result>)>(
      [this](auto handler, std::string path, result<value> a) {
        detail::result_handler<Result, decltype(handler)> typed{std::move(handler), path};
        if (a.has_error()) return refuse_call(a.error(), std::move(typed));
        start_action(std::move(path), std::move(*a), call_options{}, std::move(typed));
      },
      token, std::string(action.path()), detail::arguments_of(action.path(), args));
}

}  // namespace hull
