// One run of one function (or of one file at push time) in a context of its own: its time, its randomness, its log,
// what it waits for and how it ended.
#pragma once

#include "runtime/chacha.hpp"
#include "runtime/function_log.hpp"
#include "runtime/host_streams.hpp"
#include "runtime/isolate_box.hpp"
#include "runtime/module_loader.hpp"
#include "runtime/open_files.hpp"
#include "runtime/operations.hpp"
#include "runtime/surroundings.hpp"

namespace hull::backend::runtime {

/// What an execution needs to begin, whether a function runs or a file is looked at.
struct execution_setup {
  surroundings where = surroundings::query;
  std::shared_ptr<const module_set> modules;
  seed import_seed{};
  double import_time_ms = 0;
  seed random_seed{};
  double time_ms = 0;
  syscall_host* host = nullptr;  ///< Null at push time.
  std::function<std::optional<std::string>(std::string_view)> environment;
  run_limits limits;
  std::vector<incoming_stream> incoming;
  /// What an HTTP action returned; called once, while its run goes on.
  std::function<void(const std::string& json, const host_streams&)> on_response;
};

struct fetch_in_flight;

class execution final : public scope, private time_source {
 public:
  execution(isolate_box& box, clock& wall, execution_setup setup);
  ~execution() override;
  execution(const execution&) = delete;
  execution& operator=(const execution&) = delete;

  // --- the run (run_function.cpp, event_loop.cpp) ---
  /// Becomes the box's current execution until destroyed. `parent`: the execution that called this one;
  /// `used`: time that was spent on it before.
  void begin(execution* parent, std::chrono::microseconds used = std::chrono::microseconds(0));
  /// Loads modules ahead of a run that is not known yet: anything that asks the host ends it.
  void begin_preparing();
  /// False when it has ended; otherwise `begin` comes next, after `adopt`.
  bool end_preparing();
  /// The run for which this was prepared.
  void adopt(execution_setup setup);
  /// Takes over the context of a run that has left it as it was, ready for another one.
  void continue_from(execution& earlier);
  run_result run_nested(const run_request& request) override;
  /// Modules are loaded: switches to the seed and the time of the execution.
  void begin_executing();
  /// Drains microtasks and carries out what is waited for until the promise and the queues are done.
  void run_to_end(v8::Local<v8::Context> context, v8::Local<v8::Promise> main);
  void note_rejection(const v8::PromiseRejectMessage& message);
  /// Its rejection is ours to report; it does not count as unhandled.
  void handled(v8::Local<v8::Promise> promise);

  // --- how it ended ---
  void end(failure f);  ///< Also from within JavaScript, which is then stopped.
  void end(js_error e);
  void end_uncatchable(std::string message);
  void end_with_exception(v8::Local<v8::Value> exception);
  void replace_error(js_error e) { thrown_ = std::move(e); }
  bool has_ended() const { return thrown_ || failed_ || box_.spent(); }
  /// JavaScript was never stopped in the middle of something.
  bool ended_by_itself() const { return !stopped_ && !box_.spent(); }
  /// To be asked after each call into JavaScript: true when it did not come back normally; says why in the result.
  bool step_failed(const v8::TryCatch& caught);
  run_result finish(std::optional<std::string> value_json);

