// Bodies of known_requests.hpp.
#include "functions/known_requests.hpp"

#include <algorithm>

namespace hull::backend::functions {
namespace {

/// Much longer than it takes to run and commit a mutation: when a session is forgotten, the records of all its requests
/// are in the database, if anywhere.
constexpr std::int64_t silent_ns = 600'000'000'000;
constexpr std::int64_t tidy_every_ns = 10'000'000'000;

}  // namespace

bool known_requests::surely_new(const session_request& request) const {
  const std::lock_guard lock(mutex_);
  const auto at = sessions_.find(request.session_id);
  return at != sessions_.end() && at->second.learnt && request.request_id > at->second.latest;
}

bool known_requests::knows(const std::string& session_id) const {
  const std::lock_guard lock(mutex_);
  const auto at = sessions_.find(session_id);
  return at != sessions_.end() && at->second.learnt;
}

void known_requests::learn(const std::string& session_id, std::int64_t latest, std::int64_t now_ns) {
  const std::lock_guard lock(mutex_);
  session& s = meet(session_id, now_ns);
  s.latest = std::max(s.latest, latest);
  s.learnt = true;
}

void known_requests::will_record(const session_request& request, std::int64_t now_ns) {
  const std::lock_guard lock(mutex_);
  session& s = meet(request.session_id, now_ns);
  s.latest = std::max<std::int64_t>(s.latest, request.request_id);
}

std::size_t known_requests::size() const {
  const std::lock_guard lock(mutex_);
  return sessions_.size();
}

known_requests::session& known_requests::meet(const std::string& session_id, std::int64_t now_ns) {
  if (sessions_.size() >= most_ && now_ns - tidied_ns_ >= tidy_every_ns) forget_silent(now_ns);
  session& s = sessions_[session_id];
  s.heard_ns = now_ns;
  return s;
}

void known_requests::forget_silent(std::int64_t now_ns) {
  tidied_ns_ = now_ns;
  std::erase_if(sessions_, [now_ns](const auto& s) { return now_ns - s.second.heard_ns > silent_ns; });
}

}  // namespace hull::backend::functions
