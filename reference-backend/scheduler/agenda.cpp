// Bodies of agenda.hpp.
#include "scheduler/agenda.hpp"

#include <algorithm>
#include <string_view>

namespace hull::backend::scheduler {

agenda::decision agenda::decide(const std::vector<upcoming>& jobs, std::int64_t now_ns) const {
  decision d;
  const auto wake_at = [&](std::int64_t ns) { d.wake_ns = std::min(ns, d.wake_ns.value_or(ns)); };
  for (const upcoming& job : jobs) {
    if (running_.size() + d.start.size() >= max_running_) {
      d.wake_ns.reset();  // nothing starts before one of these ends
      return d;
    }
    if (running_.contains(job.id)) continue;
    const auto pause = waiting_.find(job.id);
    const std::int64_t due = pause == waiting_.end() ? job.due_ns : std::max(job.due_ns, pause->second.not_before_ns);
    if (due <= now_ns)
      d.start.push_back(job.id);
    else
      wake_at(due);
  }
  return d;
}

void agenda::forget_absent(const std::vector<upcoming>& jobs) {
  if (jobs.size() >= lookahead()) return;  // there may be more than these
  std::set<std::string_view> present;
  for (const upcoming& job : jobs) present.insert(job.id);
  std::erase_if(waiting_, [&](const auto& w) { return !present.contains(w.first) && !running_.contains(w.first); });
}

void agenda::finished(const std::string& id) {
  running_.erase(id);
  waiting_.erase(id);
}

void agenda::retry(const std::string& id, std::int64_t not_before_ns) {
  running_.erase(id);
  pause& p = waiting_[id];
  ++p.failures;
  p.not_before_ns = not_before_ns;
}

std::int64_t agenda::failures(const std::string& id) const {
  const auto found = waiting_.find(id);
  return found == waiting_.end() ? 0 : found->second.failures;
}

}  // namespace hull::backend::scheduler
