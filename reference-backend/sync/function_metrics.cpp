// Bodies of function_metrics.hpp.
#include "sync/function_metrics.hpp"

#include <algorithm>
#include <charconv>

namespace hull::backend::sync {
namespace {

constexpr std::array<const char*, 4> names{"query", "mutation", "action", "http_action"};

std::string number(double value) {
  std::array<char, 32> text;
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value);
  return std::string(text.data(), end.ptr);
}

void describe(std::string& out, const char* name, const char* type, const char* help) {
  out.append("# HELP ").append(name).append(" ").append(help).append("\n# TYPE ");
  out.append(name).append(" ").append(type).append("\n");
}

}  // namespace

void write_metric(std::string& out, const char* name, const char* type, const char* help, double value) {
  describe(out, name, type, help);
  out.append(name).append(" ").append(number(value)).append("\n");
}

void function_metrics::count(const functions::function_record& record) {
  if (record.kind == functions::run_kind::unknown) return;
  per_kind& of = by_kind_[static_cast<std::size_t>(record.kind)];
  (record.error ? of.failed : of.succeeded).fetch_add(1, std::memory_order_relaxed);
  const std::int64_t us = record.took_ns / 1000;
  of.microseconds.fetch_add(static_cast<std::uint64_t>(us), std::memory_order_relaxed);
  const auto bucket = std::lower_bound(bounds_us.begin(), bounds_us.end(), us) - bounds_us.begin();
  of.took[static_cast<std::size_t>(bucket)].fetch_add(1, std::memory_order_relaxed);
}

void function_metrics::write(std::string& out) const {
  const auto read = [](const std::atomic<std::uint64_t>& n) {
    return std::to_string(n.load(std::memory_order_relaxed));
  };
  describe(out, "hull_function_runs_total", "counter", "Runs of functions that have ended, by type and result.");
  for (std::size_t k = 0; k < kinds; ++k)
    for (const bool ok : {true, false})
      out.append("hull_function_runs_total{type=\"")
          .append(names[k])
          .append("\",result=\"")
          .append(ok ? "success" : "error")
          .append("\"} ")
          .append(read(ok ? by_kind_[k].succeeded : by_kind_[k].failed))
          .append("\n");

  describe(out, "hull_function_duration_seconds", "histogram", "How long runs took, from the call to the commit.");
  for (std::size_t k = 0; k < kinds; ++k) {
    const std::string labels = std::string("{type=\"") + names[k] + "\"";
    std::uint64_t so_far = 0;
    for (std::size_t b = 0; b <= bounds_us.size(); ++b) {
      so_far += by_kind_[k].took[b].load(std::memory_order_relaxed);
      const std::string bound = b < bounds_us.size() ? number(static_cast<double>(bounds_us[b]) / 1e6) : "+Inf";
      out.append("hull_function_duration_seconds_bucket")
          .append(labels)
          .append(",le=\"")
          .append(bound)
          .append("\"} ")
          .append(std::to_string(so_far))
          .append("\n");
    }
    const double seconds = static_cast<double>(by_kind_[k].microseconds.load(std::memory_order_relaxed)) / 1e6;
    out.append("hull_function_duration_seconds_sum").append(labels).append("} ").append(number(seconds)).append("\n");
    out.append("hull_function_duration_seconds_count")
        .append(labels)
        .append("} ")
        .append(std::to_string(so_far))
        .append("\n");
  }
  write_metric(out, "hull_query_results_from_cache_total", "counter", "Queries that were answered without a run.",
               static_cast<double>(from_cache_.load(std::memory_order_relaxed)));
  write_metric(out, "hull_function_log_lines_total", "counter", "Lines that functions have logged.",
               static_cast<double>(log_lines_.load(std::memory_order_relaxed)));
}

}  // namespace hull::backend::sync
