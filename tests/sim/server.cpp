#include "server.hpp"

#include "connection.hpp"

#include <hull/value/json.hpp>

namespace hull::sim {
namespace {

std::string user_of(const std::shared_ptr<const serve::caller>& who) {
  return who->attributes && who->attributes->if_string() != nullptr ? who->attributes->as_string() : std::string();
}

constexpr std::array<const char*, 4> overload_codes{"TooManyConcurrentRequests", "CommitterFullError", "ExpiredInQueue",
                                                    "SystemTimeoutError"};

}  // namespace

// ---- one socket

connection::connection(server& s, std::shared_ptr<wire> socket)
    : server_(s), stage_(s.stage_), wire_(std::move(socket)), session_(s.options, now()) {}

serve::moment connection::now() const {
  return {stage_.time.now(), server_.wall_ms() * 1'000'000, server_.database_.latest()};
}

template <class F>
void connection::later(std::int64_t delay, F what) {
  stage_.time.after(delay, [weak = weak_from_this(), what = std::move(what)] {
    if (const auto self = weak.lock(); self && !self->is_over_) what(*self);
  });
}

void connection::frame(std::string text) {
  frames_.push_back(std::move(text));
  take_frames();
}

void connection::take_frames() {
  while (!is_over_ && !frames_.empty() && session_.wants_input()) {
    const std::string text = std::move(frames_.front());
    frames_.pop_front();
    carry_out(session_.text_frame(text, now()));
  }
  arm();
}

void connection::arm() {
  if (is_over_ || session_.deadline() >= armed_) return;
  armed_ = session_.deadline();
  later(armed_ - stage_.time.now(), [](connection& c) {
    c.armed_ = INT64_MAX;
    if (c.session_.deadline() <= c.stage_.time.now()) c.carry_out(c.session_.time_passed(c.now()));
    c.arm();
  });
}

void connection::carry_out(serve::effects effects) {
  for (auto& e : effects) {
    if (is_over_) return;
    std::visit([this](auto& effect) { carry_out(effect); }, e);
  }
  arm();
}

void connection::carry_out(const serve::check_token& e) {
  later(stage_.work(), [request = e.request](connection& c) {
    if (request.type == protocol::token_type::none) return c.accept_token("", false);
    if (request.type == protocol::token_type::admin) return c.accept_token(request.token, true);
    const auto found = c.server_.tokens.find(request.token);
    if (found == c.server_.tokens.end()) c.stage_.fail("the server was sent a token that nobody issued");
    if (!found->second.is_refused && c.stage_.time.now() < found->second.ends_at)
      return c.accept_token(found->second.user, false);
    ++c.server_.refusals;
    c.carry_out(c.session_.token_refused({serve::fault::kind::unauthenticated, "Unauthenticated", "bad token"}, c.now()));
  });
}

void connection::accept_token(const std::string& user, bool is_admin) {
  auto who = std::make_shared<serve::caller>();
  who->admin = is_admin;
  if (!user.empty()) who->attributes = user;
  wire_->users.push_back(user);
  carry_out(session_.token_accepted(std::move(who), now()));
  take_frames();
}

void connection::carry_out(const serve::take_snapshot&) {
  later(stage_.work(), [](connection& c) {
    const timestamp ts = c.server_.database_.latest();
    std::vector<serve::query_id> stale;
    for (const auto& [id, w] : c.watched_)
      if (c.server_.database_.changed(w.reads, w.ts, ts)) stale.push_back(id);
    c.carry_out(c.session_.snapshot(ts, stale, c.now()));
  });
}

void connection::carry_out(const serve::run_queries& e) {
  for (const serve::query_run& run : e.queries) {
    const bool is_overloaded = stage_.random.happens(stage_.now.overload);
    later(stage_.work(), [step = e.step, ts = e.ts, run, user = user_of(e.who), is_overloaded](connection& c) {
      if (is_overloaded)
        c.carry_out(c.session_.query_failed(step, run.id, {serve::fault::kind::overload, "ExecuteFullError", ""}, c.now()));
      else
        c.finish_query(step, run, ts, user);
    });
  }
}

void connection::finish_query(std::uint64_t step, const serve::query_run& run, timestamp ts, const std::string& user) {
  const value& args = server_.parsed(run.what->args_json);
  answer found = server_.database_.query(run.what->udf_path, args.as_array().at(0), run.journal, user, ts);
  serve::query_result result;
  std::string told;
  if (found.failure) {
    told = "!" + found.failure->message + (found.failure->data ? write_json(*found.failure->data) : "");
    result.error = std::move(found.failure);
  } else {
    told = write_json(*found.result);
    result.value_json = std::make_shared<const std::string>(told);
  }
  for (const std::string& line : found.log_lines) told += line;
  result.digest = std::hash<std::string>()(told);
  result.log_lines = std::move(found.log_lines);
  result.journal = std::move(found.journal);
  ran_[run.id] = {found.reads, ts};
  carry_out(session_.query_finished(step, run.id, std::move(result), now()));
}

void connection::carry_out(const serve::watch_query& e) {
  watched_[e.id] = ran_.at(e.id);
  if (server_.database_.changed(watched_[e.id].reads, watched_[e.id].ts, server_.database_.latest())) invalidate_later();
}

void connection::committed() {
  for (const auto& [id, w] : watched_)
    if (server_.database_.changed(w.reads, w.ts, server_.database_.latest())) return invalidate_later();
}

void connection::invalidate_later() {
  if (std::exchange(is_invalidation_due_, true)) return;
  later(stage_.random.between(0, stage_.now.work), [](connection& c) {
    c.is_invalidation_due_ = false;
    c.carry_out(c.session_.invalidated(c.now()));
  });
}

void connection::carry_out(const serve::run_mutation& e) {
  if (stage_.random.happens(stage_.now.overload)) {
    later(stage_.work(), [code = stage_.random.pick(overload_codes)](connection& c) {
      c.carry_out(c.session_.call_failed({serve::fault::kind::overload, code, "busy"}, c.now()));
    });
    return;
  }
  // What was started ends, whether or not anybody waits for it.
  stage_.time.after(stage_.work(), [&s = server_, weak = weak_from_this(), e] {
    const value& args = s.parsed(e.what.args_json);
    const serve::call_result done =
        s.database_.mutate(e.session_id, e.id, e.what.udf_path, args.as_array().at(0), user_of(e.who));
    if (const auto self = weak.lock(); self && !self->is_over_)
      self->later(self->stage_.work(), [id = e.id, done](connection& c) {
        c.carry_out(c.session_.mutation_finished(id, done, c.now()));
      });
  });
}

void connection::carry_out(const serve::run_action& e) {
  stage_.time.after(stage_.work(), [&s = server_, weak = weak_from_this(), e] {
    const value& args = s.parsed(e.what.args_json).as_array().at(0);
    serve::call_result done;
    if (e.what.udf_path == "act:fail")
      done.error = protocol::call_failure{"the action failed", {}};
    else if (e.what.udf_path == "act:work")
      done = s.database_.mutate(std::nullopt, e.id, "c:add", args, user_of(e.who));
    else
      done.value_json = std::make_shared<const std::string>(write_json(*args.find("tag")));
    if (const auto self = weak.lock(); self && !self->is_over_)
      self->later(self->stage_.work(), [id = e.id, done](connection& c) {
        c.carry_out(c.session_.action_finished(id, done, c.now()));
      });
  });
}

void connection::carry_out(serve::send_text& e) {
  if (e.text.compare(0, 20, "{\"type\":\"FatalError\"") == 0) stage_.fail("the server refused a message: " + e.text);
  wire_->from_server(std::move(e.text));
  if (e.ends_transition)
    later(stage_.work(), [](connection& c) { c.carry_out(c.session_.transition_sent(c.now())); });
}

void connection::carry_out(const serve::close_socket& e) {
  if (!is_end_injected_ && (e.code == 1011 || e.reason.compare(0, 7, "TooMany") == 0) && e.reason != overload_codes[0])
    stage_.fail("the server closed a well-behaved socket: " + std::to_string(e.code.value_or(1005)) + " " + e.reason);
  is_over_ = true;
  wire_->close_from_server(e.code.value_or(1005), e.reason);
}

void connection::expire_token() {
  if (wire_->users.back().empty() || wire_->users.back()[0] != 'u') return;
  ++server_.refusals;
  carry_out(session_.call_failed({serve::fault::kind::unauthenticated, "TokenExpired", "token expired"}, now()));
}

void connection::close(std::uint16_t code, const std::string& reason) {
  is_end_injected_ = is_over_ = true;
  wire_->close_from_server(code, reason);
}

// ---- all of them

server::server(stage& s, database& db) : stage_(s), database_(db) {}
server::~server() = default;

void server::accept(const std::shared_ptr<wire>& socket) {
  auto c = std::make_shared<connection>(*this, socket);
  connections_.push_back(c);
  socket->at_server = [c = c.get()](const std::string& frame) { c->frame(frame); };
  socket->gone_at_server = [this, c = c.get()] {
    // Not at once: the connection may be in the middle of something.
    stage_.time.after(0, [this, c] { forget(c); });
  };
}

void server::forget(const connection* c) {
  std::erase_if(connections_, [&](const std::shared_ptr<connection>& known) { return known.get() == c; });
}

connection* server::find(const wire& socket) const {
  for (const auto& c : connections_)
    if (&c->socket() == &socket) return c.get();
  return nullptr;
}

void server::committed() {
  for (const auto& c : connections_) c->committed();
}

void server::restart() {
  const auto lost = connections_;
  for (const auto& c : lost) c->close(stage_.random.happens(0.5) ? 1012 : 1006, "");
}

void server::expire_token(const wire& socket) {
  if (connection* c = find(socket)) c->expire_token();
}

void server::close(const wire& socket, std::uint16_t code, const std::string& reason) {
  if (connection* c = find(socket)) c->close(code, reason);
}

void server::inject(wire& socket, std::string frame) { socket.from_server(std::move(frame)); }

std::size_t server::watched_queries() const {
  std::size_t all = 0;
  for (const auto& c : connections_) all += c->query_count();
  return all;
}

const value& server::parsed(const std::string& args_json) {
  const auto [at, is_new] = parsed_.try_emplace(args_json);
  if (is_new) at->second = read_json(args_json).value();
  return at->second;
}

}  // namespace hull::sim
