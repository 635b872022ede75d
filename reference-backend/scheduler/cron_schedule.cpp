// Reads schedules and computes their runs.
#include "scheduler/cron_schedule.hpp"

#include <algorithm>

namespace hull::backend::scheduler {
namespace {

constexpr std::int64_t second_ns = 1'000'000'000;
constexpr std::int64_t never_ns = INT64_MAX;
/// An interval that long never comes round, and sums of it stay in range.
constexpr std::int64_t longest_interval_s = 4'000'000'000;

failure wrong(std::string why) { return bad_request("InvalidCron", std::move(why)); }

std::optional<std::int64_t> number(const value& json, std::string_view name) {
  const value* field = json.find(name);
  if (field == nullptr) return std::nullopt;
  if (const std::int64_t* i = field->if_int64()) return *i;
  if (const double* d = field->if_double(); d != nullptr && *d >= 0 && *d < 1e15) return static_cast<std::int64_t>(*d);
  return std::nullopt;
}

std::string text(const value& json, std::string_view name) {
  const value* field = json.find(name);
  return field != nullptr && field->is_string() ? field->as_string() : std::string();
}

/// Expression of the kinds that have a name; nothing when a field lacks or the kind is unknown.
std::optional<std::string> expression_of(const value& json, std::int64_t minute) {
  const std::string kind = text(json, "type");
  const std::string at = std::to_string(minute) + " ";
  if (kind == "hourly") return at + "* * * *";
  const auto hour = number(json, "hourUTC");
  if (!hour) return std::nullopt;
  const std::string then = at + std::to_string(*hour) + " ";
  if (kind == "daily") return then + "* * *";
  if (kind == "weekly")
    if (const auto day = number(json, "dayOfWeek")) return then + "* * " + std::to_string(*day);
  if (kind == "monthly")
    if (const auto day = number(json, "day")) return then + std::to_string(*day) + " * *";
  return std::nullopt;
}

}  // namespace

std::int64_t splay_s(std::string_view id, std::int64_t within_s) {
  if (within_s <= 0) return 0;
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (const char c : id) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  hash ^= hash >> 32;
  return static_cast<std::int64_t>(hash % static_cast<std::uint64_t>(within_s));
}

outcome<cron_schedule> cron_schedule::parse(const value& json) {
  cron_schedule s;
  const std::string kind = text(json, "type");
  if (kind == "interval") {
    const auto seconds = number(json, "seconds");
    if (!seconds || *seconds < 1) return wrong("an interval is a whole number of seconds above 0");
    s.interval_ns_ = std::min(*seconds, longest_interval_s) * second_ns;
    return s;
  }
  if (kind == "cron") {
    const std::string expression = text(json, "cronExpr");
    s.times_ = cron_expression::parse(expression);
    if (!s.times_) return wrong("\"" + expression.substr(0, 256) + "\" is not a valid cron expression");
    if (!s.times_->next(0)) return wrong("\"" + expression.substr(0, 256) + "\" matches no time at all");
    s.splay_within_s_ = 60;
    return s;
  }
  const auto minute = number(json, "minuteUTC");
  const auto expression = expression_of(json, minute.value_or(0));
  if (expression) s.times_ = cron_expression::parse(*expression);
  if (!s.times_) return wrong("there is no such schedule of type \"" + kind.substr(0, 64) + "\"");
  s.splay_within_s_ = minute ? 60 : 3600;
  return s;
}

std::int64_t cron_schedule::at_times(std::string_view id, std::int64_t after_ns) const {
  const std::int64_t splay = splay_s(id, splay_within_s_);
  const auto next = times_->next(after_ns / second_ns - splay);
  if (!next || *next > never_ns / second_ns - splay) return never_ns;
  return (*next + splay) * second_ns;
}

std::int64_t cron_schedule::first(std::string_view id, std::int64_t now_ns) const {
  return interval_ns_ != 0 ? now_ns : at_times(id, now_ns);
}

cron_schedule::following_run cron_schedule::following(std::string_view id, std::int64_t slot_ns,
                                                      std::int64_t now_ns) const {
  if (interval_ns_ == 0) return {at_times(id, std::max(slot_ns, now_ns)), 0};
  following_run run;
  run.at_ns = slot_ns > never_ns - interval_ns_ ? never_ns : slot_ns + interval_ns_;
  if (run.at_ns < now_ns) {
    run.skipped = (now_ns - run.at_ns + interval_ns_ - 1) / interval_ns_;
    run.at_ns += run.skipped * interval_ns_;
  }
  return run;
}

}  // namespace hull::backend::scheduler
