// Messages to frames.
#pragma once

#include <hull/value/json.hpp>

#include <type_traits>
#include <utility>

namespace hull::protocol {
namespace detail {

/// Writes one JSON object field by field, in the order of the calls.
class object_writer {
 public:
  explicit object_writer(std::string& out) : out_(out) { out_ += '{'; }
  object_writer(std::string& out, std::string_view type) : object_writer(out) { text("type", type); }
  void close() { out_ += '}'; }

  std::string& name(std::string_view n) {
    if (!std::exchange(first_, false)) out_ += ',';
    append_json_string(out_, n);
    out_ += ':';
    return out_;
  }
  void text(std::string_view n, std::string_view v) { append_json_string(name(n), v); }
  void text_or_null(std::string_view n, const std::optional<std::string>& v) {
    if (v)
      text(n, *v);
    else
      name(n) += "null";
  }
  void integer(std::string_view n, std::int64_t v) { name(n) += std::to_string(v); }
  void boolean(std::string_view n, bool v) { name(n) += v ? "true" : "false"; }
  void any(std::string_view n, const value& v) { append_json(name(n), v); }
  void ts(std::string_view n, timestamp t) { text(n, encode_timestamp(t)); }
  void lines(std::string_view n, const std::vector<std::string>& v) {
    std::string& out = name(n);
    out += '[';
    for (std::size_t i = 0; i < v.size(); ++i) {
      if (i != 0) out += ',';
      append_json_string(out, v[i]);
    }
    out += ']';
  }
  void args(const array& v) {
    std::string& out = name("args");
    out += '[';
    for (std::size_t i = 0; i < v.size(); ++i) {
      if (i != 0) out += ',';
      append_json(out, v[i]);
    }
    out += ']';
  }
  void version(std::string_view n, const state_version& v) {
    object_writer inner(name(n));
    inner.integer("querySet", v.query_set);
    inner.integer("identity", v.identity);
    inner.ts("ts", v.ts);
    inner.close();
  }

