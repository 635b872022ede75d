// Until when calls have to be over.
#pragma once

#include <hull/sync/link.hpp>
#include <hull/sync/requests.hpp>

#include <optional>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

namespace hull::sync {

class deadlines {
 public:
  void set(call_id call, moment at) {
    forget(call);
    by_call_.emplace(call, at);
    by_time_.emplace(at, call);
  }
  void forget(call_id call) {
    const auto found = by_call_.find(call);
    if (found == by_call_.end()) return;
    by_time_.erase({found->second, call});
    by_call_.erase(found);
  }
  void clear() {
    by_call_.clear();
    by_time_.clear();
  }
  std::optional<moment> next() const {
    return by_time_.empty() ? std::nullopt : std::optional<moment>(by_time_.begin()->first);
  }
  /// Those that are over, which are forgotten; the earliest first.
  std::vector<call_id> take_due(moment now) {
    std::vector<call_id> due;
    while (!by_time_.empty() && by_time_.begin()->first <= now) {
      due.push_back(by_time_.begin()->second);
      forget(due.back());
    }
    return due;
  }

 private:
  std::unordered_map<call_id, moment> by_call_;
  std::set<std::pair<moment, call_id>> by_time_;
};

}  // namespace hull::sync
