// Which requests of clients are surely new, so that nobody needs to look for the record of an earlier run.
//
// A client numbers its requests, and nearly all of them are later than any that has a record. What this says is never a
// guess: it knows the latest request of a session that may have a record, from the database when the session is first
// seen, and from then on from each mutation, before that can be committed.
#pragma once

#include "functions/application.hpp"

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <unordered_map>

namespace hull::backend::functions {

/// Safe from any thread.
class known_requests {
 public:
  /// Sessions that have been silent for long are forgotten when there are more than `most`.
  explicit known_requests(std::size_t most = 20'000) : most_(most) {}

  /// No commit has a record of it.
  bool surely_new(const session_request& request) const;
  bool knows(const std::string& session_id) const;
  /// Of all requests of the session that were committed before it was first seen, `latest` is the latest; -1: there are
  /// none.
  void learn(const std::string& session_id, std::int64_t latest, std::int64_t now_ns);
  /// Call before what has the record of it can be committed.
  void will_record(const session_request& request, std::int64_t now_ns);

  std::size_t size() const;

 private:
  struct session {
    std::int64_t latest = -1;
    bool learnt = false;
    std::int64_t heard_ns = 0;
  };
  session& meet(const std::string& session_id, std::int64_t now_ns);
  void forget_silent(std::int64_t now_ns);

  const std::size_t most_;
  mutable std::mutex mutex_;
  std::unordered_map<std::string, session> sessions_;
  std::int64_t tidied_ns_ = 0;
};

}  // namespace hull::backend::functions
