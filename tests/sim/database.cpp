#include "database.hpp"

#include <hull/value/json.hpp>

#include <algorithm>
#include <cmath>

namespace hull::sim {
namespace {

std::size_t counter_of(const value& args, std::string_view field) {
  const value* name = args.find(field);
  const std::string* text = name == nullptr ? nullptr : name->if_string();
  for (std::size_t i = 0; i < counter_names.size(); ++i)
    if (text != nullptr && *text == counter_names[i]) return i;
  return 0;
}

double number_of(const value& args, std::string_view field) {
  const value* v = args.find(field);
  return v != nullptr && v->if_double() != nullptr ? v->as_double() : 0;
}

std::string text_of(const value* v) { return v != nullptr && v->if_string() != nullptr ? v->as_string() : std::string(); }

std::string cursor_of(double at) { return std::to_string(static_cast<std::int64_t>(at)); }

/// A page like those of a deployment: its end is decided by the first run and stays, by the journal.
answer page_of(const tables& t, const value& args, const std::optional<std::string>& journal) {
  answer out;
  out.reads = row_part;
  const value* options = args.find("paginationOpts");
  if (options == nullptr) {
    out.failure = protocol::call_failure{"no paginationOpts", {}};
    return out;
  }
  const auto place = [](const std::string& cursor) { return cursor == "end" ? INFINITY : std::stod(cursor); };
  const std::string from = text_of(options->find("cursor"));
  const double lower = from.empty() ? -INFINITY : place(from);
  std::string end = text_of(options->find("endCursor"));
  if (end.empty() && journal) end = *journal;
  const auto wanted = static_cast<std::size_t>(number_of(*options, "numItems"));
  array items;
  bool is_done = true;
  std::vector<double> places;
  for (const row& r : t.rows) {
    if (r.at <= lower) continue;
    if (!end.empty() ? r.at > place(end) : items.size() == wanted) {
      is_done = false;
      break;
    }
    items.push_back(r.shown);
    places.push_back(r.at);
  }
  if (end.empty()) end = is_done ? "end" : places.empty() ? (from.empty() ? "-1" : from) : cursor_of(places.back());
  if (end != "end") is_done = false;
  object page{{"isDone", is_done}, {"continueCursor", end}};
  if (places.size() >= 2) {
    page.set("splitCursor", cursor_of(places[places.size() / 2 - 1]));
    if (places.size() > 8) page.set("pageStatus", "SplitRecommended");
  }
  page.set("page", value(std::move(items)));
  out.result = value(std::move(page));
  out.journal = end;
  return out;
}

}  // namespace

database::database() {
  auto first = std::make_shared<tables>();
  for (int i = 0; i < 6; ++i) {
    const double at = 1000.0 * (i + 1);
    first->rows.push_back({at, value::make_object({{"at", at}, {"text", "Zeile " + std::to_string(i)}})});
  }
  versions_.push_back({1000, 0, std::move(first)});
}

std::size_t database::index_of(timestamp ts) const {
  const auto above =
      std::upper_bound(versions_.begin(), versions_.end(), ts, [](timestamp t, const version& v) { return t < v.ts; });
  return above == versions_.begin() ? 0 : static_cast<std::size_t>(above - versions_.begin()) - 1;
}

const tables& database::at(timestamp ts) const { return *versions_[index_of(ts)].all; }

bool database::changed(parts what, timestamp after, timestamp up_to) const {
  for (std::size_t i = index_of(up_to); i > 0 && versions_[i].ts > after; --i)
    if ((versions_[i].wrote & what) != 0) return true;
  return false;
}

answer database::query(std::string_view path, const value& args, const std::optional<std::string>& journal,
                       const std::string& user, timestamp ts) const {
  const tables& t = at(ts);
  answer out;
  if (path == "r:page") return page_of(t, args, journal);
  if (path == "me:who") {
    out.result = user.empty() ? value() : value(user);
  } else if (path == "r:all") {
    out.reads = row_part;
    array all;
    for (const row& r : t.rows) all.push_back(r.shown);
    out.result = value(std::move(all));
  } else if (path == "c:sum") {
    out.reads = row_part - 1;
    double sum = 0;
    for (const double n : t.counters) sum += n;
    out.result = sum;
  } else {
    const std::size_t i = counter_of(args, "name");
    const double n = t.counters[i];
    out.reads = 1u << i;
    if (path == "c:odd") {
      out.log_lines.push_back("[LOG] looking at " + std::string(counter_names[i]));
      if (std::fmod(n, 2) == 0)
        out.result = n;
      else if (std::fmod(n, 4) == 1)
        out.failure = protocol::call_failure{"odd", value::make_object({{"n", n}})};
      else
        out.failure = protocol::call_failure{"odd: " + std::to_string(static_cast<int>(n)), {}};
    } else if (path == "big:text") {
      std::string text;
      for (int k = 0; k < 20 + static_cast<int>(std::fmod(n, 7)); ++k) text += "größer \xF0\x9F\x9A\xA2 ";
      out.result = value(std::move(text));
    } else {
      out.result = value::make_object({{"name", counter_names[i]}, {"n", n}});
    }
  }
  return out;
}

serve::call_result database::mutate(const std::optional<std::string>& session, protocol::request_id request,
                                    std::string_view path, const value& args, const std::string& user) {
  if (session)
    if (const auto known = memory_.find({*session, request}); known != memory_.end()) return known->second;
  serve::call_result out;
  const std::string tag = text_of(args.find("tag"));
  if (path == "c:refuse") {
    out.error = protocol::call_failure{"refused", number_of(args, "data") != 0 ? std::optional<value>(tag) : std::nullopt};
    out.log_lines.push_back("[WARN] refusing");
    return out;
  }
  auto next = std::make_shared<tables>(*versions_.back().all);
  parts wrote = 0;
  if (path == "c:move") {
    const std::size_t from = counter_of(args, "from");
    const std::size_t to = counter_of(args, "to");
    next->counters[from] -= number_of(args, "by");
    next->counters[to] += number_of(args, "by");
    wrote = 1u << from | 1u << to;
  } else if (path == "r:insert") {
    const double at = number_of(args, "at");
    const auto below = std::lower_bound(next->rows.begin(), next->rows.end(), at,
                                        [](const row& r, double place) { return r.at < place; });
    if (below == next->rows.end() || below->at != at)
      next->rows.insert(below, {at, value::make_object({{"at", at}, {"text", "Zeile " + tag}})});
    wrote = row_part;
  } else if (path == "r:remove") {
    if (!next->rows.empty()) {
      const auto nth = static_cast<std::size_t>(number_of(args, "nth")) % next->rows.size();
      next->rows.erase(next->rows.begin() + static_cast<std::ptrdiff_t>(nth));
    }
    wrote = row_part;
  } else {
    const std::size_t i = counter_of(args, "name");
    next->counters[i] += number_of(args, "by");
    wrote = 1u << i;
  }
  const timestamp ts = versions_.back().ts + 1 + tag.size();
  versions_.push_back({ts, wrote, std::move(next)});
  out.value_json = std::make_shared<const std::string>(write_json(value(tag)));
  out.ts = ts;
  if (session) memory_.emplace(std::pair(*session, request), out);
  write& w = written_[tag];
  w.ts = ts;
  w.user = user;
  ++w.times;
  if (on_commit) on_commit(tag, user);
  return out;
}

const database::write* database::written(const std::string& tag) const {
  const auto found = written_.find(tag);
  return found == written_.end() ? nullptr : &found->second;
}

}  // namespace hull::sim
