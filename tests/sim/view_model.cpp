#include "view_model.hpp"

#include <hull/function/path.hpp>

#include <stdexcept>

namespace hull::sim {

/// Everything below a layer, and what the layer writes.
class view_model::store final : public local_store {
 public:
  struct known {
    sync::query_key key;
    std::optional<value> now;
    bool is_written = false;
  };
  explicit store(const view_model& model) {
    for (const auto& [token, e] : model.entries_) {
      known k{e.key, {}, false};
      if (e.remote && e.remote->state == query_state::status::ready) k.now = e.remote->last_value;
      all.emplace(token, std::move(k));
    }
  }

  std::optional<value> get_query(std::string_view path, const value& args) const override {
    const auto found = all.find(std::string(key_of(path, args).token()));
    return found == all.end() ? std::nullopt : found->second.now;
  }
  std::vector<std::pair<value, std::optional<value>>> get_all_queries(std::string_view path) const override {
    std::vector<std::pair<value, std::optional<value>>> found;
    for (const auto& [token, k] : all)
      if (k.key.path() == canonical_path(path)) found.emplace_back(k.key.args(), k.now);
    return found;
  }
  void set_query(std::string_view path, const value& args, std::optional<value> v) override {
    const sync::query_key key = key_of(path, args);
    all[std::string(key.token())] = {key, std::move(v), true};
  }

  std::map<std::string, known> all;

