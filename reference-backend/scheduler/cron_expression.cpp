// Parses cron expressions and walks the calendar.
#include "scheduler/cron_expression.hpp"

#include <algorithm>
#include <cctype>
#include <span>

namespace hull::backend::scheduler {
namespace {

using std::chrono::sys_days;
using std::chrono::weekday;
using std::chrono::year_month_day;

constexpr std::int64_t day_seconds = 86'400;
/// The pattern of leap years and weekdays is over within 40 years, wherever it starts.
constexpr int longest_search_days = 366 * 41;

constexpr std::array<std::string_view, 12> month_names{"JAN", "FEB", "MAR", "APR", "MAY", "JUN",
                                                       "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"};
constexpr std::array<std::string_view, 7> day_names{"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"};

struct field {
  unsigned low = 0, high = 0;
  std::span<const std::string_view> names{};  ///< The first one means `low`.
};
constexpr field minute_field{0, 59};
constexpr field hour_field{0, 23};
constexpr field month_day_field{1, 31};
constexpr field month_field{1, 12, month_names};
constexpr field week_day_field{0, 6, day_names};

unsigned days_in_month(year_month_day date) {
  return static_cast<unsigned>((date.year() / date.month() / std::chrono::last).day());
}

/// The day from Monday to Friday that is nearest to `day` of that month without leaving it.
unsigned nearest_weekday(year_month_day month, unsigned day) {
  const weekday at{sys_days(month.year() / month.month() / std::chrono::day(day))};
  if (at == std::chrono::Saturday) return day > 1 ? day - 1 : day + 2;
  if (at == std::chrono::Sunday) return day < days_in_month(month) ? day + 1 : day - 2;
  return day;
}

/// The lowest bit at or above `from`; nothing when there is none.
std::optional<unsigned> lowest_bit(std::uint64_t bits, unsigned from) {
  for (; from < 64; ++from)
    if (bits >> from & 1u) return from;
  return std::nullopt;
}

}  // namespace

/// Takes one field apart from left to right. `failed` stays set once anything was wrong.
struct cron_expression::reader {
  std::string_view rest;
  bool failed = false;

  bool accept(std::string_view token) {
    if (rest.substr(0, token.size()) != token) return false;
    rest.remove_prefix(token.size());
    return true;
  }

  unsigned number(unsigned low, unsigned high) {
    std::size_t digits = 0;
    unsigned n = 0;
    while (digits < rest.size() && digits < 3 && std::isdigit(static_cast<unsigned char>(rest[digits])) != 0)
      n = n * 10 + static_cast<unsigned>(rest[digits++] - '0');
    rest.remove_prefix(digits);
    if (digits == 0 || n < low || n > high) failed = true;
    return failed ? low : n;
  }

  unsigned value_of(const field& f) {
    for (std::size_t i = 0; i < f.names.size(); ++i) {
      const std::string_view name = f.names[i];
      const bool same =
          rest.size() >= name.size() && std::equal(name.begin(), name.end(), rest.begin(), [](char wanted, char c) {
            return std::toupper(static_cast<unsigned char>(c)) == wanted;
          });
      if (!same) continue;
      rest.remove_prefix(name.size());
      return f.low + static_cast<unsigned>(i);
    }
    return number(f.low, f.high);
  }

  /// One member of a list: a value, a range or a step.
  std::uint64_t member(const field& f) {
    unsigned first = f.low, last = f.high;
    const bool star = accept("*");
    if (!star) {
      first = value_of(f);
      last = accept("-") ? value_of(f) : rest.substr(0, 1) == "/" ? f.high : first;
    }
    unsigned step = 1;
    if (accept("/"))
      step = number(1, f.high - f.low);
    else if (star)
      failed = true;
    if (failed) return 0;
    const unsigned count = f.high - f.low + 1;
    const unsigned length = (last + count - first) % count;
    std::uint64_t bits = 0;
    for (unsigned i = 0; i <= length; i += step) bits |= std::uint64_t{1} << (f.low + (first - f.low + i) % count);
    return bits;
  }

  std::uint64_t list(const field& f) {
    std::uint64_t bits = member(f);
    while (!failed && accept(",")) bits |= member(f);
    if (!rest.empty()) failed = true;
    return bits;
  }

  /// A field in which nothing but lists stands.
  std::uint64_t plain(const field& f) {
    if (rest == "*") return (std::uint64_t{2} << f.high) - (std::uint64_t{1} << f.low);
    return list(f);
  }

  void end() {
    if (!rest.empty()) failed = true;
  }

