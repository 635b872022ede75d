// Bodies of session_host.hpp.
#include "sync/session_host.hpp"

#include "common/busy.hpp"
#include "common/log.hpp"
#include "common/outcome_of.hpp"
#include "common/random.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <utility>
#include <vector>

namespace hull::backend::sync {
namespace {

/// A transition's queries are spread over at most this many jobs.
constexpr std::size_t max_jobs_per_step = 8;
/// So many queries with arguments of so many bytes are looked up on the socket's own thread, which others need, too.
constexpr std::size_t max_looks_per_step = 64;
constexpr std::size_t max_looked_at_bytes = 4096;

serve::fault to_fault(const failure& f) {
  using kind = serve::fault::kind;
  const auto what = [&] {
    switch (f.who) {
      case blame::user:
        return kind::user;
      case blame::unauthenticated:
        return kind::unauthenticated;
      case blame::forbidden:
        return kind::forbidden;
      case blame::not_found:
        return kind::not_found;
      case blame::conflict:
      case blame::overload:
        return kind::overload;
      case blame::server:
        return kind::server;
    }
    return kind::server;
  }();
  return {what, f.code, f.message};
}

std::optional<protocol::call_failure> to_call_failure(const std::optional<functions::function_error>& e) {
  if (!e) return std::nullopt;
  return protocol::call_failure{e->message, e->data};
}

serve::query_result to_result(const functions::query_outcome& o) {
  return {o.value_json, to_call_failure(o.error), o.log_lines, o.journal, o.digest};
}

serve::call_result to_result(const functions::call_outcome& o) {
  return {o.value_json, to_call_failure(o.error), o.log_lines, o.ts};
}

functions::identity to_identity(const serve::caller& who) { return {who.admin, who.attributes, {}}; }

functions::function_call to_function_call(const serve::call& what, const serve::caller& who) {
  functions::function_call call;
  call.path = what.udf_path;
  call.component_path = what.component_path;
  call.args_json = what.args_json;
  call.who = to_identity(who);
  call.allow_internal = who.admin;
  call.caller = functions::callers::socket;
  return call;
}

}  // namespace

session_host::session_host(const services& s, boost::asio::any_io_executor strand, session_socket& socket,
                           const serve::session_options& options, const functions::client_details& client)
    : services_(s),
      strand_(std::move(strand)),
      socket_(&socket),
      machine_(options, now()),
      client_(std::make_shared<const functions::client_details>(client)),
      must_reach_(s.app.db().latest_ts()) {}

serve::moment session_host::now() const {
  return {services_.time.steady_ns() / 1'000'000, services_.time.wall_ns(), services_.app.db().latest_ts()};
}

void session_host::text_frame(std::string_view frame) { carry_out(machine_.text_frame(frame, now())); }
void session_host::binary_frame() { carry_out(machine_.binary_frame(now())); }
void session_host::transition_sent() { carry_out(machine_.transition_sent(now())); }
void session_host::time_passed() { carry_out(machine_.time_passed(now())); }

void session_host::disconnect() {
  socket_ = nullptr;
  watched_.clear();
  pending_.clear();
}

void session_host::carry_out(serve::effects list) {
  pending_.insert(pending_.end(), std::make_move_iterator(list.begin()), std::make_move_iterator(list.end()));
  if (carrying_out_) return;  // an effect was answered at once; the loop below goes on with what follows from it
  carrying_out_ = true;
  try {
    while (socket_ && !pending_.empty()) {
      serve::effect next = std::move(pending_.front());
      pending_.pop_front();
      std::visit([this](auto& e) { handle(e); }, next);
    }
  } catch (const std::exception& e) {
    // The session is not what the machine thinks it is any more; the client begins another one.
    write_log(severity::error, std::string("A session came to an unexpected end: ") + e.what());
    pending_.clear();
    if (socket_) socket_->close(1011, "InternalServerError");
  }
  carrying_out_ = false;
  if (socket_) socket_->session_changed();
}

void session_host::handle(serve::send_text& e) { socket_->send(std::move(e.text), e.ends_transition); }
void session_host::handle(serve::close_socket& e) { socket_->close(e.code, std::move(e.reason)); }

void session_host::handle(serve::check_token& e) {
  const auto& request = e.request;
  if (request.type == protocol::token_type::none)
    return carry_out(machine_.token_accepted(std::make_shared<const serve::caller>(), now()));
  if (request.type == protocol::token_type::user) return check_user_token(request.token);
  auto who = identity_of_admin_key(services_, request.token, request.acting_as);
  if (!who) return carry_out(machine_.token_refused(to_fault(who.error()), now()));
  carry_out(machine_.token_accepted(
      std::make_shared<const serve::caller>(serve::caller{who->admin, std::move(who->attributes)}), now()));
}

void session_host::check_user_token(const std::string& token) {
  // Away from the strand: the signature takes time, and the provider's keys may have to be fetched.
  const bool taken = services_.calls.submit([self = shared_from_this(), token] {
    auto user = outcome_of([&] { return user_of_token(self->services_, token); });
    boost::asio::post(self->strand_, [self, token, user = std::move(user)]() mutable {
      if (!self->socket_) return;
      if (!user) return self->carry_out(self->machine_.token_refused(to_fault(user.error()), self->now()));
      // With the caller, not with the session: calls that were asked for before run for whom they were asked by.
      auto details = std::make_shared<functions::client_details>(*self->client_);
      details->auth_token = token;
      self->carry_out(self->machine_.token_accepted(
          std::make_shared<const serve::caller>(
              serve::caller{false, std::move(user->attributes), user->good_until_ns, std::move(details)}),
          self->now()));
    });
  });
  if (!taken) carry_out(machine_.token_refused(to_fault(busy()), now()));
}

database::timestamp session_host::newest() {
  woken_->store(false);
  const database::timestamp processed = services_.registry.processed_ts();
  return processed < must_reach_ ? services_.app.db().latest_ts() : processed;
}

void session_host::handle(serve::take_snapshot&) {
  // First the time, then the look: a commit that has not begun by then is later.
  const database::timestamp ts = safe_ts_ ? *safe_ts_ : newest();
  if (!safe_ts_ && committing_->load())
    snapshot_waits_ = true;
  else
    begin_step(ts);
}

void session_host::begin_step(database::timestamp ts) {
  // What the registry has not invalidated holds up to `processed`; a newer snapshot takes a look at the log itself.
  const database::timestamp processed = services_.registry.processed_ts();
  std::vector<serve::query_id> stale;
  for (const auto& [id, w] : watched_)
    if (w.token.invalidated() || (ts > processed && !services_.app.db().unchanged(*w.reads, processed, ts)))
      stale.push_back(id);
  for (const serve::query_id id : stale) watched_.erase(id);
  must_reach_ = step_ts_ = ts;
  carry_out(machine_.snapshot(ts, stale, now()));
}

void session_host::handle(serve::run_queries& e) {
  // When many sessions watch the same, one of them runs it; the others have its result without another thread.
  const auto all = std::make_shared<const serve::run_queries>(std::move(e));
  std::vector<finished_run> known;
  std::vector<std::size_t> rest;
  for (std::size_t i = 0; i < all->queries.size(); ++i) {
    const auto& q = all->queries[i];
    if (i >= max_looks_per_step || q.what->args_json.size() > max_looked_at_bytes) {
      rest.push_back(i);
      continue;
    }
    auto seen = services_.app.look_for_query(
        call_of(*all, i), all->ts, [self = shared_from_this(), all, i](auto result) mutable {
          boost::asio::post(self->strand_, [self, all, i, result = std::move(result)]() mutable {
            if (result && !*result) return self->run_apart(all, {i});
            self->queries_finished(all->step, {{all->queries[i].id, std::move(result)}});
          });
        });
    if (seen.result)
      known.push_back({q.id, std::move(seen.result)});
    else if (!seen.under_way)
      rest.push_back(i);
  }
  run_apart(all, rest);
  if (!known.empty()) queries_finished_soon(all->step, std::move(known));
}

functions::function_call session_host::call_of(const serve::run_queries& all, std::size_t which) const {
  const auto& q = all.queries[which];
  auto call = to_function_call(*q.what, *all.who);
  call.request_id = random_hex(services_.random, 8);
  call.journal = q.journal;
  return call;
}

void session_host::run_apart(const std::shared_ptr<const serve::run_queries>& all,
                             const std::vector<std::size_t>& which) {
  const std::size_t jobs = std::min(max_jobs_per_step, which.size());
  for (std::size_t j = 0; j < jobs; ++j) {
    const std::vector<std::size_t> mine(which.begin() + static_cast<std::ptrdiff_t>(which.size() * j / jobs),
                                        which.begin() + static_cast<std::ptrdiff_t>(which.size() * (j + 1) / jobs));
    const bool taken = services_.calls.submit([self = shared_from_this(), all, mine] {
      std::vector<finished_run> runs;
      runs.reserve(mine.size());
      for (const std::size_t i : mine)
        runs.push_back({all->queries[i].id,
                        outcome_of([&] { return self->services_.app.query(self->call_of(*all, i), all->ts); })});
      self->queries_finished_soon(all->step, std::move(runs));
    });
    if (!taken) queries_finished_soon(all->step, {{all->queries[mine.front()].id, busy()}});
  }
}

void session_host::queries_finished_soon(std::uint64_t step, std::vector<finished_run> runs) {
  boost::asio::post(strand_, [self = shared_from_this(), step, runs = std::move(runs)]() mutable {
    self->queries_finished(step, std::move(runs));
  });
}

void session_host::queries_finished(std::uint64_t step, std::vector<finished_run> runs) {
  for (auto& run : runs) {
    if (!socket_) return;
    if (!run.result) {
      if (run.result.error().who == blame::server)
        write_log(severity::error, "A query could not be run: " + run.result.error().message);
      carry_out(machine_.query_failed(step, run.id, to_fault(run.result.error()), now()));
      continue;
    }
    just_ran_ = std::move(*run.result);
    carry_out(machine_.query_finished(step, run.id, to_result(*just_ran_), now()));
  }
  just_ran_.reset();
}

void session_host::handle(serve::watch_query& e) {
  // The machine asks for this in its answer to the run that has just been reported.
  auto on_change = [woken = woken_, weak = weak_from_this(), strand = strand_](database::timestamp) {
    if (woken->exchange(true)) return;
    boost::asio::post(strand, [weak] {
      const auto self = weak.lock();
      if (self && self->socket_) self->carry_out(self->machine_.invalidated(self->now()));
    });
  };
  watched_[e.id] = {just_ran_->reads, services_.registry.subscribe(just_ran_->reads, step_ts_, std::move(on_change))};
}

void session_host::handle(serve::unwatch_query& e) { watched_.erase(e.id); }

void session_host::handle(serve::run_mutation& e) { start_call(false, e.id, e.what, e.who, e.session_id); }
void session_host::handle(serve::run_action& e) { start_call(true, e.id, e.what, e.who, e.session_id); }

void session_host::start_call(bool is_action, serve::request_id id, serve::call& what,
                              const std::shared_ptr<const serve::caller>& who,
                              const std::optional<std::string>& session_id) {
  auto call = std::make_shared<functions::function_call>(to_function_call(what, *who));
  call->request_id = session_id ? socket_request_id(*session_id, id) : random_hex(services_.random, 8);
  call->client = who->details ? std::static_pointer_cast<const functions::client_details>(who->details) : client_;
  if (session_id && !is_action) call->session = functions::session_request{*session_id, id};
  if (!is_action) call->committing = committing_;
  auto finished = [self = shared_from_this(), is_action, id](outcome<functions::call_outcome> result) {
    boost::asio::post(self->strand_, [self, is_action, id, result = std::move(result)] {
      self->call_finished(is_action, id, result);
    });
  };
  const bool taken =
      is_action ? services_.actions.submit([&app = services_.app, call, finished] {
        finished(outcome_of([&] { return app.action(*call); }));
      })
                : services_.calls.submit([&s = services_, call, finished] {
                    try {
                      s.app.mutation(
                          *call, [&s](std::function<void()> job) { return s.calls.submit(std::move(job)); }, finished);
                    } catch (const std::exception& e) {
                      finished(internal_failure(e.what()));
                    }
                  });
  if (!taken) finished(busy());
}

void session_host::call_finished(bool is_action, serve::request_id id, const outcome<functions::call_outcome>& result) {
  if (!socket_) return;
  if (!result) {
    if (result.error().who == blame::server)
      write_log(severity::error, "A function could not be run: " + result.error().message);
    return carry_out(machine_.call_failed(to_fault(result.error()), now()));
  }
  // The next transition shows what the call has written. An action may have written at any time until now.
  must_reach_ = std::max(must_reach_, is_action ? services_.app.db().latest_ts() : result->ts);
  if (is_action) return carry_out(machine_.action_finished(id, to_result(*result), now()));
  committing_->store(false);
  safe_ts_ = newest();  // before the client's next mutation begins
  carry_out(machine_.mutation_finished(id, to_result(*result), now()));
  if (socket_ && std::exchange(snapshot_waits_, false)) begin_step(*safe_ts_);
  safe_ts_.reset();
}

}  // namespace hull::backend::sync
