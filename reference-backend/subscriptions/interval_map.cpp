// Bodies of interval_map.hpp.
#include "subscriptions/interval_map.hpp"

#include <tuple>
#include <utility>

namespace hull::backend::subscriptions {

struct interval_map::node {
  std::string start;
  std::optional<std::string> end;  ///< Nothing: without end.
  owner_id owner = 0;
  std::uint64_t priority = 0;
  const std::optional<std::string>* reach = nullptr;  ///< The largest end of the subtree, wherever it is stored.
  tree left, right;

  bool before(const std::string& other_start, owner_id other) const {
    return std::tie(start, owner) < std::tie(other_start, other);
  }
  bool reaches(std::string_view key) const { return !*reach || **reach > key; }
  void update() {
    reach = &end;
    for (const node* child : {left.get(), right.get()})
      if (child && *reach && (!*child->reach || **child->reach > **reach)) reach = child->reach;
  }
};

interval_map::interval_map() = default;
interval_map::~interval_map() = default;
interval_map::interval_map(interval_map&&) noexcept = default;
interval_map& interval_map::operator=(interval_map&&) noexcept = default;

interval_map::tree interval_map::merge(tree left, tree right) {
  if (!left || !right) return left ? std::move(left) : std::move(right);
  if (left->priority > right->priority) {
    left->right = merge(std::move(left->right), std::move(right));
    left->update();
    return left;
  }
  right->left = merge(std::move(left), std::move(right->left));
  right->update();
  return right;
}

std::pair<interval_map::tree, interval_map::tree> interval_map::split(tree all, const std::string& start,
                                                                      owner_id owner) {
  if (!all) return {};
  if (all->before(start, owner)) {
    auto [middle, right] = split(std::move(all->right), start, owner);
    all->right = std::move(middle);
    all->update();
    return {std::move(all), std::move(right)};
  }
  auto [left, middle] = split(std::move(all->left), start, owner);
  all->left = std::move(middle);
  all->update();
  return {std::move(left), std::move(all)};
}

void interval_map::add(const database::interval& covered, owner_id owner) {
  // A xorshift generator: the priorities only have to be irregular.
  next_priority_ ^= next_priority_ << 13;
  next_priority_ ^= next_priority_ >> 7;
  next_priority_ ^= next_priority_ << 17;
  auto added = std::make_unique<node>();
  added->start = covered.start;
  added->end = covered.end;
  added->owner = owner;
  added->priority = next_priority_;
  added->update();
  auto [left, right] = split(std::move(root_), covered.start, owner);
  root_ = merge(merge(std::move(left), std::move(added)), std::move(right));
}

interval_map::tree interval_map::remove(tree from, const std::string& start, owner_id owner) {
  if (!from) return nullptr;
  if (from->start == start && from->owner == owner) return merge(std::move(from->left), std::move(from->right));
  tree& side = from->before(start, owner) ? from->right : from->left;
  side = remove(std::move(side), start, owner);
  from->update();
  return from;
}

void interval_map::remove(const std::string& start, owner_id owner) { root_ = remove(std::move(root_), start, owner); }

void interval_map::find(std::string_view key, const std::function<void(owner_id)>& found) const {
  find(root_.get(), key, found);
}

void interval_map::find(const node* in, std::string_view key, const std::function<void(owner_id)>& found) {
  if (!in || !in->reaches(key)) return;
  find(in->left.get(), key, found);
  if (in->start > key) return;
  if (!in->end || *in->end > key) found(in->owner);
  find(in->right.get(), key, found);
}

}  // namespace hull::backend::subscriptions
