// Bodies of deployment_session.hpp: what the session machine wants done.
#include "deployment_session.hpp"

#include <hull/value/json.hpp>

#include <boost/asio/post.hpp>

#include <charconv>
#include <functional>

namespace hull::mock::detail {

namespace asio = boost::asio;
using std::chrono::milliseconds;

namespace {

serve::session_options machine_options(const deployment& home, const session& socket) {
  serve::session_options o;
  o.chunked_transitions = takes_chunks(socket.target(), socket.header("Convex-Client"));
  o.chunk_bytes = home.options().chunk_bytes;
  o.ping_after_ms = home.options().ping_after.count();
  return o;
}

/// The one argument object of a call; anything else is told to the caller.
result<value> only_argument(const std::string& args_json) {
  json_options o;
  o.any_names = true;
  auto args = read_json(args_json, o);
  if (!args) return args.error();
  const array* list = args->if_array();
  if (!list || list->size() != 1 || !list->front().is_object())
    return error{errc::bad_argument, "A function takes exactly one object as its arguments.", {}, {}};
  return list->front();
}

std::uint64_t digest_of(const std::string& content, const std::vector<std::string>& log_lines) {
  std::string all = content;
  for (const auto& line : log_lines) all.append("\n").append(line);
  return std::hash<std::string>()(all);
}

/// Request ids differ from run to run and say nothing new.
std::string without_request_id(const std::string& message) {
  const auto end = message.find("] ");
  return message.starts_with("[Request ID: ") && end != std::string::npos ? message.substr(end) : message;
}

serve::call_result to_call_result(run_outcome out) {
  serve::call_result r;
  if (!out.failure) r.value_json = std::make_shared<const std::string>(write_json(out.result));
  r.error = std::move(out.failure);
  r.log_lines = std::move(out.log_lines);
  r.ts = out.ts;
  return r;
}

run_outcome refused(const error& why) {
  run_outcome out;
  out.failure = protocol::call_failure{why.message, std::nullopt};
  return out;
}

}  // namespace

bool is_sync_target(std::string_view target) {
  target = target.substr(0, target.find('?'));
  if (target == "/api/sync") return true;
  if (!target.starts_with("/api/") || !target.ends_with("/sync") || target.size() < 11) return false;
  return target.substr(5, target.size() - 10).find('/') == std::string_view::npos;
}

bool takes_chunks(std::string_view target, std::string_view client_header) {
  std::string_view version;
  if (!client_header.empty()) {
    if (!client_header.starts_with("npm-")) return false;
    version = client_header.substr(4);
  } else if (target.starts_with("/api/") && target != "/api/sync") {
    version = target.substr(5);
  }
  unsigned major = 0;
  unsigned minor = 0;
  const char* const end = version.data() + version.size();
  const auto [dot, bad_major] = std::from_chars(version.data(), end, major);
  if (bad_major != std::errc() || dot == end || *dot != '.') return false;
  if (std::from_chars(dot + 1, end, minor).ec != std::errc()) return false;
  return major > 1 || (major == 1 && minor >= 28);
}

deployment_session::deployment_session(deployment& home, std::shared_ptr<session> socket)
    : home_(home),
      socket_(std::move(socket)),
      machine_(machine_options(home, *socket_), home.moment()),
      timer_(home.server().context()) {}

void deployment_session::start() {
  socket_->listen(weak_from_this());
  wait();
}

void deployment_session::got_text(std::string frame) { perform(machine_.text_frame(frame, home_.moment())); }
void deployment_session::got_binary() { perform(machine_.binary_frame(home_.moment())); }

void deployment_session::socket_closed() {
  ended_ = true;
  timer_.cancel();
  const auto self = shared_from_this();  // the deployment lets go of it
  home_.ended(*this);
}

void deployment_session::committed(const touched& writes, protocol::timestamp ts) {
  for (auto& [id, run] : runs_) {
    if (run.stale || ts <= run.ts || !meets(run.reads, writes)) continue;
    run.stale = true;
    marked_ = true;
  }
}

void deployment_session::push() {
  if (std::exchange(marked_, false)) perform(machine_.invalidated(home_.moment()));
}

void deployment_session::expire_token() {
  if (!has_user_) return;
  perform(machine_.call_failed({serve::fault::kind::unauthenticated, "TokenExpired", "The token has expired."},
                               home_.moment()));
}

void deployment_session::perform(serve::effects todo) {
  for (auto& e : todo) todo_.push_back(std::move(e));
  if (performing_) return;
  performing_ = true;
  while (!todo_.empty() && !ended_) {
    const serve::effect next = std::move(todo_.front());
    todo_.pop_front();
    std::visit([this](const auto& e) { carry_out(e); }, next);
  }
  performing_ = false;
  if (!ended_) wait();
}

void deployment_session::carry_out(const serve::check_token& e) {
  using protocol::token_type;
  try {
    caller_ptr who = std::make_shared<const serve::caller>();
    if (e.request.type == token_type::user) who = home_.check_user_token(e.request.token);
    if (e.request.type == token_type::admin) who = home_.check_admin_key(e.request.token, e.request.acting_as);
    has_user_ = e.request.type == token_type::user;
    perform(machine_.token_accepted(std::move(who), home_.moment()));
  } catch (const std::exception& refused) {
    perform(machine_.token_refused({serve::fault::kind::unauthenticated, "Unauthenticated", refused.what()},
                                   home_.moment()));
  }
}

void deployment_session::carry_out(const serve::take_snapshot&) {
  snapshot_ = home_.publish();
  std::vector<serve::query_id> stale;
  for (const auto& [id, run] : runs_)
    if (run.watched && run.stale) stale.push_back(id);
  perform(machine_.snapshot(snapshot_->ts, stale, home_.moment()));
}

void deployment_session::carry_out(const serve::run_queries& e) {
  for (const auto& q : e.queries) {
    auto args = only_argument(q.what->args_json);
    run_outcome out;
    if (args) {
      const call_request call{q.what->udf_path, std::move(*args), e.who, home_.next_request_id()};
      const bool is_first = runs_.count(q.id) == 0;
      const std::uint64_t number = is_first ? home_.record(function_kind::query, call) : 0;
      out = home_.run_query(call, snapshot_, q.journal);
      if (is_first) home_.record_end(number, out);
    } else {
      out = refused(args.error());
    }
    runs_[q.id] = {std::move(out.reads), snapshot_->ts, false, false};
    serve::query_result r;
    if (out.failure) {
      r.digest = digest_of(without_request_id(out.failure->message), out.log_lines);
    } else {
      r.value_json = std::make_shared<const std::string>(write_json(out.result));
      r.digest = digest_of(*r.value_json, out.log_lines);
    }
    r.error = std::move(out.failure);
    r.log_lines = std::move(out.log_lines);
    r.journal = std::move(out.journal);
    perform(machine_.query_finished(e.step, q.id, std::move(r), home_.moment()));
  }
}

void deployment_session::carry_out(const serve::run_mutation& e) {
  home_.when_released(e.what.udf_path, [weak = weak_from_this(), e] {
    const auto self = weak.lock();
    if (!self || self->ended_) return;  // the client brings it again
    deployment& home = self->home_;
    auto args = only_argument(e.what.args_json);
    const std::string session = e.session_id.value_or("");
    std::optional<mutation_key> key;
    if (e.session_id) key.emplace(session, e.id);
    run_outcome out =
        args ? home.run_mutation({e.what.udf_path, std::move(*args), e.who, deployment::request_id_text(session, e.id)},
                                 key)
             : refused(args.error());
    self->perform(self->machine_.mutation_finished(e.id, to_call_result(std::move(out)), home.moment()));
  });
}

void deployment_session::carry_out(const serve::run_action& e) {
  home_.when_released(e.what.udf_path, [weak = weak_from_this(), e] {
    const auto self = weak.lock();
    if (!self || self->ended_) return;
    const auto done = [weak, id = e.id](run_outcome out) {
      if (const auto s = weak.lock(); s && !s->ended_)
        s->perform(s->machine_.action_finished(id, to_call_result(std::move(out)), s->home_.moment()));
    };
    auto args = only_argument(e.what.args_json);
    if (!args) return done(refused(args.error()));
    self->home_.start_action(
        {e.what.udf_path, std::move(*args), e.who, deployment::request_id_text(e.session_id.value_or(""), e.id)}, done);
  });
}

void deployment_session::carry_out(const serve::send_text& e) {
  std::function<void()> sent;
  if (e.ends_transition)
    sent = [weak = weak_from_this()] {
      if (const auto self = weak.lock(); self && !self->ended_)
        self->perform(self->machine_.transition_sent(self->home_.moment()));
    };
  socket_->send(e.text, std::move(sent));
}

void deployment_session::carry_out(const serve::close_socket& e) { socket_->close(e.code.value_or(1005), e.reason); }

void deployment_session::wait() {
  const auto in = machine_.deadline() - home_.moment().steady_ms;
  timer_.expires_after(milliseconds(std::max<std::int64_t>(in, 0)));
  timer_.async_wait([weak = weak_from_this()](boost::system::error_code ec) {
    const auto self = weak.lock();
    if (ec || !self || self->ended_ || self->machine_.closed()) return;
    self->perform(self->machine_.time_passed(self->home_.moment()));
  });
}

// ---- the deployment's side ----

void deployment::opened(std::shared_ptr<session> socket) {
  auto s = std::make_shared<deployment_session>(*this, std::move(socket));
  sessions_.push_back(s);
  s->start();
  changed_.notify_all();
}

void deployment::ended(const deployment_session& s) {
  sessions_.remove_if([&](const auto& known) { return known.get() == &s; });
  changed_.notify_all();
}

}  // namespace hull::mock::detail
