// Bodies of engine.hpp: a look at everything.
#pragma once

#include <hull/sync/engine.hpp>
#include <hull/value/size.hpp>

#include <map>
#include <string_view>
#include <utility>

namespace hull::sync {

HULL_INLINE void engine::keep_history(std::size_t calls) {
  if (calls == 0) {
    history_.reset();
    return;
  }
  if (!history_) history_ = std::make_unique<history>();
  history_->set_capacity(calls);
}

HULL_INLINE inspection engine::inspect(moment now) {
  inspection out;
  out.connection = connection(now);
  out.keeps_history = history_ != nullptr;
  out.transitions = transitions_;
  std::map<std::string_view, moment> kept;  // The last one counts: that is when the query goes.
  for (const auto& [until, query] : kept_) kept.insert_or_assign(query.token(), until);
  if (history_) {
    history_->forget_queries([&](std::string_view token) { return table_.find(token) != nullptr; });
    out.finished = history_->finished(now);
  }
  for (const query_record* record : table_.subscribed()) {
    inspected_query q;
    q.path = record->key.path();
    q.args = record->key.args();
    q.token = record->key.token();
    q.state = change_set::present(*record, remote_.epoch());
    if (history_) {
      if (record->shown) q.value_bytes = history_->size_of(q.token, record->shown);
      if (const auto changed = history_->changed_at(q.token)) q.since_change = now - *changed;
    } else if (q.state->last_value) {
      q.value_bytes = value_size(*q.state->last_value);
    }
    if (const auto until = kept.find(q.token); until != kept.end() && record->watcher == no_watcher)
      q.retained_for = until->second - now;
    if (record->marks)
      for (const layer_write& w : record->marks->writes) q.layers.push_back(w.layer);
    out.queries.push_back(std::move(q));
  }
  requests_.for_each([&](protocol::request_id id, const request& r) {
    inspected_call c;
    c.number = id;
    c.kind = r.kind;
    c.path = r.path;
    c.args = r.args;
    c.age = now - r.called_at;
    c.has_layer = optimistic_.has(id);
    using progress = inspected_call::progress;
    c.state = r.state == request::phase::waiting ? progress::waiting
              : r.state == request::phase::sent  ? progress::sent
                                                 : progress::answered;
    out.calls.push_back(std::move(c));
  });
  optimistic_.for_each([&](optimistic::layer_id id, const auto& writes, const auto& reads) {
    inspected_layer l;
    l.number = id;
    if (const request* r = requests_.find(id)) l.path = r->path;
    for (const query_record* record : writes) l.writes.emplace_back(record->key.token());
    for (const query_record* record : reads) l.reads.emplace_back(record->key.token());
    out.layers.push_back(std::move(l));
  });
  return out;
}

}  // namespace hull::sync
