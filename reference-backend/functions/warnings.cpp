// The limits, with the words for each.
#include "functions/warnings.hpp"

#include "database/document.hpp"
#include "database/limits.hpp"

#include <cstdio>

namespace hull::backend::functions {
namespace {

constexpr std::size_t max_value = 16u << 20;
constexpr std::size_t max_scheduled_args = 4u << 20;

std::uint64_t warn_above(std::uint64_t limit) { return limit / 5 * 4 + limit % 5 * 4 / 5; }

/// Size of a value as the limits count it; 0 when its JSON text shows already that it is far from any limit. No value
/// is five times as large as its text: the worst are arrays of numbers with one digit.
std::uint64_t size_for_warning(const value& v, std::size_t json_bytes) {
  return json_bytes * 5 < warn_above(max_value) ? 0 : database::convex_size(v);
}

/// "1s", "850ms", "1.5s": the shortest form of a time.
std::string time_text(std::chrono::microseconds time) {
  const bool seconds = time >= std::chrono::seconds(1);
  char text[40];
  std::snprintf(text, sizeof text, seconds ? "%.6f" : "%.3f",
                static_cast<double>(time.count()) / (seconds ? 1'000'000.0 : 1000.0));
  std::string out = text;
  out.erase(out.find_last_not_of('0') + 1);
  if (out.back() == '.') out.pop_back();
  return out + (seconds ? "s" : "ms");
}

class warnings {
 public:
  explicit warnings(std::int64_t now_ms) : now_ms_(now_ms) {}

  /// Put together only where there is something to say, which is next to never.
  struct words {
    std::string_view before, what = {}, after = {};
  };
  void check(const char* code, const words& w, std::uint64_t actual, std::uint64_t limit, const char* unit = "",
             const char* advice = "") {
    if (actual > warn_above(limit) && actual <= limit)
      add(code, std::string(w.before).append(w.what).append(w.after), actual, limit, unit, advice);
  }
  void check(const char* code, const words& w, const database::used_and_limit& counter, const char* unit = "",
             const char* advice = "") {
    check(code, w, counter.used, counter.limit, unit, advice);
  }
  void add(const char* code, const std::string& what, std::uint64_t actual, std::uint64_t limit, const char* unit,
           const char* advice) {
    say(code, what + " (actual: " + std::to_string(actual) + unit + ", limit: " + std::to_string(limit) + unit + ")." +
                  advice);
  }
  void say(const char* code, std::string text) {
    lines_.push_back({"WARN", {std::move(text)}, false, now_ms_, std::string("warning:") + code});
  }
  std::vector<runtime::log_line> take() { return std::move(lines_); }

 private:
  std::int64_t now_ms_;
  std::vector<runtime::log_line> lines_;
};

void check_transaction(warnings& to, const database::transaction& tx) {
  const database::transaction_metrics used = tx.metrics();
  const char* const run = " in a single function execution";
  to.check("TooManyDocumentsRead", {"Many documents read", run}, used.documents_read, "", database::read_advice);
  to.check("TooManyReads", {"Many reads", run}, used.database_queries, "", database::read_advice);
  to.check("TooManyBytesRead", {"Many bytes read", run}, used.bytes_read, " bytes", database::read_advice);
  to.check("TooManyWrites", {"Many writes", run}, used.documents_written);
  to.check("TooManyBytesWritten", {"Many bytes written", run}, used.bytes_written, " bytes");
  to.check("TooManyFunctionsScheduled", {"Many functions scheduled by this mutation"}, used.functions_scheduled);
  to.check("ScheduledFunctionsArgumentsTooLarge",
           {"Large total size of the arguments of scheduled functions from this mutation"},
           used.scheduled_function_args_bytes, " bytes");
  const database::biggest_writes biggest = tx.biggest();
  // Not enforced: what is above is warned of as well.
  if (biggest.scheduled_args_bytes > warn_above(max_scheduled_args))
    to.add(
        "ScheduledFunctionsArgumentsTooLarge",
        std::string("Large arguments for a single scheduled function from this mutation") +
            (biggest.scheduled_args_bytes > max_scheduled_args ? ". This will become a hard error in the future" : ""),
        biggest.scheduled_args_bytes, max_scheduled_args, " bytes", "");
  to.check("ValueTooLargeError", {"Large document written with ID \"", biggest.largest_id, "\""}, biggest.largest_bytes,
           database::max_document_bytes, " bytes");
  to.check("TooNested", {"Deeply nested document written with ID \"", biggest.deepest_id, "\""}, biggest.deepest_levels,
           database::max_document_nesting, " levels");
}

}  // namespace

std::vector<runtime::log_line> limit_warnings(const run_extent& run, std::int64_t now_ms) {
  warnings found(now_ms);
  const bool action = run.kind == runtime::function_kind::action;
  const std::string_view what = action ? "action" : "function";
  found.check(action ? "FunctionArgumentsTooLarge" : "TooLargeFunctionArguments",
              {"Large size of the ", what, " arguments"}, size_for_warning(run.args, run.args_json_bytes), max_value,
              " bytes");
  if (run.tx != nullptr) check_transaction(found, *run.tx);
  if (run.result != nullptr)
    found.check("TooLargeFunctionResult", {"Large size of the ", what, " return value"},
                size_for_warning(*run.result, run.result_json_bytes), max_value, " bytes");
  if (run.took > run.may_take * 4 / 5 && run.took <= run.may_take)
    found.say("UserTimeout", "Function execution took a long time. (maximum duration: " + time_text(run.may_take) +
                                 ", actual duration: " + time_text(run.took) + ").");
  return found.take();
}

}  // namespace hull::backend::functions
