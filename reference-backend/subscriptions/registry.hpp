// Tells the owner of a result when a commit has written something that the result was computed from.
#pragma once

#include "database/database.hpp"
#include "database/read_set.hpp"
#include "database/types.hpp"

#include <functional>
#include <memory>

namespace hull::backend::subscriptions {

class registry;

/// Keeps a subscription alive. Once it is gone `invalidated` is not called any more, save for a call that the committer
/// thread had decided on just before.
class token {
 public:
  token() = default;
  token(token&& other) noexcept;
  token& operator=(token&& other) noexcept;
  ~token() { reset(); }

  void reset();
  explicit operator bool() const noexcept { return entry_ != nullptr; }
  /// True once a write has hit the reads; the subscription is over then.
  bool invalidated() const noexcept;

 private:
  friend class registry;
  struct entry;
  struct group;
  struct shared;
  token(std::shared_ptr<shared> owner, std::shared_ptr<entry> e) noexcept;

  std::shared_ptr<shared> owner_;
  std::shared_ptr<entry> entry_;
};

/// Safe from any thread. Must not outlive the database; tokens may outlive the registry.
class registry {
 public:
  using callback = std::function<void(database::timestamp)>;

  explicit registry(database::database& db);
  ~registry();

  /// Watches `reads`, which were right at `valid_at`. `invalidated` is called at most once, between commits,
  /// with the time of the first commit after `valid_at` that hits them; soon, if one already has. Keep it short: note
  /// and hand over; it may subscribe and drop tokens, but not commit.
  [[nodiscard]] token subscribe(std::shared_ptr<const database::read_set> reads, database::timestamp valid_at,
                                callback invalidated);

  /// Every invalidation by a commit up to this time has been reported. A transition to a time up to this one may
  /// keep each result whose token is not invalidated.
  database::timestamp processed_ts() const;

  std::size_t size() const;  ///< Live subscriptions.

 private:
  database::database* db_ = nullptr;
  std::shared_ptr<token::shared> shared_;
};

}  // namespace hull::backend::subscriptions
