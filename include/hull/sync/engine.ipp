// Bodies of engine.hpp: what callers and the clock do. What the server says is in engine_receive.ipp.
#pragma once

#include <hull/function/path.hpp>
#include <hull/sync/check_args.hpp>
#include <hull/sync/engine.hpp>
#include <hull/sync/planted_bug.hpp>

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

namespace hull::sync {

HULL_INLINE engine::engine(engine_options options)
    : options_(std::move(options)),
      query_set_(table_),
      requests_(options_.max_mutations_on_wire, options_.first_request_id),
      optimistic_(table_, changes_),
      identity_(options_.auth),
      link_(options_.backoff, options_.inactivity_timeout) {}

HULL_INLINE effects engine::apply(input_event in, moment now, double jitter) {
  step s{now, jitter, {}, false};
  std::visit([&](auto&& event) { on(std::move(event), s); }, std::move(in));
  settle_link(s);
  arm(s);
  publish_state(s);
  return std::move(s.out);
}

HULL_INLINE query_state_ptr engine::state(std::string_view token) const {
  const query_record* record = table_.find(token);
  return record == nullptr ? loading_state() : change_set::present(*record, remote_.epoch());
}

HULL_INLINE std::optional<std::optional<std::string>> engine::journal_of(std::string_view token) const {
  const query_record* record = table_.find(token);
  if (record == nullptr || record->references == 0) return std::nullopt;
  return record->last_journal.get();
}

HULL_INLINE watcher_tag engine::watcher(std::string_view token) const {
  const query_record* record = table_.find(token);
  return record == nullptr ? no_watcher : record->watcher;
}

HULL_INLINE connection_state engine::connection(moment now) const {
  connection_state c;
  c.is_connected = link_.is_open();
  c.has_ever_connected = link_.connections() != 0;
  c.connection_count = link_.connections();
  c.connection_retries = link_.retries();
  c.inflight_mutations = requests_.open_mutations();
  c.inflight_actions = requests_.open_actions();
  if (link_.state() == link::phase::waiting) c.next_retry_in = link_.wait();
  if (const auto oldest = requests_.oldest_open(now)) c.oldest_request_age = now - *oldest;
  return c;
}

// ---- callers

HULL_INLINE void engine::on(input::start&&, step& s) {
  if (link_.state() == link::phase::idle) connect(s);
}

HULL_INLINE void engine::on(input::restore&& in, step& s) {
  for (input::restore::entry& entry : in.mutations) {
    if (entry.optimistic)
      if (auto added = optimistic_.add(entry.request, std::move(entry.optimistic)); added.has_error())
        log(log_level::error, "A restored mutation goes on without its optimistic update: " + added.error().message, s);
    requests_.add(entry.request,
                  request{call_kind::mutation, entry.call, std::move(entry.path), std::move(entry.args), s.now});
  }
  commit_changes(false, s);
}

HULL_INLINE void engine::on(input::subscribe&& in, step& s) {
  query_record& record = table_.obtain(in.query);
  if (in.watcher != no_watcher) record.watcher = in.watcher;
  s.holds_queries = in.more_follow;
  if (!query_set_.subscribe(record)) return;
  if (in.journal) record.last_journal.set(*in.journal);
  auto state = std::make_shared<query_state>();
  if (ended_because_) {
    state->state = query_state::status::error;
    state->failure = ended_because_;
    record.confirmed_in = remote_.epoch();
  } else if (in.last_known) {
    state->state = query_state::status::ready;
    state->is_stale = state->is_last_known = true;
    state->last_value = std::move(in.last_known);
  } else {
    return;
  }
  record.remote = std::move(state);
  changes_.touch(record);
  optimistic_.base_changed(record);
  commit_changes(false, s);
}

HULL_INLINE void engine::on(input::unsubscribe&& in, step& s) {
  query_record* record = table_.find(in.query.token());
  if (record == nullptr) return;
  if (record->watcher == in.watcher) record->watcher = no_watcher;
  s.holds_queries = in.more_follow;
  if (in.keep_for.count() > 0 && record->references != 0 && !ended_because_) {
    // Its reference is now held by the clock, also while there are others: they may go sooner.
    kept_.emplace(s.now + in.keep_for, in.query);
  } else {
    release_query(in.query, s);
  }
}

HULL_INLINE void engine::release_query(const query_key& query, step& s) {
  query_record* record = table_.find(query.token());
  if (record == nullptr || !query_set_.unsubscribe(*record)) return;
  record->remote.reset();
  record->confirmed_in = 0;  // A layer may keep the record; what is said of it next is news.
  if (!record->marks || record->marks->writes.empty()) record->shown.reset();  // Nobody is left to tell.
  changes_.touch(*record);
  optimistic_.base_changed(*record);
  commit_changes(false, s);
}

HULL_INLINE bool engine::refuse_call(call_id call, std::string_view path, const value& args, step& s) {
  const auto refuse = [&](error why) {
    deadlines_.forget(call);
    s.out.emplace_back(effect::complete{call, std::move(why)});
    return true;
  };
  if (ended_because_) return refuse(*ended_because_);
  if (auto checked = check_path(path); checked.has_error()) return refuse(checked.error());
  if (auto checked = check_args(args); checked.has_error()) return refuse(checked.error());
  return false;
}

HULL_INLINE void engine::on(input::mutation&& in, step& s) {
  if (refuse_call(in.call, in.path, in.args, s)) return;
  const protocol::request_id id = requests_.allocate();
  if (in.optimistic) {
    if (auto added = optimistic_.add(id, std::move(in.optimistic)); added.has_error()) {
      commit_changes(false, s);
      deadlines_.forget(in.call);
      s.out.emplace_back(effect::complete{in.call, added.error()});
      return;
    }
  }
  if (options_.durable_mutations) s.out.emplace_back(effect::record_mutation{id, in.path, in.args});
  requests_.add(id, request{call_kind::mutation, in.call, std::move(in.path), std::move(in.args), s.now});
  commit_changes(false, s);
}

HULL_INLINE void engine::on(input::action&& in, step& s) {
  if (refuse_call(in.call, in.path, in.args, s)) return;
  requests_.add(requests_.allocate(),
                request{call_kind::action, in.call, std::move(in.path), std::move(in.args), s.now});
}

HULL_INLINE void engine::on(input::cancel&& in, step& s) {
  deadlines_.forget(in.call);
  give_up(in.call, error{errc::cancelled, "The call was cancelled.", {}, {}}, s);
}

HULL_INLINE void engine::on(input::set_deadline&& in, step& s) {
  if (!ended_because_) deadlines_.set(in.call, s.now + in.within);
}

HULL_INLINE void engine::give_up(call_id call, const error& why, step& s) {
  auto given_up = requests_.cancel(call, why);
  if (!given_up) return;
  optimistic_.drop(given_up->request);
  commit_changes(false, s);
  settle(std::move(*given_up), s);
}

HULL_INLINE void engine::on(input::set_auth&& in, step&) { identity_.set(std::move(in.auth)); }

HULL_INLINE void engine::on(input::set_token_source&&, step& s) {
  if (!ended_because_) identity_.set_source(s.now);
}

HULL_INLINE void engine::on(input::token_fetched&& in, step& s) {
  identity_.fetched(in.fetch, std::move(in.token), s.now);
}

HULL_INLINE void engine::on(input::network_online&&, step& s) {
  if (link_.state() != link::phase::waiting) return;
  const moment retry_at = link_.deadline().value_or(s.now);
  time_saved_ms_ = static_cast<double>(std::max(retry_at - s.now, moment(0)).count());
  connect(s);
}

HULL_INLINE void engine::on(input::close&&, step& s) {
  end(error{errc::closed, "The client was closed.", {}, {}}, false, s);
}

// ---- the socket and the clock

HULL_INLINE void engine::on(input::socket_opened&& in, step& s) {
  if (!link_.is_current(in.socket) || link_.is_open()) return;
  protocol::connect hello;
  hello.session_id = options_.session_id;
  hello.connection_count = link_.connections();
  hello.last_close_reason = link_.last_close_reason();
  hello.client_ts = in.wall_clock_ms;
  if constexpr (detail::planted == detail::fault_planted::session_not_kept)
    hello.session_id.back() = static_cast<char>('0' + link_.connections() % 10);
  greeting_ = std::move(hello);
  if (in.wall_clock_ms)
    wall_clock_offset_ms_ = static_cast<double>(*in.wall_clock_ms) - static_cast<double>(s.now.count());
  if (link_.connections() != 0) log(log_level::info, "WebSocket reconnected", s);
  link_.opened(s.now);
  identity_.before_greeting(s.now);
}

HULL_INLINE void engine::on(input::socket_garbage&& in, step& s) {
  if (!link_.is_current(in.socket)) return;
  log(log_level::error, "The deployment sent something that is no message: " + in.why, s);
  drop_socket("InvalidServerMessage", s);
}

HULL_INLINE void engine::on(input::socket_closed&& in, step& s) {
  if (!link_.is_current(in.socket)) return;
  constexpr std::array<std::uint16_t, 4> quiet = {1000, 1001, 1005, 4040};
  const bool is_quiet = std::find(quiet.begin(), quiet.end(), in.code) != quiet.end();
  std::string line = "WebSocket closed with code " + std::to_string(in.code);
  if (!in.reason.empty()) line += ": " + in.reason;
  if (!in.detail.empty()) line += " (" + in.detail + ")";
  log(is_quiet ? log_level::debug : log_level::warning, std::move(line), s);
  const close_category category = classify_close(in.reason);
  std::string reason = in.reason.empty() ? "closed with code " + std::to_string(in.code) : std::move(in.reason);
  socket_lost(std::move(reason), category, s);
}

HULL_INLINE void engine::on(input::send_failed&& in, step& s) {
  if (link_.is_current(in.socket)) drop_socket("FailedToSendMessage", s);
}

HULL_INLINE void engine::on(input::timer&&, step& s) {
  armed_.reset();
  if (link_.has_ended()) return;
  identity_.timer(s.now);
  for (const call_id call : deadlines_.take_due(s.now)) {
    const std::optional<protocol::request_id> request = requests_.find_call(call);
    const bool is_unsent = request && requests_.find(*request)->state == request::phase::waiting;
    const error why{errc::timed_out,
                    is_unsent ? "The deadline of the call passed before it could be sent; it has no effect."
                              : "The deadline of the call passed. What was sent may still take effect.",
                    {},
                    {}};
    if (request)
      give_up(call, why, s);
    else
      s.out.emplace_back(effect::complete{call, why});
  }
  while (!kept_.empty() && kept_.begin()->first <= s.now) {
    const query_key query = kept_.begin()->second;
    kept_.erase(kept_.begin());
    release_query(query, s);
  }
  const std::optional<moment> due = link_.deadline();
  if (!due || s.now < *due) return;
  if (link_.state() == link::phase::waiting) {
    connect(s);
  } else {
    log(log_level::warning, "No message from the deployment for too long; connecting again", s);
    drop_socket("InactiveServer", s);
  }
}

HULL_INLINE void engine::connect(step& s) { s.out.emplace_back(effect::open_socket{link_.connect(s.now)}); }

HULL_INLINE void engine::drop_socket(std::string reason, step& s) {
  s.out.emplace_back(effect::close_socket{link_.socket()});
  socket_lost(std::move(reason), close_category::own, s);
}

HULL_INLINE void engine::socket_lost(std::string reason, close_category category, step& s) {
  link_.lost(std::move(reason), category, s.now, s.jitter);
  forget_socket(s);
}

HULL_INLINE void engine::forget_socket(step& s) {
  greeting_.reset();
  remote_.socket_lost();
  query_set_.socket_lost();
  complete(requests_.socket_lost(), s);
}

HULL_INLINE void engine::end(const error& why, bool tell_watchers, step& s) {
  if (link_.has_ended()) return;
  if (link_.has_socket()) s.out.emplace_back(effect::close_socket{link_.socket()});
  link_.end();
  identity_.set({});
  kept_.clear();
  deadlines_.clear();
  ended_because_ = why;
  std::vector<settled_call> done = requests_.fail_all(why);
  for (const settled_call& call : done) optimistic_.drop(call.request);
  if (tell_watchers) {
    for (query_record* record : table_.subscribed()) {
      auto state = std::make_shared<query_state>();
      state->state = query_state::status::error;
      if (record->remote) state->last_value = record->remote->last_value;
      state->failure = why;
      record->remote = std::move(state);
      record->confirmed_in = remote_.epoch();
      changes_.touch(*record);
    }
    commit_changes(false, s);
  }
  complete(std::move(done), s);
}

// ---- what every step shares

HULL_INLINE void engine::send(protocol::client_message m, step& s) {
  s.out.emplace_back(effect::send{link_.socket(), std::move(m)});
}

HULL_INLINE void engine::settle_link(step& s) {
  take_identity_effects(s);
  if (link_.has_ended() || link_.state() == link::phase::idle) return;
  const identity::gate gate = identity_.link_gate();
  if (gate == identity::gate::closed) {
    if (link_.state() == link::phase::held) return;
    if (link_.has_socket()) s.out.emplace_back(effect::close_socket{link_.socket()});
    link_.hold();
    forget_socket(s);
    return;
  }
  if (link_.state() == link::phase::held) connect(s);
  if (!link_.is_open() || gate == identity::gate::silent) return;
  if (greeting_) return greet(s);
  if (auto m = identity_.take_message()) send(std::move(*m), s);
  auto calls = requests_.take_sendable();
  // A call must not overtake the query whose change it is to show.
  if (!s.holds_queries || !calls.empty())
    if (auto m = query_set_.take_message()) send(std::move(*m), s);
  for (auto& m : calls) send(std::move(m), s);
}

HULL_INLINE void engine::greet(step& s) {
  remote_.socket_opened();
  requests_.socket_opened();
  greeting_->max_observed_timestamp = max_observed_;
  send(std::move(*greeting_), s);
  greeting_.reset();
  if (auto m = identity_.restart()) send(std::move(*m), s);
  send(query_set_.restart(), s);
  for (auto& m : requests_.take_sendable()) send(std::move(m), s);
  if (const auto saved = std::exchange(time_saved_ms_, std::nullopt))
    send(protocol::event{"NetworkRecoveryReconnect", value::make_object({{"timeSavedMs", *saved}})}, s);
}

HULL_INLINE void engine::take_identity_effects(step& s) {
  for (identity_effect& e : identity_.take_effects()) {
    if (auto* line = std::get_if<identity_log>(&e))
      log(line->level, std::move(line->text), s);
    else if (auto* fetch = std::get_if<effect::fetch_token>(&e))
      s.out.emplace_back(*fetch);
    else
      s.out.emplace_back(std::get<effect::auth_decided>(e));
  }
}

HULL_INLINE void engine::commit_changes(bool also_empty, step& s) {
  for (std::string& line : optimistic_.settle()) log(log_level::error, std::move(line), s);
  commit batch = changes_.take(table_, remote_.epoch());
  if (history_) history_->committed(batch, s.now);
  if (also_empty || !batch.changed.empty()) s.out.emplace_back(effect::commit{std::move(batch)});
}

HULL_INLINE void engine::settle(settled_call done, step& s) {
  deadlines_.forget(done.call);
  if (history_) history_->finished(done, s.now);
  if (options_.durable_mutations && done.kind == call_kind::mutation && !ended_because_)
    s.out.emplace_back(effect::forget_mutation{done.request});
  s.out.emplace_back(effect::complete{done.call, std::move(done.outcome)});
}

HULL_INLINE void engine::complete(std::vector<settled_call> done, step& s) {
  for (settled_call& call : done) settle(std::move(call), s);
}

HULL_INLINE void engine::observe(std::optional<protocol::timestamp> ts) {
  if (ts) max_observed_ = std::max(max_observed_.value_or(0), *ts);
}

HULL_INLINE void engine::log(log_level level, std::string text, step& s) {
  s.out.emplace_back(effect::log{level, std::move(text)});
}

HULL_INLINE void engine::arm(step& s) {
  if (link_.has_ended()) return;
  std::optional<moment> due = link_.deadline();
  const auto consider = [&](std::optional<moment> m) {
    if (m) due = due ? std::min(*due, *m) : *m;
  };
  consider(identity_.deadline());
  consider(deadlines_.next());
  if (!kept_.empty()) consider(kept_.begin()->first);
  // A deadline that moved away needs no new timer: the old one finds nothing due and this arms the next.
  if (!due || (armed_ && *armed_ <= *due)) return;
  armed_ = due;
  s.out.emplace_back(effect::arm_timer{*due});
}

HULL_INLINE void engine::publish_state(step& s) {
  connection_state now = connection(s.now);
  if (!(now == published_)) {
    published_ = now;
    s.out.emplace_back(effect::connection_changed{std::move(now)});
  }
  if (const auth_state auth = identity_.state(); auth != published_auth_) {
    published_auth_ = auth;
    s.out.emplace_back(effect::auth_changed{auth});
  }
}

}  // namespace hull::sync

#include <hull/sync/engine_inspect.ipp>
#include <hull/sync/engine_receive.ipp>
