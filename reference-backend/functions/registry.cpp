// Finds deployments by generation.
#include "functions/registry.hpp"

#include <utility>

namespace hull::backend::functions {
namespace {
/// Queries run a few seconds in the past at most, so few generations can be alive at once.
constexpr std::size_t kept_deployments = 4;
}  // namespace

outcome<std::shared_ptr<const deployment>> registry::deployment_of(database::transaction& tx) {
  auto generation = read_generation(tx);
  if (!generation) return generation.error();
  if (auto known = find(*generation)) return known;

  auto loaded = load_deployment(tx);
  if (!loaded) return loaded.error();
  announce(*loaded);
  return loaded;
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
