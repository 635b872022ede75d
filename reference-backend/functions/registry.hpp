// Keeps the deployments that running functions may still need, the newest first.
#pragma once

#include "common/failure.hpp"
#include "database/transaction.hpp"
#include "functions/deployment.hpp"

#include <deque>
#include <memory>
#include <mutex>

namespace hull::backend::functions {

/// Safe from any thread.
class registry {
 public:
  /// The deployment that `tx` sees, and a read dependency on it.
  outcome<std::shared_ptr<const deployment>> deployment_of(database::transaction& tx);

  /// Makes a deployment known before its push is committed, so that nobody has to load it from the store.
  void announce(std::shared_ptr<const deployment> next);

 private:
  std::shared_ptr<const deployment> find(const std::string& generation) const;

  mutable std::mutex mutex_;
  std::deque<std::shared_ptr<const deployment>> known_;
};

}  // namespace hull::backend::functions
