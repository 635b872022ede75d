// Bodies of outbox_state.hpp.
//
// Texts begin with one letter: S session id; R reserved id u32; M request u32, time i64, length of path u32, path,
// arguments as JSON; F forgotten request u32.
#pragma once

#include <hull/offline/numbers.hpp>
#include <hull/offline/outbox_state.hpp>
#include <hull/value/json.hpp>

#include <algorithm>
#include <utility>

namespace hull::offline {

namespace detail {
inline constexpr std::size_t mutation_head_length = 1 + 4 + 8 + 4;

HULL_INLINE error bad_record(const std::string& what) {
  return error{errc::bad_value, "a record of the outbox makes no sense: " + what, {}, {}};
}
}  // namespace detail

HULL_INLINE std::string outbox_state::session_text(std::string_view session_id) {
  return "S" + std::string(session_id);
}

HULL_INLINE std::string outbox_state::reserved_text(protocol::request_id reserved) {
  std::string text = "R";
  append_number(text, reserved);
  return text;
}

HULL_INLINE std::string outbox_state::mutation_text(const outbox::entry& e) {
  std::string text = "M";
  append_number(text, e.request);
  append_number(text, static_cast<std::uint64_t>(e.recorded_at_ms));
  append_number(text, static_cast<std::uint32_t>(e.path.size()));
  text += e.path;
  append_json(text, e.args);
  return text;
}

HULL_INLINE std::string outbox_state::forgotten_text(protocol::request_id request) {
  std::string text = "F";
  append_number(text, request);
  return text;
}

HULL_INLINE result<void> outbox_state::apply(std::string_view text) {
  const char what = text.empty() ? '\0' : text.front();
  if (what == 'S') {
    begin(std::string(text.substr(1)));
    return {};
  }
  if (what == 'M') return add(text);
  if (what != 'R' && what != 'F') return detail::bad_record("it begins with no known letter");
  if (text.size() != 5) return detail::bad_record("its length is wrong");
  const auto number = number_at<std::uint32_t>(text, 1);
  if (what == 'R')
    reserved_ = std::max(reserved_, number);
  else if (const auto at = held_.find(number); at != held_.end())
    drop(at);
  return {};
}

HULL_INLINE result<void> outbox_state::add(std::string_view text) {
  if (text.size() < detail::mutation_head_length) return detail::bad_record("a mutation is too short");
  outbox::entry e;
  e.request = number_at<std::uint32_t>(text, 1);
  e.recorded_at_ms = static_cast<std::int64_t>(number_at<std::uint64_t>(text, 5));
  const std::size_t path_length = number_at<std::uint32_t>(text, 13);
  const std::string_view rest = text.substr(detail::mutation_head_length);
  if (path_length > rest.size()) return detail::bad_record("the path of a mutation is too long");
  e.path = std::string(rest.substr(0, path_length));
  auto args = read_json(rest.substr(path_length));
  if (args.has_error()) return detail::bad_record(args.error().message);
  e.args = std::move(*args);
  if (held_.contains(e.request)) return detail::bad_record("two mutations have one id");
  bytes_ += text.size();
  held_.emplace(e.request, held{std::move(e), text.size()});
  return {};
}

HULL_INLINE void outbox_state::drop(std::map<protocol::request_id, held>::iterator at) {
  bytes_ -= at->second.bytes;
  held_.erase(at);
}

HULL_INLINE std::vector<std::string> outbox_state::texts() const {
  std::vector<std::string> all{session_text(session_id_), reserved_text(reserved_)};
  for (const auto& [request, h] : held_) all.push_back(mutation_text(h.entry));
  return all;
}

HULL_INLINE void outbox_state::begin(std::string session_id) {
  session_id_ = std::move(session_id);
  reserved_ = 0;
  held_.clear();
  bytes_ = 0;
}

HULL_INLINE std::vector<outbox::entry> outbox_state::take_expired(std::int64_t oldest, std::int64_t newest) {
  std::vector<outbox::entry> taken;
  for (auto at = held_.begin(); at != held_.end();) {
    const auto next = std::next(at);
    const std::int64_t recorded = at->second.entry.recorded_at_ms;
    if (recorded < oldest || recorded > newest) {
      taken.push_back(std::move(at->second.entry));
      drop(at);
    }
    at = next;
  }
  return taken;
}

HULL_INLINE std::vector<outbox::entry> outbox_state::entries() const {
  std::vector<outbox::entry> all;
  all.reserve(held_.size());
  for (const auto& [request, h] : held_) all.push_back(h.entry);
  return all;
}

}  // namespace hull::offline
