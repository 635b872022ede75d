// Finds deployments by generation.
#include "functions/registry.hpp"

#include <utility>

namespace hull::backend::functions {
namespace {
/// Queries run a few seconds in the past at most, so few generations can be alive at once.
constexpr std::size_t kept_deployments = 4;
}  // namespace

outcome<std::shared_ptr<const deployment>> registry::deployment_of(database::transaction& tx) {
  // Every call asks, and the answer hardly ever changes: the log of writes knows that, without a look into the store.
  const bool only_reads = !tx.has_writes();
  if (only_reads)
    if (auto known = seen_last(tx)) return known;
  const bool first_read = only_reads && tx.reads().empty();
  auto generation = read_generation(tx);
  if (!generation) return generation.error();
  auto found = find(*generation);
  if (!found) {
    auto loaded = load_deployment(tx);
    if (!loaded) return loaded.error();
    announce(*loaded);
    found = *std::move(loaded);
  } else if (first_read) {
    auto reads = std::make_shared<const database::read_set>(tx.reads());
    const std::lock_guard lock(mutex_);
    if (tx.begin_ts() > last_.to) last_ = {found, std::move(reads), tx.begin_ts(), tx.begin_ts()};
  }
  return found;
}

std::shared_ptr<const deployment> registry::seen_last(database::transaction& tx) {
  const database::timestamp at = tx.begin_ts();
  std::unique_lock lock(mutex_);
  sighting last = last_;
  lock.unlock();
  if (!last.what || at < last.from) return nullptr;
  if (at > last.to) {
    if (!db_.unchanged(*last.reads, last.to, at)) return nullptr;
    lock.lock();
    if (last_.what == last.what && last_.to < at) last_.to = at;
    lock.unlock();
  }
  tx.depend_on(*last.reads);
  return last.what;
}

void registry::announce(std::shared_ptr<const deployment> next) {
  const std::lock_guard lock(mutex_);
  for (const auto& known : known_)
    if (known->generation == next->generation) return;
  known_.push_front(std::move(next));
  if (known_.size() > kept_deployments) known_.pop_back();
}

std::shared_ptr<const deployment> registry::find(const std::string& generation) const {
  const std::lock_guard lock(mutex_);
  for (const auto& known : known_)
    if (known->generation == generation) return known;
  return nullptr;
}

}  // namespace hull::backend::functions
