// Time, randomness, environment, log and ending of an execution.
#include "runtime/execution.hpp"

#include "common/variable_name.hpp"
#include "runtime/errors.hpp"
#include "common/outcome_of.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace hull::backend::runtime {
namespace {

/// "1s", "1800s", "0.25s"
std::string seconds_text(std::chrono::microseconds d) {
  char text[32];
  std::snprintf(text, sizeof text, "%.6g", static_cast<double>(d.count()) / 1e6);
  return std::string(text) + "s";
}

}  // namespace

execution::execution(isolate_box& box, clock& wall, execution_setup setup)
    : box_(box),
      wall_(wall),
      setup_(std::move(setup)),
      random_(setup_.import_seed),
      loader_(*this),
      log_allowance_(setup_.limits.max_log_lines) {
  for (const incoming_stream& s : setup_.incoming) {
    streams_.add_incoming(s.id, s.stream);
    wake_when_readable(*s.stream);
  }
}

execution::~execution() { leave(); }

void execution::begin(execution* parent, std::chrono::microseconds used) {
  parent_ = parent;
  if (parent_ == nullptr) {
    const bool action = setup_.where == surroundings::action;
    box_.timer().start(action ? run_timer::measure::wall : run_timer::measure::script, setup_.limits.user_time, used);
  } else {
    top_ = parent_->top_;
    used_before_ = box_.timer().used();
  }
  entered_ = true;
  box_.current = this;
  set_thread_time(this);
}

void execution::leave() {
  if (!entered_) return;
  entered_ = false;
  if (parent_ == nullptr) box_.timer().stop();
  box_.current = parent_;
  set_thread_time(parent_);
}

void execution::begin_preparing() {
  preparing_ = true;
  begin(nullptr);
}

bool execution::end_preparing() {
  const bool good = !has_ended() && rejections_.empty();
  if (!box_.spent()) box_.isolate()->CancelTerminateExecution();
  preparing_ = false;
  leave();
  return good;
}

bool execution::spoils_preparation() {
  if (preparing_) end(internal_failure("This module cannot be loaded ahead."));
  return preparing_;
}

void execution::adopt(execution_setup setup) {
  setup_ = std::move(setup);
  log_allowance_ = log_allowance(setup_.limits.max_log_lines);
}

void execution::continue_from(execution& earlier) { loader_.take_modules(earlier.loader_); }

void execution::begin_executing() {
  importing_ = false;
  random_ = chacha12(setup_.random_seed);
}

double execution::now_ms() {
  if (importing_) return std::floor(setup_.import_time_ms);
  if (setup_.where == surroundings::action) return std::floor(static_cast<double>(wall_.wall_ns()) / 1e6);
  observed_time_ = true;
  return std::floor(setup_.time_ms);
}

double execution::performance_now() {
  double ms = 0;
  if (!importing_) {
    if (setup_.where == surroundings::query)
      ms = setup_.time_ms - setup_.import_time_ms;
    else
      ms = static_cast<double>(wall_.wall_ns()) / 1e6 - setup_.import_time_ms;
    observed_time_ = true;
  }
  return std::floor(ms * 10) / 10;
}

double execution::stopwatch_ms() {
  spoils_preparation();
  return static_cast<double>(wall_.steady_ns()) / 1e6;
}

outcome<double> execution::random_double() {
  if (auto refused = refuse_random(setup_.where)) return *refused;
  if (!importing_) observed_random_ = true;
  return random_.next_double();
}

std::optional<failure> execution::random_fill(std::span<std::uint8_t> out) {
  if (auto refused = refuse_random(setup_.where)) return refused;
  if (!importing_) observed_random_ = true;
  random_.fill(out);
  return std::nullopt;
}

outcome<std::optional<std::string>> execution::environment_variable(const std::string& name) {
  if (auto refused = refuse_environment(setup_.where, setup_.host != nullptr || setup_.environment)) return *refused;
  if (!is_variable_name(name))
    return bad_request("InvalidEnvironmentVariableName",
                       "Environment variable name '" + name.substr(0, max_variable_name) +
                           "' is invalid: names have at most 256 "
                           "letters, digits and underscores and do not start with a digit.");
  if (spoils_preparation()) return std::optional<std::string>();
  outcome<std::optional<std::string>> found = std::optional<std::string>();
  {
    const timer_pause waiting(box_.timer());
    found = outcome_of([&]() -> outcome<std::optional<std::string>> {
      if (setup_.host != nullptr) return setup_.host->environment_variable(name);
      return setup_.environment ? setup_.environment(name) : std::nullopt;
    });
  }
  if (!found) {
    end(found.error());
    return found;
  }
  if (!*found && setup_.where == surroundings::auth_config)
    end(bad_request("AuthConfigMissingEnvironmentVariable",
                    "Environment variable " + name + " is used in auth config file but its value was not set"));
  return found;
}

void execution::log(std::string level, std::vector<std::string> messages, std::string code) {
  if (spoils_preparation()) return;
  const std::int64_t now = wall_.wall_ns() / 1000000;
  log_line said = make_log_line(std::move(level), std::move(messages), now);
  said.code = std::move(code);
  auto line = top_->log_allowance_.admit(std::move(said));
  if (!line) return;
  if (setup_.host != nullptr) {
    const timer_pause waiting(box_.timer());
    const auto told = outcome_of([&]() -> outcome<void> {
      setup_.host->logged(*line);
      return {};
    });
    if (!told) end(told.error());
  }
  log_lines_.push_back(std::move(*line));
}

