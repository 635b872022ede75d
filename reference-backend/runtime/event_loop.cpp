// The loop that takes a function from its first promise to its end: microtasks, then what JavaScript waits for, then
// microtasks again. Queries and mutations go on after their promise is fulfilled until nothing is queued; actions
// stop there, HTTP actions when the body of their response has been written.
#include "common/outcome_of.hpp"
#include "runtime/errors.hpp"
#include "runtime/execution.hpp"

#include <mutex>

namespace hull::backend::runtime {
namespace {

constexpr std::string_view generic_failure = "Your request couldn't be completed. Try again later.";
constexpr std::size_t max_in_flight = 8;

/// Operations of an action run beside each other: none of them can run something inside the action's isolate.
class no_nesting final : public scope {
 public:
  run_result run_nested(const run_request&) override {
    run_result r;
    r.failed = internal_failure("An action has no transaction to run a function in");
    return r;
  }
};

}  // namespace

void execution::run_to_end(v8::Local<v8::Context> context, v8::Local<v8::Promise> main) {
  v8::Isolate* isolate = box_.isolate();
  handled(main);
  while (!has_ended()) {
    const v8::HandleScope handles(isolate);
    v8::TryCatch caught(isolate);
    isolate->PerformMicrotaskCheckpoint();
    run_foreground_tasks(isolate);
    isolate->PerformMicrotaskCheckpoint();
    if (step_failed(caught)) return;
    if (!rejections_.empty()) return end_with_exception(rejections_.front().reason.Get(isolate));
    if (main->State() == v8::Promise::kRejected) return end_with_exception(main->Result());
    if (main->State() == v8::Promise::kFulfilled && setup_.where == surroundings::action) {
      tell_of_response(main);
      if (!streams_.sending()) return warn_of_unawaited();
    }
    if (!take_waiting(context)) break;
  }
  if (!has_ended() && main->State() == v8::Promise::kPending) end(plain_error("Returned promise will never resolve"));
}

/// Does one step of what JavaScript waits for; false when it waits for nothing. A program that polls with timers does
/// not keep itself from what it waits for: the others get every second turn.
bool execution::take_waiting(v8::Local<v8::Context> context) {
  if (!is_transaction(setup_.where)) begin_operations();
  timers_turn_ = !timers_turn_;
  if (timers_turn_ && carry_out_timers(context)) return true;
  if (auto ready = operations_.take_ready()) {
    ready->settle(context);
    return true;
  }
  if (!timers_turn_ && carry_out_timers(context)) return true;
  if (is_transaction(setup_.where) && operations_.has_syscalls()) return carry_out_syscalls(context);
  const auto deadline = operations_.next_deadline();
  if (!deadline && !operations_.has_waits()) return false;
  const timer_pause waiting(box_.timer());
  box_.wait(deadline);
  return true;
}

void execution::wait_for(pending_wait w) { operations_.add_wait(std::move(w)); }

/// An HTTP action has given its response; what remains is its body.
void execution::tell_of_response(v8::Local<v8::Promise> main) {
  if (!setup_.on_response) return;
  const auto tell = std::exchange(setup_.on_response, nullptr);
  const timer_pause waiting(box_.timer());
  tell(utf8_text(box_.isolate(), main->Result()), streams_);
}

bool execution::carry_out_timers(v8::Local<v8::Context> context) {
  auto due = operations_.take_due(std::chrono::steady_clock::now());
  if (!due) return false;
  due->Get(box_.isolate())->Resolve(context, v8::Undefined(box_.isolate())).FromMaybe(false);
  return true;
}

bool execution::carry_out_syscalls(v8::Local<v8::Context> context) {
  v8::Isolate* isolate = box_.isolate();
  std::vector<pending_syscall> batch = operations_.take_batch(true);
  std::vector<outcome<std::string>> answers;
  for (const pending_syscall& s : batch) {
    answers.push_back(call_host(s));
    if (has_ended()) return true;
  }
  for (std::size_t i = 0; i < batch.size(); ++i) settle(context, batch[i].resolver.Get(isolate), answers[i]);
  return true;
}

void execution::settle(v8::Local<v8::Context> context, v8::Local<v8::Promise::Resolver> promise,
                       const outcome<std::string>& answer) {
  if (answer)
    promise->Resolve(context, js_string(context->GetIsolate(), *answer)).FromMaybe(false);
  else
    promise->Reject(context, rejection_of(context, answer.error())).FromMaybe(false);
}

/// Begins what waits its turn in an action.
void execution::begin_operations() {
  while (in_flight_ < max_in_flight && operations_.has_syscalls()) {
    pending_syscall next = std::move(operations_.take_batch(false).front());
    ++in_flight_;
    if (next.begin)
      next.begin();
    else
      begin_syscall(std::move(next));
  }
}

void execution::begin_syscall(pending_syscall s) {
  struct answer_slot {
    std::mutex mutex;
    std::optional<outcome<std::string>> answer;
  };
  const auto slot = std::make_shared<answer_slot>();
  const auto promise = std::make_shared<v8::Global<v8::Promise::Resolver>>(std::move(s.resolver));
  operations_.add_wait({pending_operations::shown_name(s.name),
                        [slot] {
                          const std::lock_guard lock(slot->mutex);
                          return slot->answer.has_value();
                        },
                        [this, slot, promise](v8::Local<v8::Context> context) {
                          --in_flight_;
                          settle(context, promise->Get(context->GetIsolate()), *slot->answer);
                        }});
  auto job = [slot, host = setup_.host, name = std::move(s.name), args = std::move(s.args_json), running = on_threads_,
              waker = box_.wake_up()] {
    no_nesting scope;
    outcome<std::string> answer = outcome_of([&] { return host->async_syscall(scope, name, args); });
    {
      const std::lock_guard lock(slot->mutex);
      slot->answer = std::move(answer);
    }
    --*running;
    waker->wake();
  };
  ++*on_threads_;
  if (box_.outside == nullptr || !box_.outside->threads->start(job)) job();
}

outcome<std::string> execution::call_host(const pending_syscall& s) {
  outcome<std::string> answer = internal_failure("");
  {
    const timer_pause waiting(box_.timer());
    answer = outcome_of([&] { return setup_.host->async_syscall(*this, s.name, s.args_json); });
  }
  if (!is_transaction(setup_.where)) return answer;
  if (!answer && !answer.error().deterministic())
    end(answer.error());
  else if (box_.timer().paused() > top_->setup_.limits.system_time)
    end(bad_request("SystemTimeoutError", "Your request timed out performing too many system operations."));
  return answer;
}

v8::Local<v8::Value> execution::rejection_of(v8::Local<v8::Context> context, const failure& f) {
  if (f.who != blame::server) return error_object(context, f);
  return v8::Exception::Error(js_string(context->GetIsolate(), generic_failure));
}

void execution::warn_of_unawaited() {
  const std::vector<std::string> names = operations_.waiting_names();
  if (names.empty()) return;
  std::string list;
  for (const std::string& n : names) list += (list.empty() ? "" : ", ") + n;
  log("WARN",
      {std::to_string(names.size()) + " unawaited operation" + (names.size() == 1 ? "" : "s") + ": [" + list +
       "]. Async operations should be awaited or they might not run. See "
       "https://docs.convex.dev/functions/actions#dangling-promises for more information."},
      "UnawaitedOperations");
}

}  // namespace hull::backend::runtime
