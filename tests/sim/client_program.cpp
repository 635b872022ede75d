// The program half of client.hpp: what it does, and what has to be true in the end.
#include "client.hpp"

#include <hull/value/json.hpp>

#include <cmath>
#include <limits>
#include <stdexcept>

namespace hull::sim {

// ---- what programs do

void client::act() {
  if (!engine_) return;
  const std::size_t what = stage_.random.below(100);
  if (what < 24)
    subscribe();
  else if (what < 40)
    unsubscribe();
  else if (what < 75)
    mutate();
  else if (what < 83)
    call_action();
  else if (what < 88)
    cancel();
  else if (what < 92)
    change_auth();
  else if (what < 98)
    has_pages_ ? use_pages() : mutate();
  else
    apply(sync::input::network_online{});
}

sync::query_key client::draw_query() {
  static constexpr std::array<const char*, 8> paths{"c:get", "c:get", "c:get", "c:sum", "c:odd", "r:all", "me:who", "big:text"};
  const std::string path = stage_.random.pick(paths);
  object args;
  if (path == "c:get" || path == "c:odd" || path == "big:text") args.set("name", stage_.random.pick(counter_names));
  return sync::query_key::make(path, value(std::move(args))).value();
}

void client::watch(const sync::query_key& query, const std::optional<value>& last_known) {
  // What a new watcher reads before it is told anything.
  if (const std::string token(query.token()); !model_->is_subscribed(token)) told_[token] = engine_->state(token);
  model_->subscribe(query, last_known);
  apply(sync::input::subscribe{query, last_known});
}

void client::unwatch(const sync::query_key& query, std::int64_t keep_for) {
  model_->unsubscribe(query, keep_for);
  apply(sync::input::unsubscribe{query, sync::moment(keep_for)});
}

void client::subscribe() {
  const sync::query_key query = draw_query();
  note([&] { return "subscribes to " + std::string(query.token()); });
  std::optional<value> last_known;
  if (stage_.random.happens(0.2)) {
    last_known = server_.data().query(query.path(), query.args(), {}, "", server_.data().latest()).result;
    if (stage_.random.happens(0.5)) last_known = value("from last time");
  }
  watched_.push_back(query);
  watch(query, last_known);
}

void client::unsubscribe() {
  if (watched_.empty()) return;
  const std::size_t which = stage_.random.below(watched_.size());
  const sync::query_key query = watched_[which];
  watched_.erase(watched_.begin() + static_cast<std::ptrdiff_t>(which));
  const std::int64_t keep_for = stage_.random.happens(0.4) ? stage_.random.between(1, 8'000) : 0;
  note([&] { return "unsubscribes from " + std::string(query.token()) + ", keeping it for " + std::to_string(keep_for) + " ms"; });
  unwatch(query, keep_for);
}

std::string client::new_tag(call_kind kind, bool has_effect) {
  fate f;
  f.kind = kind;
  f.number = ++last_number_;
  f.oldest_user = oldest_user_;
  f.has_effect = has_effect;
  const std::string tag = std::to_string(index_) + "." + std::to_string(f.number);
  fates_[tag] = f;
  open_calls_[++last_call_] = tag;
  return tag;
}

void client::mutate() {
  const std::size_t what = stage_.random.below(100);
  const std::string path = what < 50   ? "c:add"
                           : what < 62 ? "c:move"
                           : what < 80 ? "r:insert"
                           : what < 88 ? "r:remove"
                                       : "c:refuse";
  const std::string tag = new_tag(call_kind::mutation, path != "c:refuse");
  object args{{"tag", tag}};
  if (path == "c:add") args.set("name", stage_.random.pick(counter_names));
  if (path == "c:move") {
    args.set("from", stage_.random.pick(counter_names));
    args.set("to", stage_.random.pick(counter_names));
  }
  if (path == "c:add" || path == "c:move") args.set("by", static_cast<double>(stage_.random.between(1, 3)));
  if (path == "r:insert") args.set("at", static_cast<double>(stage_.random.between(1, 9'999)));
  if (path == "r:remove") args.set("nth", static_cast<double>(stage_.random.below(8)));
  if (path == "c:refuse") args.set("data", stage_.random.happens(0.5) ? 1 : 0);
  sync::input::mutation in{last_call_, path, value(args), {}};
  if (stage_.random.happens(0.6)) in.optimistic = draw_update(path, in.args);
  const bool is_bad = stage_.random.happens(0.03);
  if (is_bad) {
    args.set("$bad", 1);  // No deployment takes such a name.
    in.args = value(std::move(args));
  }
  note([&] { return "calls " + path + " as " + tag + (in.optimistic ? ", optimistically" : ""); });
  if (is_bad || !model_->call(in.call, tag, in.optimistic)) {
    model_->refuse(in.call);
    fates_.at(tag).has_effect = false;
  }
  apply(std::move(in));
}

/// Updates depend on what they read alone, as the documentation asks for; some throw, at once or when they run again.
optimistic_update client::draw_update(const std::string& path, const value& args) {
  if (stage_.random.happens(0.05)) return [](local_store&) { throw std::runtime_error("thrown by the update"); };
  const double limit = stage_.random.happens(0.15) ? static_cast<double>(stage_.random.between(0, 20)) : 1e9;
  const auto add = [limit](local_store& store, const value& name, double by) {
    const value query_args = value::make_object({{"name", name}});
    const std::optional<value> now = store.get_query("c:get", query_args);
    if (!now || now->find("n") == nullptr) return;
    const double n = now->find("n")->as_double() + by;
    if (n > limit) throw std::runtime_error("more than the update can bear");
    object next = now->as_object();
    next.set("n", n);
    store.set_query("c:get", query_args, value(std::move(next)));
  };
  if (path == "c:move")
    return [add, args](local_store& store) {
      add(store, *args.find("from"), -args.find("by")->as_double());
      add(store, *args.find("to"), args.find("by")->as_double());
    };
  if (path == "r:insert" || path == "r:remove")
    return [args, path](local_store& store) {
      const std::optional<value> now = store.get_query("r:all", object{});
      if (!now || !now->is_array()) return;
      array rows = now->as_array();
      if (path == "r:insert")
        rows.push_back(value::make_object({{"at", *args.find("at")}, {"text", "Zeile " + args.find("tag")->as_string()}}));
      else if (!rows.empty())
        rows.pop_back();
      store.set_query("r:all", object{}, value(std::move(rows)));
    };
  if (path == "c:refuse") {
    // Looks at all of them, and writes one that perhaps nobody watches, or nothing at all.
    const bool writes_loading = stage_.random.happens(0.2);
    return [writes_loading](local_store& store) {
      double sum = 0;
      for (const auto& [query_args, now] : store.get_all_queries("c:get"))
        if (now && now->find("n") != nullptr) sum += now->find("n")->as_double();
      store.set_query("c:sum", object{}, writes_loading ? std::nullopt : std::optional<value>(sum));
    };
  }
  return [add, args](local_store& store) { add(store, *args.find("name"), args.find("by")->as_double()); };
}

void client::call_action() {
  const std::size_t what = stage_.random.below(10);
  const std::string path = what < 5 ? "act:echo" : what < 7 ? "act:fail" : "act:work";
  const std::string tag = new_tag(call_kind::action, path == "act:work");
  note([&] { return "calls " + path + " as " + tag; });
  apply(sync::input::action{last_call_, path, value::make_object({{"tag", tag}, {"name", "d"}, {"by", 1}})});
}

void client::cancel() {
  if (open_calls_.empty()) return;
  const auto which = std::next(open_calls_.begin(), static_cast<std::ptrdiff_t>(stage_.random.below(open_calls_.size())));
  const sync::call_id call = which->first;
  note([&] { return "cancels " + which->second; });
  model_->cancel(call);
  apply(sync::input::cancel{call});
}

void client::change_auth() {
  const std::size_t what = options_.auth.expect_auth ? 9 : stage_.random.below(10);
  ++user_number_;
  if (what < 4) {
    oldest_user_ = user_number_;  // From here on nothing may happen as an earlier user.
    auth_ = what < 2 ? auth_mode::nobody : auth_mode::admin;
    sync::credentials c;
    if (auth_ == auth_mode::admin) {
      c.type = protocol::token_type::admin;
      c.token = "admin." + std::to_string(index_) + "." + std::to_string(user_number_);
    }
    note([&] { return what < 2 ? std::string("signs out") : "becomes " + c.token; });
    return apply(sync::input::set_auth{std::move(c)});
  }
  auth_ = auth_mode::source;
  refusals_before_ = server_.refusals;
  source_ = {};
  const std::size_t kind = stage_.random.below(10);
  source_.what = kind == 0   ? token_source::kind::nobody
                 : kind == 1 ? token_source::kind::refused
                             : token_source::kind::good;
  source_.user = "user." + std::to_string(index_) + "." + std::to_string(user_number_);
  source_.lifetime = stage_.random.between(20'000, 400'000);
  if (stage_.random.happens(0.3)) source_.failures = static_cast<int>(stage_.random.between(1, 3));
  if (stage_.random.happens(0.2)) source_.hangs = static_cast<int>(stage_.random.between(1, 2));
  if (stage_.random.happens(0.3)) source_.refusals = static_cast<int>(stage_.random.between(1, 2));
  source_.slowness = stage_.random.happens(0.3) ? 3'000 : 20;
  note([&] { return "signs in as " + source_.user; });
  apply(sync::input::set_token_source{});
}

void client::fetch(const sync::effect::fetch_token& question) {
  std::int64_t delay = stage_.random.between(0, source_.slowness);
  std::optional<result<std::optional<std::string>>> answer;
  if (source_.failures > 0) {
    --source_.failures;
    answer = error{errc::network, "no network", {}, {}};
  } else if (source_.hangs > 0) {
    --source_.hangs;
    delay = stage_.random.between(30'000, 120'000);
  }
  note([&] { return std::string("is asked for a ") + (question.force_refresh ? "fresh " : "") + "token"; });
  stage_.time.after(delay, [this, life = life_, id = question.fetch, is_forced = question.force_refresh,
                            number = user_number_, answer = std::move(answer)] {
    if (life != life_ || !engine_) return;
    result<std::optional<std::string>> token = std::optional<std::string>();
    if (answer)
      token = *answer;
    else if (number == user_number_ && source_.what != token_source::kind::nobody)
      token = !is_forced && !source_.cached.empty() ? source_.cached : source_.issue(stage_, server_);
    apply(sync::input::token_fetched{id, std::move(token)});
  });
}

void client::use_pages() {
  if (!pages_) {
    sync::paging_options options;
    options.queue_load_more = stage_.random.happens(0.5);
    pages_.emplace([this] { return ++last_list_; }, options);
  }
  const std::size_t what = stage_.random.below(10);
  if (pages_->wanted().empty() || what == 0) {
    sync::paging_target target;
    target.path = "r:page";
    target.args = value::make_object({{"list", stage_.random.happens(0.5) ? 1 : 2}});
    target.initial_items = static_cast<double>(stage_.random.between(1, 4));
    (void)pages_->set_target(std::move(target));
  } else if (what == 1) {
    pages_->reset();
  } else {
    pages_->load_more(static_cast<double>(stage_.random.between(1, 4)));
  }
  settle_pages();
}

/// As a paginated watch does: takes results in, and watches what is wanted next, until nothing new is wanted.
void client::settle_pages() {
  if (std::exchange(is_settling_pages_, true)) return;
  for (bool is_new = true; is_new;) {
    is_new = false;
    pages_->evaluate([this](const sync::query_key& q) { return engine_->state(q.token()); });
    std::set<std::string> wanted;
    for (const sync::query_key& query : pages_->wanted()) {
      wanted.insert(std::string(query.token()));
      if (!page_queries_.emplace(std::string(query.token()), query).second) continue;
      is_new = true;
      watch(query);
    }
    for (auto at = page_queries_.begin(); at != page_queries_.end();) {
      const auto current = at++;
      if (wanted.count(current->first) != 0) continue;
      const sync::query_key query = current->second;
      page_queries_.erase(current);
      unwatch(query, 0);
    }
  }
  is_settling_pages_ = false;
  check_pages();
}

void client::check_pages() {
  const auto read = [this](const sync::query_key& q) { return engine_->state(q.token()); };
  const paginated_state_ptr now = pages_->state(read);
  const paginated_state& state = *now;
  if (state.failure) fail("the list failed: " + state.failure->message);
  if (state.is_stale || !is_open_ || state.state == paginated_state::status::loading_first_page) return;
  const std::vector<row>& rows = server_.data().at(model_->version()).rows;
  bool is_same = state.items.size() <= rows.size();
  for (std::size_t i = 0; is_same && i < state.items.size(); ++i) is_same = state.items[i] == rows[i].shown;
  if (!is_same) fail("the pages do not show the first rows, each once: " + write_json(value(state.items)));
  if (state.state == paginated_state::status::exhausted && state.items.size() != rows.size())
    fail("the list claims to be exhausted and is not");
}

// ---- what the database says

void client::committed(const std::string& tag, const std::string& user) {
  note([&] { return "call " + tag + " commits" + (user.empty() ? "" : " as " + user); });
  const fate& f = fates_.at(tag);
  if (server_.data().written(tag)->times > 1) fail("call " + tag + " happened twice");
  if (!f.is_open && !f.is_loose) fail("call " + tag + " is over, and happens after that");
  if (!f.has_effect) fail("call " + tag + " was refused, and happens nevertheless");
  if (!user.empty()) {
    const auto number = static_cast<unsigned>(std::stoul(user.substr(user.rfind('.') + 1)));
    if (number < f.oldest_user) fail("call " + tag + " ran as " + user + ", who had signed out before it was made");
  }
  if (f.is_loose || f.kind != call_kind::mutation) return;
  if (f.number < last_committed_) fail("mutation " + tag + " happened out of order");
  last_committed_ = f.number;
}

// ---- the end

void client::calm_down() {
  launch();
  source_.failures = source_.hangs = 0;
  source_.slowness = 20;
  clock_offset_ms_ = 0;
}

std::string client::what_is_open() const {
  std::string text;
  if (!open_calls_.empty()) text += " calls: " + open_calls_.begin()->second + (open_calls_.size() > 1 ? "..." : "");
  if (!is_open_ || !wire_->is_whole()) text += " no connection";
  // A clog may outlast the storm; until it clears, nobody can have heard the newest.
  if (is_open_ && !wire_->is_clear()) text += " frames on their way";
  if (!model_->is_confirmed()) text += " unconfirmed queries";
  if (engine_->auth().is_loading) text += " signing in";
  if (engine_->auth().is_refreshing) text += " renewing a token";
  if (pages_ && pages_->state()->is_loading()) text += " a page";
  return text;
}

bool client::is_settled() const { return what_is_open().empty(); }

void client::check_settled(const database& db) {
  model_->require_newest();
  const auth_state auth = engine_->auth();
  if (auth_ == auth_mode::source) {
    const bool is_weak = server_.refusals != refusals_before_;
    const bool is_good = source_.what == token_source::kind::good;
    if (is_good && !is_weak && !auth.is_authenticated) fail("a good token does not authenticate");
    if (!is_good && auth.is_authenticated) fail("is authenticated without a good token");
    if (auth.is_authenticated != (model_->user() == source_.user) && !auth.is_authenticated && !model_->user().empty())
      fail("speaks as " + model_->user() + ", and says that it does not");
    if (auth.is_authenticated && model_->user() != source_.user) fail("says that it is authenticated, and is not");
  } else {
    const std::string user = auth_ == auth_mode::admin ? "admin." + std::to_string(index_) + "." + std::to_string(user_number_) : "";
    if (model_->user() != user) fail("speaks as '" + model_->user() + "' instead of '" + user + "'");
    if (auth.is_authenticated || auth.is_loading) fail("says that a user is signed in");
  }
  if (engine_->optimistic_layers() != 0) fail("a layer stays after its call");
  if (engine_->has_incomplete_requests()) fail("says that requests are open");
  if (pages_ && !page_queries_.empty()) check_pages();
  if (!outbox_.empty()) fail("the outbox still remembers a mutation");
  (void)db;
}

void client::let_go() {
  while (!watched_.empty()) unsubscribe();
  if (!pages_) return;
  (void)pages_->set_target(std::nullopt);
  settle_pages();
}

void client::check_empty() const {
  if (engine_->known_queries() != 0) fail(std::to_string(engine_->known_queries()) + " queries are remembered");
  if (engine_->optimistic_layers() != 0) fail("a layer is remembered");
  const connection_state c = engine_->connection(sync::moment(stage_.time.now()));
  if (c.has_inflight_requests() || c.oldest_request_age) fail("a request is remembered");
}

void client::close() {
  if (!engine_) return;
  model_->close();
  apply(sync::input::close{});
  if (!open_calls_.empty()) fail("call " + open_calls_.begin()->second + " did not complete when the client was closed");
  if (wire_ || current_ != 0) fail("keeps its socket after it was closed");
}

void client::check_calls(const database& db) const {
  for (const auto& [tag, f] : fates_) {
    const database::write* written = db.written(tag);
    const int times = written == nullptr ? 0 : written->times;
    if (f.is_open) fail("call " + tag + " never completed");
    if (f.has_succeeded && f.has_effect && times != 1) fail("call " + tag + " succeeded, and happened " + std::to_string(times) + " times");
    if (!f.has_succeeded && !f.is_loose && times != 0) fail("call " + tag + " failed, and happened");
    if (times > 1) fail("call " + tag + " happened twice");
  }
}

}  // namespace hull::sim
