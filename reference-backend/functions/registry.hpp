// Keeps the deployments that running functions may still need, the newest first.
#pragma once

#include "common/failure.hpp"
#include "database/database.hpp"
#include "functions/deployment.hpp"

#include <deque>
#include <memory>
#include <mutex>

namespace hull::backend::functions {

/// Safe from any thread.
class registry {
 public:
  explicit registry(const database::database& db) : db_(db) {}

  /// The deployment that `tx` sees, and a read dependency on it.
  outcome<std::shared_ptr<const deployment>> deployment_of(database::transaction& tx);

  /// Makes a deployment known before its push is committed, so that nobody has to load it from the store.
  void announce(std::shared_ptr<const deployment> next);

 private:
  /// What transactions with a snapshot in [from, to] see.
  struct sighting {
    std::shared_ptr<const deployment> what;
    std::shared_ptr<const database::read_set> reads;
    database::timestamp from = 0, to = 0;
  };

  std::shared_ptr<const deployment> find(const std::string& generation) const;
  /// What was seen last, if `tx` sees it still.
  std::shared_ptr<const deployment> seen_last(database::transaction& tx);

  const database::database& db_;
  mutable std::mutex mutex_;
  std::deque<std::shared_ptr<const deployment>> known_;
  sighting last_;
};

}  // namespace hull::backend::functions
