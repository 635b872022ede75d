// Bodies of frames.hpp.
#pragma once

#include <hull/protocol/codec.hpp>
#include <hull/value/json.hpp>

#include <algorithm>

namespace hull::serve {
namespace detail {

inline void append_version(std::string& out, const protocol::state_version& v) {
  out.append("{\"querySet\":").append(std::to_string(v.query_set));
  out.append(",\"identity\":").append(std::to_string(v.identity));
  out.append(",\"ts\":\"").append(protocol::encode_timestamp(v.ts)).append("\"}");
}

inline void append_lines(std::string& out, const std::vector<std::string>& lines) {
  out.append(",\"logLines\":[");
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (i != 0) out.push_back(',');
    append_json_string(out, lines[i]);
  }
  out.push_back(']');
}

/// Present, even as null, only for an error that the application raised itself.
inline void append_error_data(std::string& out, const protocol::call_failure& error) {
  if (!error.data) return;
  out.append(",\"errorData\":");
  append_json(out, *error.data);
}

inline std::string response_text(std::string_view type, request_id id, const call_result& r, bool with_ts) {
  std::string out = "{\"type\":\"";
  out.append(type).append("\",\"requestId\":").append(std::to_string(id));
  out.append(",\"success\":").append(r.error ? "false" : "true").append(",\"result\":");
  if (r.error)
    append_json_string(out, r.error->message);
  else
    out.append(*r.value_json);
  if (r.error) append_error_data(out, *r.error);
  if (with_ts) {
    if (r.error)
      out.append(",\"ts\":null");
    else
      out.append(",\"ts\":\"").append(protocol::encode_timestamp(r.ts)).append("\"");
  }
  append_lines(out, r.log_lines);
  out.push_back('}');
  return out;
}

}  // namespace detail

inline transition_text::transition_text(const protocol::state_version& start, const protocol::state_version& end) {
  text_ = "{\"type\":\"Transition\",\"startVersion\":";
  detail::append_version(text_, start);
  text_.append(",\"endVersion\":");
  detail::append_version(text_, end);
  text_.append(",\"modifications\":[");
}

inline void transition_text::begin_modification(std::string_view type, query_id id) {
  if (!first_) text_.push_back(',');
  first_ = false;
  text_.append("{\"type\":\"").append(type).append("\",\"queryId\":").append(std::to_string(id));
}

inline void transition_text::add(query_id id, const query_result& r) {
  begin_modification(r.error ? "QueryFailed" : "QueryUpdated", id);
  if (r.error) {
    text_.append(",\"errorMessage\":");
    append_json_string(text_, r.error->message);
    detail::append_error_data(text_, *r.error);
  } else {
    text_.append(",\"value\":").append(*r.value_json);
  }
  detail::append_lines(text_, r.log_lines);
  text_.append(",\"journal\":");
  if (r.journal)
    append_json_string(text_, *r.journal);
  else
    text_.append("null");
  text_.push_back('}');
}

inline void transition_text::add_removed(query_id id) {
  begin_modification("QueryRemoved", id);
  text_.push_back('}');
}

inline std::string transition_text::finish(std::optional<std::int64_t> client_clock_skew,
                                           std::optional<std::int64_t> server_ts) {
  text_.push_back(']');
  if (client_clock_skew) text_.append(",\"clientClockSkew\":").append(std::to_string(*client_clock_skew));
  if (server_ts) text_.append(",\"serverTs\":").append(std::to_string(*server_ts));
  text_.push_back('}');
  return std::move(text_);
}

inline std::string mutation_response_text(request_id id, const call_result& result) {
  return detail::response_text("MutationResponse", id, result, true);
}

inline std::string action_response_text(request_id id, const call_result& result) {
  return detail::response_text("ActionResponse", id, result, false);
}

inline std::vector<std::string> chunk_texts(std::string_view transition, std::size_t chunk_bytes) {
  std::vector<std::string_view> slices;
  for (std::size_t at = 0; at < transition.size();) {
    std::size_t end = std::min(at + chunk_bytes, transition.size());
    // Never between the bytes of one character.
    while (end < transition.size() && end > at + 1 && (static_cast<unsigned char>(transition[end]) & 0xC0) == 0x80) --end;
    slices.push_back(transition.substr(at, end - at));
    at = end;
  }
  std::vector<std::string> out;
  out.reserve(slices.size());
  for (std::size_t i = 0; i < slices.size(); ++i)
    out.push_back(protocol::encode(protocol::transition_chunk{std::string(slices[i]), static_cast<std::uint32_t>(i),
                                                              static_cast<std::uint32_t>(slices.size()),
                                                              std::to_string(transition.size())}));
  return out;
}

}  // namespace hull::serve
