// Bodies of known_requests.hpp.
#include "functions/known_requests.hpp"

#include <algorithm>

namespace hull::backend::functions {

bool known_requests::session::surely_new(std::uint32_t request_id) const {
  const std::lock_guard lock(mutex_);
  return learnt_ && request_id > latest_;
}

bool known_requests::session::learnt() const {
  const std::lock_guard lock(mutex_);
  return learnt_;
}

void known_requests::session::learn(std::int64_t latest) {
  const std::lock_guard lock(mutex_);
  latest_ = std::max(latest_, latest);
  learnt_ = true;
}

void known_requests::session::will_record(std::uint32_t request_id) {
  const std::lock_guard lock(mutex_);
  latest_ = std::max<std::int64_t>(latest_, request_id);
}

known_requests::session_pointer known_requests::enter(const std::string& session_id) {
  const std::lock_guard lock(mutex_);
  if (const auto known = sessions_.find(session_id); known != sessions_.end()) return known->second;
  if (sessions_.size() >= tidy_at_) {
    // Only this function gives pointers away, under the mutex: what nobody else has now, nobody can get meanwhile.
    std::erase_if(sessions_, [](const auto& s) { return s.second.use_count() == 1; });
    tidy_at_ = std::max(most_, 2 * sessions_.size());  // Not for each new session, should all of them be needed.
  }
  return sessions_[session_id] = std::make_shared<session>();
}

std::size_t known_requests::size() const {
  const std::lock_guard lock(mutex_);
  return sessions_.size();
}

}  // namespace hull::backend::functions
