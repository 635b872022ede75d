// The driver half of client.hpp: carries effects out, and holds every step against the model.
#include "client.hpp"

#include <hull/protocol/codec.hpp>
#include <hull/value/json.hpp>

#include <algorithm>

namespace hull::sim {
namespace {

bool is_same_state(const query_state& a, const query_state& b) {
  return a.state == b.state && a.is_optimistic == b.is_optimistic && a.last_value == b.last_value &&
         a.log_lines == b.log_lines && a.failure.has_value() == b.failure.has_value() &&
         (!a.failure || (a.failure->message == b.failure->message && a.failure->data == b.failure->data));
}

std::string show(const query_state& s) {
  static constexpr std::array<const char*, 3> names{"loading", "ready", "error"};
  std::string text = names[static_cast<std::size_t>(s.state)];
  if (s.last_value) text += " " + write_json(*s.last_value);
  if (s.failure) text += " !" + s.failure->message;
  if (s.is_optimistic) text += " (optimistic)";
  if (s.is_stale) text += " (stale)";
  return text;
}

const char* name_of(const sync::input_event& in) {
  static constexpr std::array<const char*, std::variant_size_v<sync::input_event>> names{
      "start",      "restore",        "subscribe",      "unsubscribe",    "flush",         "mutation",    "action",
      "cancel",     "set deadline",   "set auth",       "set source",     "token fetched", "network online",
      "socket opened", "socket message", "socket garbage", "socket closed", "send failed",   "timer",       "close"};
  static_assert(names.back() != nullptr, "every event has a name");
  return names[in.index()];
}

}  // namespace

client::client(stage& s, server& deployment, unsigned index) : stage_(s), server_(deployment), index_(index) {
  options_.inactivity_timeout = sync::moment(s.random.between(20'000, 60'000));
  options_.max_mutations_on_wire = deployment.options.max_pending_mutations;
  options_.auth.fetch_timeout = sync::moment(s.random.between(3'000, 20'000));
  options_.auth.fetch_retry_max = sync::moment(8'000);
  options_.auth.refresh_leeway = sync::moment(s.random.between(1'000, 5'000));
  options_.auth.reuse_initial_token = s.random.happens(0.3);
  options_.auth.expect_auth = s.random.happens(0.1);
  options_.durable_mutations = s.random.happens(0.4);
  has_pages_ = s.random.happens(0.4);
}

void client::launch() {
  if (engine_) return;
  ++life_;
  if (!options_.durable_mutations || options_.session_id.empty()) {
    std::string number = std::to_string(1000 * index_ + life_);
    options_.session_id = "6f0c5a3e-0000-4000-8000-" + std::string(12 - number.size(), '0') + number;
  }
  engine_ = std::make_unique<sync::engine>(options_);
  model_ = std::make_unique<view_model>(stage_, server_.data());
  current_ = 0;
  is_open_ = false;
  ++timer_;
  auth_ = auth_mode::nobody;
  oldest_user_ = ++user_number_;
  note([&] { return std::string("starts") + (options_.durable_mutations ? ", with an outbox" : ""); });
  if (options_.durable_mutations && !outbox_.empty()) {
    sync::input::restore restored;
    for (const auto& [request, r] : outbox_) {
      sync::input::restore::entry entry{request, ++last_call_, r.path, r.args, {}};
      if (stage_.random.happens(0.5)) entry.optimistic = draw_update(r.path, r.args);
      if (!model_->call(entry.call, r.tag, entry.optimistic)) model_->call(entry.call, r.tag, {});
      fate& f = fates_.at(r.tag);
      f.is_open = true;
      f.is_loose = false;
      open_calls_[entry.call] = r.tag;
      restored.mutations.push_back(std::move(entry));
    }
    apply(std::move(restored));
  }
  apply(sync::input::start{});
  if (options_.auth.expect_auth) change_auth();
  if (has_pages_) use_pages();
}

void client::quit(bool is_polite) {
  if (!engine_) return;
  note([&] { return is_polite ? "quits" : "is killed"; });
  if (is_polite) {
    close();
  } else {
    if (wire_) wire_->close_from_client();
  }
  for (const auto& [id, tag] : open_calls_) {
    fates_.at(tag).is_open = false;
    fates_.at(tag).is_loose = true;
  }
  open_calls_.clear();
  pages_.reset();
  page_queries_.clear();
  watched_.clear();
  told_.clear();
  completed_.clear();
  wire_.reset();
  engine_.reset();
  model_.reset();
}

// ---- steps

void client::apply(sync::input_event in) {
  const bool is_message = std::holds_alternative<sync::input::socket_message>(in);
  note([&] { return std::string("<- ") + name_of(in); });
  bool has_committed = false;
  for (auto& e : engine_->apply(std::move(in), sync::moment(stage_.time.now()), stage_.random.real()))
    carry_out(e, has_committed);
  check_due();
  check_view(is_message);
  if (has_committed && pages_) settle_pages();
}

void client::carry_out(sync::effect_request& e, bool& has_committed) {
  namespace effect = sync::effect;
  if (auto* m = std::get_if<effect::send>(&e)) {
    if (m->socket != current_ || !is_open_) fail("sends on a socket that is not open");
    model_->said(m->message);
    std::string frame = protocol::encode(m->message);
    note([&] { return "-> " + frame; });
    wire_->from_client(std::move(frame));
  } else if (auto* done = std::get_if<effect::complete>(&e)) {
    complete(*done);
  } else if (auto* batch = std::get_if<effect::commit>(&e)) {
    if (batch->batch.changed.empty()) return;
    if (std::exchange(was_told_, true)) fail("two commits in one step: observers saw half of it");
    has_committed = true;
    if (!completed_.empty()) fail("a call completed before the commit that shows its writes");
    for (const auto& change : batch->batch.changed) {
      note([&] { return "commit " + std::string(change.query.token()) + " = " + show(*change.state); });
      query_state_ptr& before = told_[std::string(change.query.token())];
      const bool is_first_word = before && before->is_last_known && !change.state->is_last_known;
      if (before && !is_first_word && is_same_state(*before, *change.state)) 
        fail("a notification without a change: " + std::string(change.query.token()));
      before = change.state;
    }
  } else if (auto* line = std::get_if<effect::log>(&e)) {
    note([&] { return "log: " + line->text; });
  } else if (auto* armed = std::get_if<effect::arm_timer>(&e)) {
    stage_.time.at(armed->at.count(), [this, timer = ++timer_, life = life_] {
      if (timer != timer_ || life != life_ || !engine_) return;
      model_->timer();
      apply(sync::input::timer{});
    });
  } else if (auto* wanted = std::get_if<effect::open_socket>(&e)) {
    open_socket(wanted->socket);
  } else if (auto* let_go = std::get_if<effect::close_socket>(&e)) {
    if (let_go->socket != current_) fail("closes a socket that it has not");
    if (is_open_ || wire_) model_->socket_lost();
    if (wire_) wire_->close_from_client();
    wire_.reset();
    current_ = 0;
    is_open_ = false;
  } else if (auto* asked = std::get_if<effect::fetch_token>(&e)) {
    fetch(*asked);
  } else if (auto* record = std::get_if<effect::record_mutation>(&e)) {
    const std::string tag = record->args.find("tag")->as_string();
    if (!outbox_.emplace(record->request, recorded{record->path, record->args, tag}).second)
      fail("a request is recorded twice: " + std::to_string(record->request));
    options_.first_request_id = record->request + 1;
  } else if (auto* forget = std::get_if<effect::forget_mutation>(&e)) {
    if (outbox_.erase(forget->request) == 0) fail("an unknown request is forgotten");
  } else if (auto* state = std::get_if<effect::auth_changed>(&e)) {
    note([&] { return std::string("authenticated: ") + (state->state.is_authenticated ? "yes" : "no"); });
  }
}

void client::open_socket(sync::socket_id id) {
  current_ = id;
  is_open_ = false;
  model_->socket_lost();
  wire_.reset();
  auto end = std::make_shared<socket_end>();
  end->id = id;
  const auto guard = [this, life = life_](auto then) {
    return [this, life, then] {
      if (life == life_ && engine_) then();
    };
  };
  if (stage_.random.happens(stage_.now.hanging_connects)) return;
  if (stage_.random.happens(stage_.now.failing_connects)) {
    stage_.time.after(stage_.latency(), guard([this, end] { closed(*end, 1006, ""); }));
    return;
  }
  stage_.time.after(stage_.latency(), guard([this, end, life = life_] {
    if (end->id != current_) return;
    wire_ = std::make_shared<wire>(stage_);
    end->socket = wire_.get();
    server_.accept(wire_);
    // The wire holds these; so they hold no wire.
    wire_->at_client = [this, end, life](const std::string& frame) {
      if (life == life_ && engine_) receive(*end, frame);
    };
    wire_->closed_at_client = [this, end, life](std::uint16_t code, const std::string& reason) {
      if (life == life_ && engine_) closed(*end, code, reason);
    };
    is_open_ = true;
    model_->socket_opened();
    apply(sync::input::socket_opened{end->id, server_.wall_ms() + clock_offset_ms_});
  }));
}

void client::receive(socket_end& end, const std::string& frame) {
  if (end.is_broken) return;
  note([&] { return (is_current(end) ? "<= " : "<= (late) ") + frame; });
  auto decoded = end.inbound.push(frame);
  if (decoded.has_error()) {
    end.is_broken = true;
    return apply(sync::input::socket_garbage{end.id, decoded.error().message});
  }
  if (!decoded->message) return;
  bool is_continued = true;
  if (is_current(end)) {
    if (const auto* t = std::get_if<protocol::transition>(&*decoded->message))
      is_continued = model_->hear(*t, end.socket->users);
    else if (const auto* r = std::get_if<protocol::mutation_response>(&*decoded->message))
      model_->hear(*r);
  }
  apply(sync::input::socket_message{end.id, std::move(*decoded->message)});
  if (!is_continued && end.id == current_) fail("goes on after a transition that does not continue the last one");
}

void client::closed(const socket_end& end, std::uint16_t code, const std::string& reason) {
  note([&] { return "<= closed " + std::to_string(code) + " " + reason; });
  if (end.id == current_) {
    current_ = 0;
    is_open_ = false;
    if (wire_) wire_->close_from_client();
    wire_.reset();
    model_->socket_lost();
  }
  apply(sync::input::socket_closed{end.id, code, reason, {}});
}

void client::write_fails() {
  if (!engine_ || !is_open_) return;
  const sync::socket_id socket = current_;
  apply(sync::input::send_failed{socket});
  if (is_open_ && current_ == socket) fail("goes on with a socket that cannot be written to");
}

// ---- checks of a step

void client::complete(const sync::effect::complete& done) {
  const auto open = open_calls_.find(done.call);
  if (open == open_calls_.end()) fail("call " + std::to_string(done.call) + " completed twice, or was never made");
  const std::string tag = open->second;
  open_calls_.erase(open);
  note([&] { return "complete " + tag + (done.outcome ? " " + write_json(*done.outcome) : " !" + done.outcome.error().message); });
  fate& f = fates_.at(tag);
  f.is_open = false;
  if (done.outcome) {
    f.has_succeeded = true;
    if (*done.outcome != value(tag)) fail("call " + tag + " got the result of another: " + write_json(*done.outcome));
    const database::write* written = server_.data().written(tag);
    if (f.has_effect && written == nullptr) fail("call " + tag + " succeeded without an effect");
    if (f.kind == call_kind::mutation && model_->version() < written->ts)
      fail("mutation " + tag + " completed before its writes can be read");
  } else {
    const errc code = done.outcome.error().code;
    f.is_loose = code == errc::cancelled || code == errc::closed || code == errc::connection_lost;
    if (code == errc::connection_lost && f.kind == call_kind::mutation) fail("mutation " + tag + " was given up");
  }
  if (f.kind == call_kind::mutation) completed_.push_back({done.call, done.outcome.has_value()});
}

void client::check_due() {
  std::vector<view_model::due> expected = model_->take_due();
  const auto by_call = [](const view_model::due& a, const view_model::due& b) { return a.call < b.call; };
  std::sort(expected.begin(), expected.end(), by_call);
  std::sort(completed_.begin(), completed_.end(), by_call);
  const auto is_same = [](const view_model::due& a, const view_model::due& b) {
    return a.call == b.call && a.is_success == b.is_success;
  };
  if (!std::equal(expected.begin(), expected.end(), completed_.begin(), completed_.end(), is_same)) {
    std::string text = "these mutations should be over now:";
    for (const auto& d : expected) text += " " + std::to_string(d.call) + (d.is_success ? "+" : "-");
    text += "; these are:";
    for (const auto& d : completed_) text += " " + std::to_string(d.call) + (d.is_success ? "+" : "-");
    fail(text);
  }
  completed_.clear();
}

void client::check_view(bool is_message) {
  const bool was_told = std::exchange(was_told_, false);
  if (engine_->has_ended()) return;
  if (!model_->is_changed() && !was_told && !is_message) return;
  for (const auto& [token, expected] : model_->view()) {
    const query_state_ptr have = engine_->state(token);
    if (!is_same_state(*have, expected.state) || have->is_stale != expected.state.is_stale)
      fail("shows " + token + " as " + show(*have) + ", not as " + show(expected.state));
    const query_state_ptr& told = told_[token];
    const query_state nothing;
    if (!is_same_state(told ? *told : nothing, expected.state))
      fail("watchers of " + token + " were told " + show(told ? *told : nothing) + ", not " + show(expected.state));
  }
  std::erase_if(told_, [&](const auto& t) { return !model_->is_subscribed(t.first); });
  if (engine_->optimistic_layers() != model_->layers())
    fail(std::to_string(engine_->optimistic_layers()) + " layers, not " + std::to_string(model_->layers()));
}

}  // namespace hull::sim
