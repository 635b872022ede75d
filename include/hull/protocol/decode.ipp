// Frames to messages. Each frame is read as one value; the envelope is then picked apart.
#pragma once

#include <hull/protocol/transition_reader.ipp>
#include <hull/value/json.hpp>

#include <cmath>
#include <limits>
#include <utility>

namespace hull::protocol {
namespace detail {

/// Picks fields from one object of a message and remembers the first that is wrong.
class field_reader {
 public:
  field_reader(const value& v, std::string where) : value_(v), where_(std::move(where)) {
    if (!v.is_object()) fail("", "must be an object");
  }

  bool good() const { return problem_.empty(); }
  std::string take_problem() { return std::move(problem_); }
  void adopt(field_reader&& inner) {
    if (good()) problem_ = std::move(inner.problem_);
  }
  void fail(std::string_view name, std::string_view what) {
    if (!good()) return;
    problem_ = where_;
    if (!name.empty()) problem_.append(".").append(name);
    problem_.append(" ").append(what);
  }

  /// Null pointer when absent or null.
  const value* find(std::string_view name) const {
    const value* v = value_.find(name);
    return v && !v->is_null() ? v : nullptr;
  }
  bool has(std::string_view name) const { return value_.find(name) != nullptr; }

  std::string text(std::string_view name) {
    const value* v = find(name);
    if (v && v->is_string()) return v->as_string();
    fail(name, v ? "must be a string" : "is missing");
    return {};
  }
  std::optional<std::string> optional_text(std::string_view name) {
    return find(name) ? std::optional(text(name)) : std::nullopt;
  }
  template <class Integer>
  Integer integer(std::string_view name) {
    const value* v = find(name);
    const double* d = v ? v->if_double() : nullptr;
    // The largest double below 2^64 and the like are far above any limit here, so the comparison is exact enough.
    if (d && std::trunc(*d) == *d && *d >= static_cast<double>(std::numeric_limits<Integer>::min()) &&
        *d < static_cast<double>(std::numeric_limits<Integer>::max()) + 1.0)
      return static_cast<Integer>(*d);
    fail(name, v ? "must be an integer in range" : "is missing");
    return 0;
  }
  template <class Integer>
  std::optional<Integer> optional_integer(std::string_view name) {
    return find(name) ? std::optional(integer<Integer>(name)) : std::nullopt;
  }
  std::optional<double> optional_number(std::string_view name) {
    const value* v = find(name);
    if (!v) return std::nullopt;
    if (const double* d = v->if_double()) return *d;
    fail(name, "must be a number");
    return std::nullopt;
  }
  bool boolean(std::string_view name) {
    const value* v = find(name);
    if (v && v->if_bool()) return v->as_bool();
    fail(name, v ? "must be a boolean" : "is missing");
    return false;
  }
  timestamp ts(std::string_view name) {
    const auto decoded = decode_timestamp(text(name));
    if (!decoded) fail(name, "must be a timestamp, base64 of eight bytes");
    return decoded.value_or(0);
  }
  std::optional<timestamp> optional_ts(std::string_view name) {
    return find(name) ? std::optional(ts(name)) : std::nullopt;
  }
  const array& list(std::string_view name) {
    static const array none;
    const value* v = find(name);
    if (v && v->is_array()) return v->as_array();
    fail(name, v ? "must be an array" : "is missing");
    return none;
  }
  /// Log lines may be left out.
  std::vector<std::string> lines(std::string_view name) {
    std::vector<std::string> out;
    if (!find(name)) return out;
    for (const auto& line : list(name)) {
      if (line.is_string())
        out.push_back(line.as_string());
      else
        fail(name, "must hold strings");
    }
    return out;
  }
  state_version version(std::string_view name) {
    const value* v = find(name);
    if (!v) {
      fail(name, "is missing");
      return {};
    }
    field_reader inner(*v, where_ + "." + std::string(name));
    state_version out{inner.integer<std::uint32_t>("querySet"), inner.integer<std::uint32_t>("identity"),
                      inner.ts("ts")};
    adopt(std::move(inner));
    return out;
  }
  /// Positional arguments; a bare object stands for one argument.
  array args() {
    const value* v = find("args");
    if (v && v->is_object()) return array{*v};
    return list("args");
  }

