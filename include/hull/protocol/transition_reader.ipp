// The message that comes most: transitions as deployments write them, read without values for the envelope.
#pragma once

#include <hull/protocol/result_memory.hpp>
#include <hull/protocol/server_message.hpp>
#include <hull/value/json.hpp>

#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace hull::protocol::detail {

/// Reads a Transition whose changes are all QueryUpdated, fields in any order, each once, none unknown. Whatever else
/// comes is left to the general way, which also finds the words for what is wrong; so this reader may give up
/// anywhere, but must never understand a text differently.
class transition_reader {
 public:
  transition_reader(std::string_view frame, const json_options& options, result_memory* memory = nullptr)
      : json_(frame, options), is_short_enough_(frame.size() <= options.limits.max_text_bytes), memory_(memory) {}

  std::optional<transition> read() {
    if (!is_short_enough_ || !read_envelope() || !json_.is_at_end()) return std::nullopt;
    return std::move(out_);
  }

 private:
  static constexpr unsigned start = 1, end = 2, type = 4, changes = 8, skew = 16, server_ts = 32;

  bool read_envelope() {
    const bool read = fields([&](std::string_view name, unsigned& seen) {
      if (name == "type") return once(seen, type) && json_.plain_text() == "Transition";
      if (name == "startVersion") return once(seen, start) && read_version(out_.start);
      if (name == "endVersion") return once(seen, end) && read_version(out_.end);
      if (name == "modifications") return once(seen, changes) && read_changes();
      if (name == "clientClockSkew") return once(seen, skew) && read_skew();
      if (name == "serverTs") return once(seen, server_ts) && read_server_ts();
      return false;
    });
    return read && (seen_last_ & (start | end | type | changes)) == (start | end | type | changes);
  }

  bool read_version(state_version& v) {
    const bool read = fields([&](std::string_view name, unsigned& seen) {
      if (name == "querySet") return once(seen, 1) && read_integer(v.query_set);
      if (name == "identity") return once(seen, 2) && read_integer(v.identity);
      if (name == "ts") return once(seen, 4) && read_timestamp(v.ts);
      return false;
    });
    return read && seen_last_ == 7;
  }

  bool read_changes() {
    if (!json_.take('[')) return false;
    if (json_.take(']')) return true;
    do {
      if (!read_change()) return false;
    } while (json_.take(','));
    return json_.take(']');
  }

  bool read_change() {
    query_updated change;
    const bool read = fields([&](std::string_view name, unsigned& seen) {
      if (name == "type") return once(seen, 1) && json_.plain_text() == "QueryUpdated";
      if (name == "queryId") return once(seen, 2) && read_integer(change.id);
      if (name == "value") return once(seen, 4) && read_result(change, seen);
      if (name == "logLines") return once(seen, 8) && read_lines(change.log_lines);
      if (name == "journal") return once(seen, 16) && read_journal(change.journal);
      return false;
    });
    if (!read || (seen_last_ & 3) != 3) return false;
    out_.modifications.emplace_back(std::move(change));
    return true;
  }

  // What came before of this query helps, where the query is known by now: deployments name it before its value.
  bool read_result(query_updated& change, unsigned seen) {
    constexpr unsigned id = 2;
    hull::detail::list_memory* const memory = memory_ && (seen & id) != 0 ? memory_->of(change.id) : nullptr;
    const bool read = json_.read_value(change.result, depth_of_results, memory);
    if (memory) memory_->settle(change.id, memory);
    return read;
  }

  bool read_lines(std::vector<std::string>& lines) {
    if (!json_.take('[')) return false;
    if (json_.take(']')) return true;
    do {
      if (!json_.next_is('"') || !json_.read_string(lines.emplace_back())) return false;
    } while (json_.take(','));
    return json_.take(']');
  }

  bool read_journal(journal_text& journal) {
    if (json_.next_is('"')) return json_.read_string(journal.emplace());
    value null;
    return json_.next_is('n') && json_.read_value(null, depth_of_results);
  }

  bool read_timestamp(timestamp& ts) {
    const auto text = json_.plain_text();
    const auto decoded = text ? decode_timestamp(*text) : std::nullopt;
    ts = decoded.value_or(0);
    return decoded.has_value();
  }

  bool read_integer(std::uint32_t& i) {
    const auto digits = json_.plain_digits();
    if (digits.empty() || (digits.size() > 1 && digits[0] == '0')) return false;
    const auto [stop, code] = std::from_chars(digits.data(), digits.data() + digits.size(), i);
    return code == std::errc() && stop == digits.data() + digits.size();
  }

  bool read_skew() {
    constexpr double most = 1e15;  // Far more than any clock is wrong by, and exact.
    value v;
    if (!json_.read_value(v, 1)) return false;
    const double* const d = v.if_double();
    if (d && std::trunc(*d) == *d && std::abs(*d) <= most) out_.client_clock_skew = static_cast<std::int64_t>(*d);
    return v.is_null() || out_.client_clock_skew;
  }

  bool read_server_ts() {
    value v;
    if (!json_.read_value(v, 1)) return false;
    if (const double* const d = v.if_double()) out_.server_ts = *d;
    return v.is_null() || out_.server_ts;
  }

  /// One object. `each` reads the value of a field; `seen_last_` is then what it noted.
  template <class F>
  bool fields(const F& each) {
    unsigned seen = 0;
    if (!json_.take('{')) return false;
    if (!json_.next_is('}')) do {
        const auto name = json_.plain_text();
        if (!name || !json_.take(':') || !each(*name, seen)) return false;
      } while (json_.take(','));
    seen_last_ = seen;
    return json_.take('}');
  }
  static bool once(unsigned& seen, unsigned field) { return (std::exchange(seen, seen | field) & field) == 0; }

  static constexpr std::size_t depth_of_results = 3;  ///< Below the message, the list and the change.

  hull::detail::json_reader json_;
  bool is_short_enough_;
  result_memory* memory_;
  unsigned seen_last_ = 0;
  transition out_;
};

}  // namespace hull::protocol::detail