  // --- for the bindings ---
  surroundings where() const { return setup_.where; }
  const execution_setup& setup() const { return setup_; }
  bool importing() const { return importing_; }
  pending_operations& operations() { return operations_; }
  host_streams& streams() { return streams_; }
  open_files& files() { return files_; }
  outcome<std::unique_ptr<file_writer>> store_file(const file_to_store& what);
  outcome<std::unique_ptr<file_reader>> open_file(std::string_view storage_id);
  void wait_for(pending_wait w);
  using head_maker = v8::Local<v8::Value> (*)(v8::Local<v8::Context>, const fetch_response&,
                                              const std::string& stream_id);
  /// The promise gets what `make_head` makes of the answer. `id` is for `abort_fetch`.
  void start_fetch(double id, fetch_request request, v8::Local<v8::Promise::Resolver> promise, head_maker make_head);
  void abort_fetch(double id);
  /// JavaScript will not read any more of what comes in under this id.
  void done_reading(const std::string& stream_id);
  /// The loop goes on when the other end of the stream has written, or read. (The other callback is the other end's.)
  void wake_when_readable(byte_stream& stream);
  void wake_when_writable(byte_stream& stream);
  module_loader& loader() { return loader_; }
  /// import() in an action: loads the module before JavaScript goes on; a promise of its namespace.
  v8::MaybeLocal<v8::Promise> import_later(v8::Local<v8::Context> context, const std::string& specifier,
                                           const std::string& importer_url);
  isolate_box& box() { return box_; }
  const std::shared_ptr<const module_set>& shared_modules() const { return setup_.modules; }
  const module_set& modules() const { return *setup_.modules; }
  outcome<std::string> syscall(std::string_view name, std::string_view args_json);
  std::optional<failure> may_call(std::string_view syscall_name);
  outcome<double> random_double();
  std::optional<failure> random_fill(std::span<std::uint8_t> out);
  outcome<std::optional<std::string>> environment_variable(const std::string& name);
  /// `code`: of a line that is not the function's own.
  void log(std::string level, std::vector<std::string> messages, std::string code = {});
  double performance_now();
  double time_origin() const { return setup_.import_time_ms; }
  double stopwatch_ms();
  std::vector<log_line>& log_lines() { return log_lines_; }

 private:
  void leave();
  bool spoils_preparation();
  double now_ms() override;
  void stop_javascript();
  js_error box_error() const;
  bool take_waiting(v8::Local<v8::Context> context);
  void tell_of_response(v8::Local<v8::Promise> main);
  bool carry_out_syscalls(v8::Local<v8::Context> context);
  void begin_operations();
  void begin_syscall(pending_syscall s);
  void begin_fetch(const std::shared_ptr<fetch_in_flight>& f);
  void settle_fetch(v8::Local<v8::Context> context, const std::shared_ptr<fetch_in_flight>& f);
  void forget_fetch(std::map<double, std::shared_ptr<fetch_in_flight>>::iterator at);
  void finish_operations();
  void settle(v8::Local<v8::Context> context, v8::Local<v8::Promise::Resolver> promise,
              const outcome<std::string>& answer);
  bool carry_out_timers(v8::Local<v8::Context> context);
  outcome<std::string> call_host(const pending_syscall& s);
  v8::Local<v8::Value> rejection_of(v8::Local<v8::Context> context, const failure& f);
  void warn_of_unawaited();

  struct rejected {
    v8::Global<v8::Promise> promise;
    v8::Global<v8::Value> reason;
  };

  isolate_box& box_;
  clock& wall_;
  execution_setup setup_;
  execution* parent_ = nullptr;
  execution* top_ = this;  ///< The outermost caller; itself when there is none.
  bool entered_ = false;
  bool preparing_ = false;
  bool importing_ = true;
  bool stopped_ = false;
  chacha12 random_;
  bool observed_time_ = false;
  bool observed_random_ = false;
  std::chrono::microseconds used_before_{0};
  pending_operations operations_;
  host_streams streams_;
  open_files files_;
  std::size_t in_flight_ = 0;  ///< Operations of an action that are being carried out.
  std::shared_ptr<std::atomic<std::size_t>> on_threads_ = std::make_shared<std::atomic<std::size_t>>(0);
  std::map<double, std::shared_ptr<fetch_in_flight>> fetches_;  ///< Until the end of the answer's body was read.
  std::size_t open_answers_ = 0;
  bool timers_turn_ = false;
  module_loader loader_;
  std::vector<rejected> rejections_;
  std::vector<log_line> log_lines_;
  log_allowance log_allowance_;  ///< Used in the outermost one only.
  std::optional<js_error> thrown_;
  std::optional<failure> failed_;
};

}  // namespace hull::backend::runtime