 private:
  const value& value_;
  std::string where_;
  std::string problem_;
};

inline query_set_change read_query_set_change(field_reader& r) {
  const std::string type = r.text("type");
  if (type == "Add") {
    add_query add;
    add.id = r.integer<query_id>("queryId");
    add.udf_path = r.text("udfPath");
    add.args = r.args();
    if (r.has("journal")) add.journal = r.optional_text("journal");
    add.component_path = r.optional_text("componentPath");
    return add;
  }
  if (type != "Remove") r.fail("type", "must be \"Add\" or \"Remove\"");
  return remove_query{r.integer<query_id>("queryId")};
}

inline modify_query_set read_modify_query_set(field_reader& r) {
  modify_query_set m;
  m.base_version = r.integer<std::uint32_t>("baseVersion");
  m.new_version = r.integer<std::uint32_t>("newVersion");
  for (const auto& item : r.list("modifications")) {
    field_reader inner(item, "ModifyQuerySet.modifications[" + std::to_string(m.modifications.size()) + "]");
    m.modifications.push_back(read_query_set_change(inner));
    r.adopt(std::move(inner));
    if (!r.good()) break;
  }
  return m;
}

inline authenticate read_authenticate(field_reader& r) {
  authenticate m;
  m.base_version = r.integer<std::uint32_t>("baseVersion");
  const std::string type = r.text("tokenType");
  m.type = type == "User" ? token_type::user : type == "Admin" ? token_type::admin : token_type::none;
  if (m.type != token_type::none)
    m.token = r.text("value");
  else if (type != "None")
    r.fail("tokenType", "must be \"User\", \"Admin\" or \"None\"");
  if (m.type == token_type::admin) {
    const value* acting = r.find("impersonating");
    if (!acting) acting = r.find("acting_as");
    if (acting) m.acting_as = *acting;
  }
  return m;
}

inline std::optional<client_message> read_client_message(field_reader& r, const std::string& type) {
  if (type == "Connect") {
    connect m;
    m.session_id = r.text("sessionId");
    m.connection_count = r.integer<std::uint32_t>("connectionCount");
    m.last_close_reason = r.optional_text("lastCloseReason");
    m.max_observed_timestamp = r.optional_ts("maxObservedTimestamp");
    m.client_ts = r.optional_integer<std::int64_t>("clientTs");
    return m;
  }
  if (type == "ModifyQuerySet") return read_modify_query_set(r);
  if (type == "Mutation")
    return mutation{r.integer<request_id>("requestId"), r.text("udfPath"), r.args(), r.optional_text("componentPath")};
  if (type == "Action")
    return action{r.integer<request_id>("requestId"), r.text("udfPath"), r.args(), r.optional_text("componentPath")};
  if (type == "Authenticate") return read_authenticate(r);
  if (type == "Event") {
    const value* body = r.find("event");
    return event{r.text("eventType"), body ? *body : value()};
  }
  return std::nullopt;
}

inline query_change read_query_change(field_reader& r) {
  const std::string type = r.text("type");
  const auto id = r.integer<query_id>("queryId");
  if (type == "QueryUpdated") {
    const value* v = r.find("value");  // a missing value counts as null
    return query_updated{id, v ? *v : value(), r.lines("logLines"), r.optional_text("journal")};
  }
  if (type == "QueryFailed") {
    query_failed m{id, r.text("errorMessage"), {}, r.lines("logLines"), r.optional_text("journal")};
    if (r.has("errorData")) m.data = r.find("errorData") ? *r.find("errorData") : value();
    return m;
  }
  if (type != "QueryRemoved") r.fail("type", "must be \"QueryUpdated\", \"QueryFailed\" or \"QueryRemoved\"");
  return query_removed{id};
}

inline transition read_transition(field_reader& r) {
  transition m;
  m.start = r.version("startVersion");
  m.end = r.version("endVersion");
  const array& list = r.list("modifications");
  m.modifications.reserve(list.size());
  for (const auto& item : list) {
    field_reader inner(item, "Transition.modifications[" + std::to_string(m.modifications.size()) + "]");
    m.modifications.push_back(read_query_change(inner));
    r.adopt(std::move(inner));
    if (!r.good()) break;
  }
  m.client_clock_skew = r.optional_integer<std::int64_t>("clientClockSkew");
  m.server_ts = r.optional_number("serverTs");
  return m;
}

inline call_outcome read_outcome(field_reader& r) {
  if (r.boolean("success")) {
    const value* v = r.find("result");
    return v ? *v : value();
  }
  call_failure failure{r.text("result"), {}};
  if (r.has("errorData")) failure.data = r.find("errorData") ? *r.find("errorData") : value();
  return failure;
}

inline std::optional<server_message> read_server_message(field_reader& r, const std::string& type) {
  if (type == "Transition") return read_transition(r);
  if (type == "TransitionChunk")
    return transition_chunk{r.text("chunk"), r.integer<std::uint32_t>("partNumber"),
                            r.integer<std::uint32_t>("totalParts"), r.text("transitionId")};
  if (type == "MutationResponse") {
    mutation_response m{r.integer<request_id>("requestId"), read_outcome(r), r.optional_ts("ts"), r.lines("logLines")};
    if (std::holds_alternative<value>(m.outcome) && !m.ts) r.fail("ts", "is missing");
    return m;
  }
  if (type == "ActionResponse")
    return action_response{r.integer<request_id>("requestId"), read_outcome(r), r.lines("logLines")};
  if (type == "AuthError") {
    auth_error m{r.text("error"), r.optional_integer<std::uint32_t>("baseVersion"), std::nullopt};
    if (r.find("authUpdateAttempted")) m.auth_update_attempted = r.boolean("authUpdateAttempted");
    return m;
  }
  if (type == "FatalError") return fatal_error{r.text("error")};
  if (type == "Ping") return ping{};
  return std::nullopt;
}

inline json_options frame_options() {
  json_options options;
  options.any_names = true;  // The rules for names hold for the values inside and are checked with them.
  options.limits.max_nesting += 8;
  options.limits.max_array_length = std::numeric_limits<std::size_t>::max();  // bounded by the frame
  options.limits.max_object_fields = std::numeric_limits<std::size_t>::max();
  return options;
}

template <class Message, class Read>
result<Message> decode(std::string_view frame, Read read) {
  auto json = read_json(frame, frame_options());
  const auto refuse = [](std::string why) { return hull::error{errc::bad_message, std::move(why), {}, {}}; };
  if (!json) return refuse(std::move(json.error().message));
  const value* type = json->find("type");
  if (!type || !type->is_string()) return refuse("message has no \"type\"");
  field_reader r(*json, type->as_string());
  auto message = read(r, type->as_string());
  if (!message) return refuse("unknown message type \"" + type->as_string().substr(0, 64) + "\"");
  if (!r.good()) return refuse(r.take_problem());
  return std::move(*message);
}

}  // namespace detail

inline result<client_message> decode_client_message(std::string_view frame) {
  return detail::decode<client_message>(frame, detail::read_client_message);
}

namespace detail {

inline result<server_message> decode_server_message(std::string_view frame, result_memory* memory) {
  if (auto quick = transition_reader(frame, frame_options(), memory).read()) return server_message(std::move(*quick));
  auto message = decode<server_message>(frame, read_server_message);
  auto* whole = memory && message ? std::get_if<transition>(&*message) : nullptr;
  if (whole)
    for (const query_change& change : whole->modifications)
      if (const auto* removed = std::get_if<query_removed>(&change)) memory->forget(removed->id);
  return message;
}

}  // namespace detail

inline result<server_message> decode_server_message(std::string_view frame) {
  return detail::decode_server_message(frame, nullptr);
}

inline result<server_message> decode_server_message(std::string_view frame, result_memory& memory) {
  return detail::decode_server_message(frame, &memory);
}

}  // namespace hull::protocol
