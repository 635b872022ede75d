// Cron expressions of five fields, in UTC, with what Quartz added to them: L, W and #.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace hull::backend::scheduler {

/// minute, hour, day of the month, month, day of the week. A field is `*`, or a list of values, ranges `a-b` (which may
/// wrap around) and steps `*/n`, `a/n`, `a-b/n`; months and days of the week have names too, Sunday is 0.
/// A day of the month may be L, L-3, LW, L-3W or 15W instead; a day of the week L (Saturday), 5L (the last Friday) or
/// MON#2. When both day fields say something, a day that fits either will do.
class cron_expression {
 public:
  /// Nothing when the text is none.
  static std::optional<cron_expression> parse(std::string_view text);

  /// The first minute after `after_s` (seconds since the Unix epoch) that fits, in seconds; nothing when none ever
  /// will.
  std::optional<std::int64_t> next(std::int64_t after_s) const;

 private:
  enum class days : std::uint8_t { any, listed, last, last_weekday, nearest_weekday, nth };
  struct reader;

  bool fits(std::chrono::year_month_day date) const;
  bool fits_day_of_month(std::chrono::year_month_day date) const;
  bool fits_day_of_week(std::chrono::year_month_day date) const;

  std::uint64_t minutes_ = 0;  ///< A bit for each value.
  std::uint32_t hours_ = 0;
  std::uint32_t months_ = 0;
  days month_days_ = days::any;
  std::uint32_t listed_month_days_ = 0;
  unsigned month_day_ =
      0;  ///< Of `nearest_weekday`; how far before the end of the month for `last` and `last_weekday`.
  days week_days_ = days::any;
  std::uint32_t listed_week_days_ = 0;
  unsigned week_day_ = 0;  ///< Of `last` and `nth`.
  unsigned nth_ = 0;
};

}  // namespace hull::backend::scheduler
