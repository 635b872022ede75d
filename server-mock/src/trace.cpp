// Traces as text, and how they are recorded.
#include <hull/mock/recorder.hpp>
#include <hull/mock/trace.hpp>
#include <hull/value/json.hpp>

#include <cmath>
#include <fstream>
#include <iterator>
#include <mutex>
#include <optional>

namespace hull::mock {

namespace {

using std::chrono::microseconds;

/// A frame and the line around it, taken as it is.
json_options line_options() {
  json_options o;
  o.any_names = true;
  o.plain = true;
  o.limits.max_nesting = 128;
  return o;
}

error wrong(std::size_t line, const std::string& what) {
  return {errc::bad_value, "trace line " + std::to_string(line) + ": " + what, {}, {}};
}

result<trace_entry> read_entry(const value& v, std::size_t line) {
  trace_entry e;
  e.line = line;
  if (const value* at = v.find("at_us")) {
    const double* us = at->if_double();
    if (!us || !(*us >= 0) || *us > 1e15) return wrong(line, "\"at_us\" must be a number of microseconds");
    e.at = microseconds(static_cast<std::int64_t>(*us));
  }
  if (const value* event = v.find("event")) {
    if (*event == value("open")) {
      e.what = trace_entry::kind::opened;
    } else if (*event == value("close")) {
      e.what = trace_entry::kind::closed;
      if (const value* code = v.find("code")) {
        const double* n = code->if_double();
        if (!n || *n != std::floor(*n) || *n < 1000 || *n > 4999) return wrong(line, "\"code\" must be a close code");
        e.code = static_cast<std::uint16_t>(*n);
      }
    } else {
      return wrong(line, "\"event\" must be \"open\" or \"close\"");
    }
    return e;
  }
  const value* from = v.find("from");
  if (from && *from == value("client"))
    e.way = direction::to_server;
  else if (from && *from == value("server"))
    e.way = direction::to_client;
  else
    return wrong(line, "needs \"event\", or \"from\" with \"client\" or \"server\"");
  if (const value* frame = v.find("frame"))
    e.text = write_json(*frame);
  else if (const value* text = v.find("text"); text && text->is_string())
    e.text = text->as_string();
  else
    return wrong(line, "a frame needs \"frame\" with an object, or \"text\" with a string");
  return e;
}

void append_entry(std::string& out, const trace_entry& e) {
  out.append("{\"at_us\":").append(std::to_string(e.at.count()));
  switch (e.what) {
    case trace_entry::kind::opened:
      out.append(",\"event\":\"open\"");
      break;
    case trace_entry::kind::closed:
      out.append(",\"event\":\"close\",\"code\":").append(std::to_string(e.code));
      break;
    case trace_entry::kind::frame:
      out.append(e.way == direction::to_server ? ",\"from\":\"client\"" : ",\"from\":\"server\"");
      // As it is on the wire, when a reader of JSON lines can take it.
      if (e.text.find_first_of("\r\n") == std::string::npos && read_json(e.text, line_options())) {
        out.append(",\"frame\":").append(e.text);
      } else {
        out.append(",\"text\":");
        append_json_string(out, e.text);
      }
      break;
  }
  out.append("}\n");
}

}  // namespace

result<trace> parse_trace(std::string_view text, const trace_limits& limits) {
  trace t;
  std::size_t bytes = 0;
  bool has_header = false;
  for (std::size_t line = 1; !text.empty(); ++line) {
    const auto end = text.find('\n');
    std::string_view one = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (one.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    auto parsed = read_json(one, line_options());
    if (!parsed) return wrong(line, "no JSON: " + parsed.error().message);
    if (!has_header) {
      const value* version = parsed->find("hull_trace");
      if (!version || *version != value(1)) return wrong(line, "a trace begins with {\"hull_trace\":1}");
      has_header = true;
      continue;
    }
    if (parsed->find("truncated")) {
      t.truncated = true;
      continue;
    }
    auto entry = read_entry(*parsed, line);
    if (!entry) return entry.error();
    bytes += entry->text.size();
    if (t.entries.size() >= limits.max_entries || bytes > limits.max_bytes)
      return wrong(line, "more than the limit of " + std::to_string(limits.max_entries) + " entries and " +
                             std::to_string(limits.max_bytes) + " bytes");
    t.entries.push_back(std::move(*entry));
  }
  if (!has_header) return wrong(1, "a trace begins with {\"hull_trace\":1}");
  return t;
}

std::string write_trace(const trace& t) {
  std::string out = "{\"hull_trace\":1}\n";
  for (const auto& e : t.entries) append_entry(out, e);
  if (t.truncated) out.append("{\"truncated\":true}\n");
  return out;
}

result<trace> load_trace(const std::string& file, const trace_limits& limits) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return error{errc::bad_argument, "The trace \"" + file + "\" cannot be read.", {}, {}};
  std::string text;
  // Names and times take room beside the frames.
  const std::size_t most = limits.max_bytes * 2 + limits.max_entries * 100;
  char piece[64 * 1024];
  while (in.read(piece, sizeof piece) || in.gcount() > 0) {
    text.append(piece, static_cast<std::size_t>(in.gcount()));
    if (text.size() > most)
      return error{errc::bad_argument, "The trace \"" + file + "\" is larger than the limits allow.", {}, {}};
  }
  return parse_trace(text, limits);
}

result<void> save_trace(const trace& t, const std::string& file) {
  std::ofstream out(file, std::ios::binary | std::ios::trunc);
  out << write_trace(t);
  out.flush();
  if (!out) return error{errc::bad_argument, "The trace \"" + file + "\" cannot be written.", {}, {}};
  return {};
}

struct recorder::state {
  explicit state(const trace_limits& l) : limits(l) {}

  void add(trace_entry e) {
    const std::lock_guard lock(mutex);
    const auto now = std::chrono::steady_clock::now();
    if (!began) began = now;
    if (kept.entries.size() >= limits.max_entries || bytes + e.text.size() > limits.max_bytes) kept.truncated = true;
    if (kept.truncated) return;
    bytes += e.text.size();
    e.at = std::chrono::duration_cast<microseconds>(now - *began);
    kept.entries.push_back(std::move(e));
  }

  const trace_limits limits;
  std::mutex mutex;
  trace kept;
  std::size_t bytes = 0;
  std::optional<std::chrono::steady_clock::time_point> began;
};

recorder::recorder(const trace_limits& limits) : state_(std::make_shared<state>(limits)) {}

void recorder::attach(server_options& options) {
  options.on_open = [s = state_, other = options.on_open] {
    trace_entry e;
    e.what = trace_entry::kind::opened;
    s->add(std::move(e));
    if (other) other();
  };
  options.on_close = [s = state_, other = options.on_close](std::uint16_t code) {
    trace_entry e;
    e.what = trace_entry::kind::closed;
    e.code = code;
    s->add(std::move(e));
    if (other) other(code);
  };
  options.on_frame = [s = state_, other = options.on_frame](direction way, std::string_view text) {
    trace_entry e;
    e.way = way;
    e.text = std::string(text);
    s->add(std::move(e));
    if (other) other(way, text);
  };
}

trace recorder::recorded() const {
  const std::lock_guard lock(state_->mutex);
  return state_->kept;
}

}  // namespace hull::mock
