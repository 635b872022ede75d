// Bodies of client_core.hpp: tokens, and what outlives a process.
#pragma once

#include <hull/client/client.hpp>
#include <hull/client/client_core.hpp>

#include <exception>
#include <utility>

namespace hull::detail {

// ---- tokens

HULL_INLINE void client_core::set_auth(sync::credentials auth) {
  token_source_ = nullptr;
  apply(sync::input::set_auth{std::move(auth)});
}

HULL_INLINE void client_core::set_token_source(token_source_function source, std::function<void(bool)> on_change) {
  if (is_closed_) return;
  token_source_ = std::move(source);
  on_auth_decided_ = std::move(on_change);
  apply(sync::input::set_token_source{});
}

HULL_INLINE void client_core::ask_token_source(const sync::effect::fetch_token& question) {
  // The answer may come from any thread, after the client is gone, or twice: the inbox and the engine bear all of it.
  const auto answer = [to = inbox_, id = question.fetch](result<std::optional<std::string>> token) {
    to->push(sync::input_event(sync::input::token_fetched{id, std::move(token)}));
  };
  const auto fail = [&](const std::string& why) { answer(error{errc::unauthenticated, why, {}, {}}); };
  if (!token_source_) return fail("there is no token source");
  const token_source_function ask = token_source_;  // It may replace itself while it runs.
  try {
    ask(token_request{question.force_refresh}, answer);
  } catch (const std::exception& e) {
    fail(std::string("the token source threw: ") + e.what());
  } catch (...) {
    fail("the token source threw something that is no std::exception");
  }
}

HULL_INLINE std::optional<token_claims> client_core::claims() const {
  const sync::credentials& who = engine_.current_credentials();
  if (who.type != protocol::token_type::user) return std::nullopt;
  auto claims = read_token_claims(who.token);
  if (claims.has_error()) return std::nullopt;
  return std::move(*claims);
}

HULL_INLINE subscription client_core::on_auth(std::function<void(const auth_state&)> callback) {
  if (is_closed_) return {};
  auto entry = auth_callbacks_.add(std::move(callback));
  return subscription([weak = weak_from_this(), entry] {
    entry->is_active = false;
    if (const auto self = weak.lock()) self->auth_callbacks_.remove(entry);
  });
}

// ---- queries without watchers

HULL_INLINE void client_core::prewarm(std::string_view path, value args, std::chrono::milliseconds time) {
  auto key = sync::query_key::make(path, std::move(args));
  if (key.has_error()) return log(log_level::error, "Cannot prewarm a query: " + key.error().message);
  apply(sync::input::subscribe{*key});
  apply(sync::input::unsubscribe{*key, time});
}

// ---- what an earlier process left

HULL_INLINE void client_core::restore_calls() {
  for (const outbox::entry& lost : left_.expired) {
    log(log_level::error, "A mutation of an earlier run is too old to be sent safely: " + lost.path);
    if (options_.on_restored)
      boost::asio::post(home_, [weak = weak_from_this(), lost] {
        const auto self = weak.lock();
        if (self && !self->is_closed_)
          self->options_.on_restored(
              lost, error{errc::timed_out, "The mutation is older than the deployment's memory.", {}, {}});
      });
  }
  if (left_.entries.empty()) return;
  sync::input::restore again;
  for (outbox::entry& entry : left_.entries) {
    const sync::call_id call = next_call_++;
    optimistic_update update;
    try {
      if (options_.restored_update) update = options_.restored_update(entry.path, entry.args);
    } catch (const std::exception& e) {
      // A mutation that cannot be predicted must not keep the program from starting.
      log(log_level::error, "restored_update threw for " + entry.path + ": " + e.what());
    }
    again.mutations.push_back({entry.request, call, entry.path, entry.args, std::move(update)});
    restored_.emplace(call, std::move(entry));
  }
  left_.entries.clear();
  apply(std::move(again));
}

HULL_INLINE void client_core::keep_result(const sync::commit::change& change) {
  const query_state& state = *change.state;
  if (state.state == query_state::status::ready && !state.is_optimistic && !state.is_stale && state.last_value)
    driver_->save(std::string(change.query.token()), *state.last_value);
}

}  // namespace hull::detail
