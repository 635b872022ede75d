// Questions to Node.js: lines go out, calls come in and are carried out by hosts, one answer ends each question.
#include "node/node_session.hpp"

#include "common/busy.hpp"
#include "runtime/function_log.hpp"

#include <utility>

namespace hull::backend::node {
namespace {

constexpr auto start_within = std::chrono::seconds(20);
/// As many as an action in V8 may have under way.
constexpr std::size_t max_parallel_calls = 8;

runtime::node_error executor_error(std::string message) { return {std::move(message), {}, {}, {}}; }

/// An action has no transaction, and so nothing to nest a run in.
class no_scope final : public runtime::scope {
 public:
  runtime::run_result run_nested(const runtime::run_request&) override {
    runtime::run_result result;
    result.failed = internal_failure("An action in Node.js cannot run a function inside of itself.");
    return result;
  }
};

}  // namespace

struct node_session::question {
  runtime::syscall_host* host = nullptr;
  runtime::log_allowance allowance{runtime::run_limits().max_log_lines};
  runtime::node_result result;
  bool done = false;
  std::size_t running = 0;
  std::deque<call> waiting;
};

outcome<std::shared_ptr<node_session>> node_session::start(const process_options& options, worker_pool& calls) {
  const std::shared_ptr<node_session> made(new node_session(calls));
  node_session* const self = made.get();  // the process ends before the session does
  auto process = node_process::start(
      options, {[self](std::string_view line) { return self->hear(line); }, [self] { self->hear_end(); }});
  if (!process) return process.error();
  made->process_ = *std::move(process);
  if (!made->wait_until_ready())
    return bad_request("DeploymentNotConfiguredForNodeActions",
                       "Deployment is not configured to deploy \"use node\" actions. \"" + options.program +
                           "\" was started but is no Node.js that hull-backend can use; it needs Node.js 18 or newer.");
  return made;
}

node_session::~node_session() { process_.reset(); }

bool node_session::wait_until_ready() {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, start_within, [this] { return ready_ || ended_; });
  return ready_ && !ended_;
}

bool node_session::usable() {
  const std::lock_guard lock(mutex_);
  return !ended_ && !exiting_;
}

std::size_t node_session::note_folder(const std::string& folder) {
  const std::lock_guard lock(mutex_);
  folders_.insert(folder);
  return folders_.size();
}

runtime::node_result node_session::ask(const std::function<std::string(question_id)>& make, runtime::syscall_host* host,
                                       std::chrono::milliseconds limit) {
  const auto asked = std::make_shared<question>();
  asked->host = host;
  question_id id = 0;
  {
    const std::lock_guard lock(mutex_);
    id = ++last_id_;
    questions_.emplace(id, asked);
  }
  const bool sent = process_->send(make(id));
  std::unique_lock lock(mutex_);
  const auto ended = [&] { return asked->done || ended_; };
  if (sent && !changed_.wait_for(lock, limit, ended)) {
    asked->done = true;
    asked->result.thrown = executor_error(
        "Function execution unexpectedly timed out. Check your function for infinite loops or other long-running "
        "operations.");
    exiting_ = true;
    process_->kill();
  }
  if (!asked->done) {
    asked->done = true;
    asked->result.thrown = executor_error(
        "The Node.js process of this deployment ended while the action was running. It may have used more memory than "
        "the 512 MiB that actions in Node.js have together.");
  }
  // What was not awaited ends here: the host belongs to the caller.
  asked->waiting.clear();
  changed_.wait(lock, [&] { return asked->running == 0; });
  questions_.erase(id);
  return std::move(asked->result);
}

bool node_session::hear(std::string_view line) {
  auto read = read_message(line);
  if (read) hear(*std::move(read));
  return read.has_value();
}

void node_session::hear(message m) {
  const std::lock_guard lock(mutex_);
  if (m.what == message::type::ready) {
    ready_ = true;
    changed_.notify_all();
    return;
  }
  const auto at = questions_.find(m.id);
  if (at == questions_.end() || at->second->done) return;
  const std::shared_ptr<question> asked = at->second;
  if (m.what == message::type::done) return finish(*asked, std::move(m));
  if (m.what == message::type::call)
    return begin_call(asked, m.id, {m.call, std::move(m.name), std::move(m.args_json)});
  auto admitted = asked->allowance.admit(std::move(m.line));
  if (!admitted) return;
  asked->result.log_lines.push_back(*admitted);
  // Under the lock, so that the question cannot end meanwhile: the host belongs to who asked.
  if (asked->host != nullptr) asked->host->logged(*admitted);
}

void node_session::hear_end() {
  const std::lock_guard lock(mutex_);
  ended_ = true;
  changed_.notify_all();
}

// With the mutex locked.
void node_session::finish(question& asked, message m) {
  asked.done = true;
  if (m.value)
    asked.result.value_json = std::move(m.value);
  else
    asked.result.thrown = std::move(m.error);
  exiting_ = exiting_ || m.exiting;
  changed_.notify_all();
}

// With the mutex locked.
void node_session::begin_call(const std::shared_ptr<question>& asked, question_id id, call c) {
  if (asked->running >= max_parallel_calls) {
    asked->waiting.push_back(std::move(c));
    return;
  }
  ++asked->running;
  const bool taken = calls_.submit([this, asked, id, c = std::move(c)] { answer_call(asked, id, c); });
  if (!taken) {
    --asked->running;
    asked->done = true;
    // Not "busy", which would say that the action has not begun.
    asked->result.failed = internal_failure("There was no thread to call a function for an action of Node.js.");
    changed_.notify_all();
  }
}

void node_session::answer_call(const std::shared_ptr<question>& asked, question_id id, const call& c) {
  no_scope scope;
  auto answer = asked->host != nullptr
                    ? asked->host->async_syscall(scope, c.name, c.args_json)
                    : outcome<std::string>(bad_request(
                          "NoSyscallsDuringAnalyze", "Convex functions cannot be called while a module is imported."));
  process_->send(answer_line(id, c.number, answer));
  const std::lock_guard lock(mutex_);
  --asked->running;
  if (!asked->done && !asked->waiting.empty()) {
    call next = std::move(asked->waiting.front());
    asked->waiting.pop_front();
    begin_call(asked, id, std::move(next));
  }
  if (asked->running == 0) changed_.notify_all();
}

}  // namespace hull::backend::node
