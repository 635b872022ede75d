// Which requests of clients are surely new, so that nobody needs to look for the record of an earlier run.
//
// A client numbers its requests, and nearly all of them are later than any that has a record. What this says is never a
// guess: it knows the latest request of a session that may have a record, from the database when the session is first
// seen, and from then on from each mutation, before that can be committed.
#pragma once

#include "functions/application.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

namespace hull::backend::functions {

/// Safe from any thread.
class known_requests {
 public:
  /// Of one client. Safe from any thread.
  class session {
   public:
    /// No commit has a record of the request.
    bool surely_new(std::uint32_t request_id) const;
    /// Whether `learn` was called.
    bool learnt() const;
    /// Of all requests of the session that were committed before the caller came in, `latest` is the latest, or a later
    /// one is; -1: there are none.
    void learn(std::int64_t latest);
    /// Call before what has the record of the request can be committed.
    void will_record(std::uint32_t request_id);

   private:
    mutable std::mutex mutex_;
    std::int64_t latest_ = -1;
    bool learnt_ = false;
  };
  using session_pointer = std::shared_ptr<session>;

  /// When there are more than `most` sessions, those in which nobody is are forgotten.
  explicit known_requests(std::size_t most = 50'000) : most_(most), tidy_at_(most) {}

  /// Whoever has the pointer is in the session. Keep it until it is known whether the mutation was committed: then the
  /// session is forgotten only when the records of all its requests are in the database, if anywhere.
  session_pointer enter(const std::string& session_id);

  std::size_t size() const;

 private:
  const std::size_t most_;
  mutable std::mutex mutex_;
  std::size_t tidy_at_;
  std::unordered_map<std::string, session_pointer> sessions_;
};

}  // namespace hull::backend::functions