std::optional<failure> execution::may_call(std::string_view syscall_name) {
  spoils_preparation();
  return refuse_syscall(setup_.where, importing_, syscall_name);
}

outcome<std::string> execution::syscall(std::string_view name, std::string_view args_json) {
  if (auto refused = may_call(name)) return *refused;
  const timer_pause waiting(box_.timer());
  return outcome_of([&] { return setup_.host->syscall(name, args_json); });
}

outcome<std::unique_ptr<file_writer>> execution::store_file(const file_to_store& what) {
  if (auto refused = refuse_operation(setup_.where, importing_, web_operation::storage_store)) return *refused;
  const timer_pause waiting(box_.timer());
  return outcome_of([&] { return setup_.host->store_file(what); });
}

outcome<std::unique_ptr<file_reader>> execution::open_file(std::string_view storage_id) {
  if (auto refused = refuse_operation(setup_.where, importing_, web_operation::storage_get)) return *refused;
  const timer_pause waiting(box_.timer());
  return outcome_of([&] { return setup_.host->open_file(storage_id); });
}

void execution::note_rejection(const v8::PromiseRejectMessage& message) {
  v8::Isolate* isolate = box_.isolate();
  if (message.GetEvent() == v8::kPromiseRejectWithNoHandler)
    rejections_.push_back(
        {v8::Global<v8::Promise>(isolate, message.GetPromise()), v8::Global<v8::Value>(isolate, message.GetValue())});
  else if (message.GetEvent() == v8::kPromiseHandlerAddedAfterReject)
    handled(message.GetPromise());
}

void execution::handled(v8::Local<v8::Promise> promise) {
  promise->MarkAsHandled();
  rejections_.erase(
      std::remove_if(rejections_.begin(), rejections_.end(), [&](const rejected& r) { return r.promise == promise; }),
      rejections_.end());
}

void execution::wake_when_readable(byte_stream& stream) {
  stream.when_readable([waker = box_.wake_up()] { waker->wake(); });
}

void execution::wake_when_writable(byte_stream& stream) {
  stream.when_writable([waker = box_.wake_up()] { waker->wake(); });
}

void execution::stop_javascript() {
  stopped_ = true;
  box_.isolate()->TerminateExecution();
}

void execution::end(failure f) {
  if (thrown_ || failed_) return;
  failed_ = std::move(f);
  stop_javascript();
}

void execution::end(js_error e) {
  if (!thrown_ && !failed_) thrown_ = std::move(e);
}

void execution::end_uncatchable(std::string message) {
  end(plain_error(std::move(message)));
  stop_javascript();
}

void execution::end_with_exception(v8::Local<v8::Value> exception) {
  js_error e = describe_exception(box_.isolate()->GetCurrentContext(), exception, modules());
  if (box_.buffer_refused() && e.message == "Uncaught RangeError: Array buffer allocation failed")
    box_.stop(stop_reason::out_of_memory);
  if (!has_ended()) end(std::move(e));
}

bool execution::step_failed(const v8::TryCatch& caught) {
  if (box_.spent()) return true;
  if (thrown_ || failed_) return true;
  if (!caught.HasCaught()) return false;
  end_with_exception(caught.Exception());
  return true;
}

js_error execution::box_error() const {
  if (box_.stopped() == stop_reason::out_of_memory)
    return plain_error("JavaScript execution ran out of memory (maximum memory usage: " +
                           std::to_string(box_.heap_bytes() >> 20) + " MB)",
                       true);
  return plain_error("Function execution timed out (maximum duration: " + seconds_text(box_.timer().limit()) + ")",
                     true);
}

run_result execution::finish(std::optional<std::string> value_json) {
  const auto used = box_.timer().used();
  if (!box_.spent()) box_.isolate()->CancelTerminateExecution();  // it was for this execution alone
  run_result r;
  r.user_time = r.script_time = used - used_before_;
  if (setup_.where == surroundings::action)
    r.script_time = std::max(r.user_time - box_.timer().paused(), std::chrono::microseconds(0));
  if (box_.stopped() == stop_reason::shutdown)
    // An action that has begun is not to be begun again.
    r.failed = failure{setup_.where == surroundings::action ? blame::server : blame::overload, "ShuttingDown",
                       "The backend is shutting down.", std::nullopt};
  else if (box_.spent())
    r.thrown = box_error();
  else if (failed_)
    r.failed = std::move(failed_);
  else if (thrown_)
    r.thrown = std::move(thrown_);
  else
    r.value_json = std::move(value_json);
  finish_operations();
  streams_.give_up(r.thrown ? r.thrown->message : r.failed ? r.failed->message : "The function has ended.");
  r.observed_time = observed_time_;
  r.observed_random = observed_random_;
  if (parent_ != nullptr) {
    parent_->observed_time_ |= observed_time_;
    parent_->observed_random_ |= observed_random_;
    parent_->log_lines_.insert(parent_->log_lines_.end(), log_lines_.begin(), log_lines_.end());
  }
  r.log_lines = std::move(log_lines_);
  return r;
}

}  // namespace hull::backend::runtime