 private:
  static sync::query_key key_of(std::string_view path, const value& args) {
    auto key = sync::query_key::make(path, args);
    if (key.has_error()) throw std::invalid_argument(key.error().message);
    return *key;
  }
};

// ---- the program

void view_model::subscribe(const sync::query_key& query, const std::optional<value>& last_known) {
  entry& e = entries_[std::string(query.token())];
  if (++e.references > 1) return;
  e.key = query;
  is_stale_ = true;
  if (!last_known) return;
  e.remote.emplace();
  e.remote->state = query_state::status::ready;
  e.remote->last_value = last_known;
}

void view_model::unsubscribe(const sync::query_key& query, std::int64_t keep_for) {
  const auto found = entries_.find(std::string(query.token()));
  if (found == entries_.end()) return;
  if (keep_for > 0)
    kept_.emplace(stage_.time.now() + keep_for, std::string(query.token()));
  else
    release(found);
}

void view_model::release(std::map<std::string, entry>::iterator at) {
  if (--at->second.references != 0) return;
  entries_.erase(at);
  is_stale_ = true;
}

void view_model::timer() {
  while (!kept_.empty() && kept_.begin()->first <= stage_.time.now()) {
    const auto found = entries_.find(kept_.begin()->second);
    kept_.erase(kept_.begin());
    if (found != entries_.end()) release(found);
  }
}

bool view_model::call(sync::call_id id, const std::string& tag, const optimistic_update& update) {
  if (update) {
    view();  // Layers that throw are gone before the new one runs.
    store s(*this);
    try {
      for (const layer& l : layers_) l.update(s);
      update(s);
    } catch (const std::exception&) {
      return false;
    }
    layers_.push_back({id, update});
    is_stale_ = true;
  }
  calls_[id] = {tag, {}};
  call_of_tag_[tag] = id;
  return true;
}

void view_model::finish(std::map<sync::call_id, open_call>::iterator at, bool is_success) {
  due_.push_back({at->first, is_success});
  if (std::erase_if(layers_, [&](const layer& l) { return l.call == at->first; }) != 0) is_stale_ = true;
  call_of_tag_.erase(at->second.tag);
  calls_.erase(at);
}

void view_model::cancel(sync::call_id id) {
  if (const auto found = calls_.find(id); found != calls_.end()) finish(found, false);
}

void view_model::close() {
  while (!calls_.empty()) finish(calls_.begin(), false);
}

// ---- the wire

void view_model::socket_lost() {
  for (auto& [token, e] : entries_) e.is_confirmed = false;
  is_stale_ = true;
}

void view_model::said(const protocol::client_message& m) {
  if (const auto* set = std::get_if<protocol::modify_query_set>(&m)) {
    for (const auto& change : set->modifications) {
      const auto* add = std::get_if<protocol::add_query>(&change);
      if (add == nullptr) continue;
      const std::string token = query_token(add->udf_path, add->args.at(0));
      const auto found = entries_.find(token);
      if (found == entries_.end()) stage_.fail("a query was added that nobody wants: " + token);
      if (found->second.journal != add->journal) stage_.fail("a query was added without its journal: " + token);
      found->second.id = add->id;
      tokens_[add->id] = token;
    }
  } else if (const auto* mutation = std::get_if<protocol::mutation>(&m)) {
    const value* tag = mutation->args.at(0).find("tag");
    const auto found = call_of_tag_.find(tag->as_string());
    if (found == call_of_tag_.end()) stage_.fail("a mutation was sent that is not open: " + tag->as_string());
    const auto [at, is_new] = call_of_request_.try_emplace(mutation->id, found->second);
    if (at->second != found->second) stage_.fail("one request id for two mutations: " + tag->as_string());
  }
}

bool view_model::hear(const protocol::transition& t, const std::vector<std::string>& users) {
  if (t.start != version_) return false;
  version_ = t.end;
  if (t.end.ts < newest_) stage_.fail("the server went back in time");
  newest_ = t.end.ts;
  user_ = users.at(t.end.identity);
  touched_.clear();
  for (const protocol::query_change& change : t.modifications) take(change);
  for (auto& [token, e] : entries_)
    if (e.is_confirmed) verify(e, t.end.ts, touched_.count(token) != 0, user_);
  for (auto at = calls_.begin(); at != calls_.end();) {
    const auto current = at++;
    if (current->second.answered && *current->second.answered <= t.end.ts) finish(current, true);
  }
  return true;
}

void view_model::take(const protocol::query_change& change) {
  const protocol::query_id id = std::visit([](const auto& c) { return c.id; }, change);
  const auto token = tokens_.find(id);
  const auto found = token == tokens_.end() ? entries_.end() : entries_.find(token->second);
  if (found == entries_.end() || found->second.id != id) return;
  entry& e = found->second;
  if (std::holds_alternative<protocol::query_removed>(change)) stage_.fail("a live query was removed: " + token->second);
  const auto take_journal = [&](const protocol::journal_text& journal) {
    if (e.journal && *e.journal != journal) stage_.fail("the journal of a live query changed: " + token->second);
    e.journal = journal;
  };
  query_state next;
  if (const auto* updated = std::get_if<protocol::query_updated>(&change)) {
    take_journal(updated->journal);
    next.state = query_state::status::ready;
    next.last_value = updated->result;
    next.log_lines = updated->log_lines;
  } else {
    const auto& failed = std::get<protocol::query_failed>(change);
    take_journal(failed.journal);
    next.state = query_state::status::error;
    if (e.remote) next.last_value = e.remote->last_value;
    next.failure = error{errc::function_failed, failed.message, failed.data, failed.log_lines};
    next.log_lines = failed.log_lines;
  }
  e.remote = std::move(next);
  e.is_confirmed = true;
  touched_.insert(token->second);
  is_stale_ = true;
}

void view_model::verify(entry& e, timestamp ts, bool is_new, const std::string& user) {
  if (!is_new && user == e.verified_for && !database_.changed(e.reads, e.verified_at, ts)) {
    e.verified_at = ts;
    return;
  }
  const answer right = database_.query(e.key.path(), e.key.args(), e.journal.value_or(std::nullopt), user, ts);
  const query_state& have = *e.remote;
  const bool is_same = right.failure ? have.failure && have.failure->message == right.failure->message &&
                                           have.failure->data == right.failure->data
                                     : !have.failure && have.last_value == right.result;
  if (!is_same || have.log_lines != right.log_lines)
    stage_.fail("the result of " + std::string(e.key.token()) + " is not what the database held at " + std::to_string(ts));
  e.verified_at = ts;
  e.verified_for = user;
  e.reads = right.reads;
}

void view_model::hear(const protocol::mutation_response& r) {
  const auto request = call_of_request_.find(r.id);
  const auto found = request == call_of_request_.end() ? calls_.end() : calls_.find(request->second);
  if (found == calls_.end() || found->second.answered) return;
  if (std::holds_alternative<protocol::call_failure>(r.outcome)) return finish(found, false);
  if (*r.ts <= version_.ts) return finish(found, true);
  found->second.answered = r.ts;
}

// ---- expectations

const std::map<std::string, view_model::shown>& view_model::view() {
  if (!std::exchange(is_stale_, false)) return view_;
  store s(*this);
  for (auto at = layers_.begin(); at != layers_.end();) {
    const auto before = s.all;
    try {
      at->update(s);
      ++at;
    } catch (const std::exception&) {
      s.all = before;
      at = layers_.erase(at);
    }
  }
  view_.clear();
  for (const auto& [token, e] : entries_) {
    shown& out = view_[token];
    out.is_known = true;
    const store::known& k = s.all.at(token);
    if (k.is_written) {
      out.state.state = k.now ? query_state::status::ready : query_state::status::loading;
      out.state.last_value = k.now;
      out.state.is_optimistic = true;
    } else if (e.remote) {
      out.state = *e.remote;
    }
    out.state.is_stale = e.remote && !e.is_confirmed;
  }
  return view_;
}

bool view_model::is_confirmed() const {
  for (const auto& [token, e] : entries_)
    if (!e.is_confirmed) return false;
  return true;
}

void view_model::require_newest() {
  for (auto& [token, e] : entries_) {
    if (!e.is_confirmed) stage_.fail("after the storm, the server has not spoken about " + token);
    verify(e, database_.latest(), true, user_);
  }
}

}  // namespace hull::sim
