// Bodies of client_core.hpp: calls and their completion.
#pragma once

#include <hull/client/client_core.hpp>

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>

#include <utility>

namespace hull::detail {

HULL_INLINE sync::call_id client_core::register_call(call_handler handler, deadline limit) {
  namespace asio = boost::asio;
  const sync::call_id id = next_call_++;
  if (auto slot = asio::get_associated_cancellation_slot(handler); slot.is_connected()) {
    slot.assign([weak = weak_from_this(), home = home_, id](asio::cancellation_type kind) {
      if (kind == asio::cancellation_type::none) return;
      asio::dispatch(home, [weak, id] {
        if (const auto self = weak.lock()) self->cancel(id);
      });
    });
  }
  // The executor that the handler names must not run out of work before the call is over.
  auto executor = asio::get_associated_executor(handler, home_);
  pending_call call{
      std::move(handler), asio::executor_work_guard<asio::any_completion_executor>(executor), {}, limit && !is_closed_};
  calls_.emplace(id, std::move(call));
  if (limit) apply(sync::input::set_deadline{id, *limit});
  return id;
}

HULL_INLINE void client_core::finish(pending_call call, result<value> outcome) {
  namespace asio = boost::asio;
  // First home, never inside the call or the callback that is running; then wherever the handler wants to be.
  asio::post(home_, [call = std::move(call), outcome = std::move(outcome)]() mutable {
    const asio::any_completion_executor executor = call.work.get_executor();
    asio::dispatch(executor, [handler = std::move(call.handler), outcome = std::move(outcome)]() mutable {
      if (auto slot = asio::get_associated_cancellation_slot(handler); slot.is_connected()) slot.clear();
      std::move(handler)(std::move(outcome));
    });
  });
}

HULL_INLINE void client_core::complete(sync::call_id id, result<value> outcome) {
  if (const auto earlier = restored_.find(id); earlier != restored_.end()) {
    const outbox::entry entry = std::move(earlier->second);
    restored_.erase(earlier);
    if (options_.on_restored) options_.on_restored(entry, outcome);
    return;
  }
  const auto found = calls_.find(id);
  if (found == calls_.end()) return;
  pending_call call = std::move(found->second);
  calls_.erase(found);
  call.watching.reset();
  if (call.has_deadline) apply(sync::input::cancel{id});  // The engine knows it best, but not that a query is over.
  finish(std::move(call), std::move(outcome));
}

HULL_INLINE void client_core::cancel(sync::call_id id) {
  const auto found = calls_.find(id);
  if (found == calls_.end()) return;
  if (found->second.watching)
    complete(id, error{errc::cancelled, "The call was cancelled.", {}, {}});
  else
    apply(sync::input::cancel{id});
}

HULL_INLINE void client_core::mutation(std::string path, value args, optimistic_update update, deadline limit,
                                       call_handler handler) {
  const sync::call_id id = register_call(std::move(handler), limit);
  if (is_closed_) return complete(id, error{errc::closed, "The client was closed.", {}, {}});
  apply(sync::input::mutation{id, std::move(path), std::move(args), std::move(update)});
}

HULL_INLINE void client_core::action(std::string path, value args, deadline limit, call_handler handler) {
  const sync::call_id id = register_call(std::move(handler), limit);
  if (is_closed_) return complete(id, error{errc::closed, "The client was closed.", {}, {}});
  apply(sync::input::action{id, std::move(path), std::move(args)});
}

HULL_INLINE void client_core::query(std::string path, value args, deadline limit, call_handler handler) {
  const sync::call_id id = register_call(std::move(handler), limit);
  if (is_closed_) return complete(id, error{errc::closed, "The client was closed.", {}, {}});
  auto key = sync::query_key::make(path, std::move(args));
  if (key.has_error()) return complete(id, key.error());
  const auto answer = [weak = weak_from_this(), id](const query_state_ptr& state) {
    const auto self = weak.lock();
    if (!self || state->state == query_state::status::loading || state->is_last_known) return;
    if (state->state == query_state::status::error)
      self->complete(id, *state->failure);
    else
      self->complete(id, *state->last_value);
  };
  subscription watching = watch(*key, answer);
  // The optimistic commit of a nested call may have closed the client or answered meanwhile.
  if (const auto found = calls_.find(id); found != calls_.end()) found->second.watching = std::move(watching);
}
}  // namespace hull::detail