 private:
  std::string& out_;
  bool first_ = true;
};

inline void write(std::string& out, const query_set_change& change) {
  if (const auto* add = std::get_if<add_query>(&change)) {
    object_writer w(out, "Add");
    w.integer("queryId", add->id);
    w.text("udfPath", add->udf_path);
    w.args(add->args);
    if (add->journal) w.text_or_null("journal", *add->journal);
    if (add->component_path) w.text("componentPath", *add->component_path);
    w.close();
  } else {
    object_writer w(out, "Remove");
    w.integer("queryId", std::get<remove_query>(change).id);
    w.close();
  }
}

inline void write(std::string& out, const connect& m) {
  object_writer w(out, "Connect");
  w.text("sessionId", m.session_id);
  w.integer("connectionCount", m.connection_count);
  w.text_or_null("lastCloseReason", m.last_close_reason);
  if (m.max_observed_timestamp) w.ts("maxObservedTimestamp", *m.max_observed_timestamp);
  if (m.client_ts) w.integer("clientTs", *m.client_ts);
  w.close();
}

inline void write(std::string& out, const modify_query_set& m) {
  object_writer w(out, "ModifyQuerySet");
  w.integer("baseVersion", m.base_version);
  w.integer("newVersion", m.new_version);
  w.name("modifications") += '[';
  for (std::size_t i = 0; i < m.modifications.size(); ++i) {
    if (i != 0) out += ',';
    write(out, m.modifications[i]);
  }
  out += ']';
  w.close();
}

template <class Call>
requires(std::is_same_v<Call, mutation> || std::is_same_v<Call, action>) void write(std::string& out, const Call& m) {
  object_writer w(out, std::is_same_v<Call, mutation> ? "Mutation" : "Action");
  w.integer("requestId", m.id);
  w.text("udfPath", m.udf_path);
  if (m.component_path) w.text("componentPath", *m.component_path);
  w.args(m.args);
  w.close();
}

inline void write(std::string& out, const authenticate& m) {
  object_writer w(out, "Authenticate");
  w.integer("baseVersion", m.base_version);
  w.text("tokenType", m.type == token_type::user ? "User" : m.type == token_type::admin ? "Admin" : "None");
  if (m.type != token_type::none) w.text("value", m.token);
  if (m.acting_as) w.any("impersonating", *m.acting_as);
  w.close();
}

inline void write(std::string& out, const event& m) {
  object_writer w(out, "Event");
  w.text("eventType", m.type);
  w.any("event", m.body);
  w.close();
}

inline void write(std::string& out, const query_change& change) {
  if (const auto* updated = std::get_if<query_updated>(&change)) {
    object_writer w(out, "QueryUpdated");
    w.integer("queryId", updated->id);
    w.any("value", updated->result);
    w.lines("logLines", updated->log_lines);
    w.text_or_null("journal", updated->journal);
    w.close();
  } else if (const auto* failed = std::get_if<query_failed>(&change)) {
    object_writer w(out, "QueryFailed");
    w.integer("queryId", failed->id);
    w.text("errorMessage", failed->message);
    w.lines("logLines", failed->log_lines);
    w.text_or_null("journal", failed->journal);
    if (failed->data) w.any("errorData", *failed->data);
    w.close();
  } else {
    object_writer w(out, "QueryRemoved");
    w.integer("queryId", std::get<query_removed>(change).id);
    w.close();
  }
}

inline void write(std::string& out, const transition& m) {
  object_writer w(out, "Transition");
  w.version("startVersion", m.start);
  w.version("endVersion", m.end);
  w.name("modifications") += '[';
  for (std::size_t i = 0; i < m.modifications.size(); ++i) {
    if (i != 0) out += ',';
    write(out, m.modifications[i]);
  }
  out += ']';
  if (m.client_clock_skew) w.integer("clientClockSkew", *m.client_clock_skew);
  if (m.server_ts) append_js_number(w.name("serverTs"), *m.server_ts);
  w.close();
}

inline void write(std::string& out, const transition_chunk& m) {
  object_writer w(out, "TransitionChunk");
  w.text("chunk", m.chunk);
  w.integer("partNumber", m.part_number);
  w.integer("totalParts", m.total_parts);
  w.text("transitionId", m.transition_id);
  w.close();
}

inline void write_outcome(object_writer& w, const call_outcome& o) {
  const auto* v = std::get_if<value>(&o);
  w.boolean("success", v != nullptr);
  if (v) {
    w.any("result", *v);
  } else {
    const auto& failure = std::get<call_failure>(o);
    w.text("result", failure.message);
    if (failure.data) w.any("errorData", *failure.data);
  }
}

inline void write(std::string& out, const mutation_response& m) {
  object_writer w(out, "MutationResponse");
  w.integer("requestId", m.id);
  write_outcome(w, m.outcome);
  if (m.ts)
    w.ts("ts", *m.ts);
  else
    w.name("ts") += "null";
  w.lines("logLines", m.log_lines);
  w.close();
}

inline void write(std::string& out, const action_response& m) {
  object_writer w(out, "ActionResponse");
  w.integer("requestId", m.id);
  write_outcome(w, m.outcome);
  w.lines("logLines", m.log_lines);
  w.close();
}

inline void write(std::string& out, const auth_error& m) {
  object_writer w(out, "AuthError");
  w.text("error", m.message);
  if (m.base_version) w.integer("baseVersion", *m.base_version);
  if (m.auth_update_attempted) w.boolean("authUpdateAttempted", *m.auth_update_attempted);
  w.close();
}

inline void write(std::string& out, const fatal_error& m) {
  object_writer w(out, "FatalError");
  w.text("error", m.message);
  w.close();
}

inline void write(std::string& out, const ping&) { object_writer(out, "Ping").close(); }

}  // namespace detail

inline std::string encode(const client_message& m) {
  std::string out;
  std::visit([&](const auto& message) { detail::write(out, message); }, m);
  return out;
}

inline std::string encode(const server_message& m) {
  std::string out;
  std::visit([&](const auto& message) { detail::write(out, message); }, m);
  return out;
}

}  // namespace hull::protocol
