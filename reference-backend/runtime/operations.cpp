// The queues behind the event loop.
#include "runtime/operations.hpp"

#include <algorithm>
#include <array>

namespace hull::backend::runtime {
namespace {

constexpr std::size_t max_batch = 16;

/// Syscalls of one group may be answered together.
int read_group(std::string_view name) {
  if (name == "1.0/get" || name == "1.0/queryStreamNext") return 1;
  if (name == "1.0/storageGetUrl") return 2;
  return 0;
}

}  // namespace

std::string pending_operations::shown_name(std::string_view name) {
  for (const std::string_view prefix : {std::string_view("1.0/"), std::string_view("actions/")})
    if (name.substr(0, prefix.size()) == prefix) name.remove_prefix(prefix.size());
  if (name == "shallowMerge") return "patch";
  if (name == "queryPage") return "paginate";
  return std::string(name);
}

void pending_operations::add_syscall(v8::Isolate* isolate, std::string name, std::string args_json,
                                     v8::Local<v8::Promise::Resolver> resolver) {
  syscalls_.push_back(
      {std::move(name), std::move(args_json), v8::Global<v8::Promise::Resolver>(isolate, resolver), {}});
}

void pending_operations::add_operation(std::string name, std::function<void()> begin) {
  syscalls_.push_back({std::move(name), {}, {}, std::move(begin)});
}

void pending_operations::add_sleep(v8::Isolate* isolate, double milliseconds, double id,
                                   v8::Local<v8::Promise::Resolver> resolver) {
  const double longest = 24.0 * 3600 * 1000;
  const double wait = milliseconds > 0 ? std::min(milliseconds, longest) : 0;
  timer t{std::chrono::steady_clock::now() + std::chrono::microseconds(static_cast<std::int64_t>(wait * 1000)), id,
          v8::Global<v8::Promise::Resolver>(isolate, resolver)};
  const auto at = std::upper_bound(timers_.begin(), timers_.end(), t.due,
                                   [](time_point due, const timer& other) { return due < other.due; });
  timers_.insert(at, std::move(t));
}

void pending_operations::cancel_sleep(double id) {
  const auto at = std::find_if(timers_.begin(), timers_.end(), [id](const timer& t) { return t.id == id; });
  if (at != timers_.end()) timers_.erase(at);
}

std::vector<pending_syscall> pending_operations::take_batch(bool merge_reads) {
  std::vector<pending_syscall> batch;
  while (!syscalls_.empty() && batch.size() < max_batch) {
    const int group = read_group(syscalls_.front().name);
    const bool joins = merge_reads && group != 0 && !batch.empty() && read_group(batch.front().name) == group;
    if (!batch.empty() && !joins) break;
    batch.push_back(std::move(syscalls_.front()));
    syscalls_.pop_front();
  }
  return batch;
}

std::optional<pending_wait> pending_operations::take_ready() {
  const auto at = std::find_if(waits_.begin(), waits_.end(), [](const pending_wait& w) { return w.ready(); });
  if (at == waits_.end()) return std::nullopt;
  pending_wait found = std::move(*at);
  waits_.erase(at);
  return found;
}

std::vector<std::string> pending_operations::waiting_names() const {
  std::vector<std::string> names;
  for (const pending_wait& w : waits_)
    if (!w.name.empty()) names.push_back(w.name);
  for (const pending_syscall& s : syscalls_) names.push_back(shown_name(s.name));
  return names;
}

std::optional<pending_operations::time_point> pending_operations::next_deadline() const {
  return timers_.empty() ? std::nullopt : std::optional(timers_.front().due);
}

std::optional<v8::Global<v8::Promise::Resolver>> pending_operations::take_due(time_point now) {
  if (timers_.empty() || timers_.front().due > now) return std::nullopt;
  auto resolver = std::move(timers_.front().resolver);
  timers_.erase(timers_.begin());
  return resolver;
}

}  // namespace hull::backend::runtime