  void month_days(cron_expression& e) {
    if (rest == "*") return;
    if (accept("L")) {
      if (accept("-")) e.month_day_ = number(1, 30);
      e.month_days_ = accept("W") ? days::last_weekday : days::last;
      return end();
    }
    if (rest.size() > 1 && rest.back() == 'W') {
      e.month_days_ = days::nearest_weekday;
      e.month_day_ = number(1, 31);
      accept("W");
      return end();
    }
    e.month_days_ = days::listed;
    e.listed_month_days_ = static_cast<std::uint32_t>(list(month_day_field));
  }

  void week_days(cron_expression& e) {
    if (rest == "*") return;
    e.week_days_ = days::listed;
    if (rest == "L") {
      e.listed_week_days_ = 1u << 6;
      return;
    }
    if (rest.size() > 1 && (rest.back() == 'L' || rest.find('#') != std::string_view::npos)) {
      e.week_day_ = value_of(week_day_field);
      if (accept("L")) {
        e.week_days_ = days::last;
      } else if (accept("#")) {
        e.week_days_ = days::nth;
        e.nth_ = number(1, 5);
      }
      return end();
    }
    e.listed_week_days_ = static_cast<std::uint32_t>(list(week_day_field));
  }
};

std::optional<cron_expression> cron_expression::parse(std::string_view text) {
  std::array<std::string_view, 5> fields;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const std::size_t end = std::min(text.find_first_of(" \t"), text.size());
    fields[i] = text.substr(0, end);
    if (fields[i].empty()) return std::nullopt;
    if (i + 1 == fields.size()) {
      if (end != text.size()) return std::nullopt;
      break;
    }
    text.remove_prefix(std::min(text.find_first_not_of(" \t", end), text.size()));
  }

  cron_expression e;
  bool failed = false;
  const auto read = [&](std::string_view part, auto&& use) {
    reader r{part};
    use(r);
    failed = failed || r.failed;
  };
  read(fields[0], [&](reader& r) { e.minutes_ = r.plain(minute_field); });
  read(fields[1], [&](reader& r) { e.hours_ = static_cast<std::uint32_t>(r.plain(hour_field)); });
  read(fields[2], [&](reader& r) { r.month_days(e); });
  read(fields[3], [&](reader& r) { e.months_ = static_cast<std::uint32_t>(r.plain(month_field)); });
  read(fields[4], [&](reader& r) { r.week_days(e); });
  if (failed) return std::nullopt;
  return e;
}

bool cron_expression::fits_day_of_month(year_month_day date) const {
  const auto day = static_cast<unsigned>(date.day());
  const unsigned length = days_in_month(date);
  switch (month_days_) {
    case days::last:
      return day + month_day_ == length;
    case days::last_weekday:
      // The last weekday of the month; with an offset, the one nearest to that day.
      return month_day_ < length && day == nearest_weekday(date, length - month_day_);
    case days::nearest_weekday:
      return month_day_ <= length && day == nearest_weekday(date, month_day_);
    default:
      return (listed_month_days_ >> day & 1u) != 0;
  }
}

bool cron_expression::fits_day_of_week(year_month_day date) const {
  const unsigned day = weekday(sys_days(date)).c_encoding();
  const auto of_month = static_cast<unsigned>(date.day());
  switch (week_days_) {
    case days::last:
      return day == week_day_ && of_month + 7 > days_in_month(date);
    case days::nth:
      return day == week_day_ && (of_month - 1) / 7 + 1 == nth_;
    default:
      return (listed_week_days_ >> day & 1u) != 0;
  }
}

bool cron_expression::fits(year_month_day date) const {
  if ((months_ >> static_cast<unsigned>(date.month()) & 1u) == 0) return false;
  if (month_days_ == days::any) return week_days_ == days::any || fits_day_of_week(date);
  return fits_day_of_month(date) || (week_days_ != days::any && fits_day_of_week(date));
}

std::optional<std::int64_t> cron_expression::next(std::int64_t after_s) const {
  std::int64_t day = after_s / day_seconds;
  if (after_s % day_seconds < 0) --day;
  auto from = static_cast<unsigned>((after_s - day * day_seconds) / 60 + 1);  // minute of the day
  for (int searched = 0; searched < longest_search_days; ++searched, ++day, from = 0) {
    if (!fits(year_month_day(sys_days(std::chrono::days(day))))) continue;
    auto hour = lowest_bit(hours_, from / 60);
    if (!hour) continue;
    auto minute = lowest_bit(minutes_, *hour == from / 60 ? from % 60 : 0);
    if (!minute) {
      hour = lowest_bit(hours_, *hour + 1);
      if (!hour) continue;
      minute = lowest_bit(minutes_, 0);
    }
    if (minute) return day * day_seconds + *hour * 3600 + *minute * 60;
  }
  return std::nullopt;
}

}  // namespace hull::backend::scheduler
