// Which of many intervals contain a key? A treap ordered by start, each node knowing how far its subtree reaches.
#pragma once

#include "database/read_set.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace hull::backend::subscriptions {

class interval_map {
 public:
  using owner_id = std::uint64_t;

  interval_map();
  ~interval_map();
  interval_map(interval_map&&) noexcept;
  interval_map& operator=(interval_map&&) noexcept;

  /// An owner has at most one interval with the same start.
  void add(const database::interval& covered, owner_id owner);
  void remove(const std::string& start, owner_id owner);
  /// Calls `found` for each interval that contains `key`.
  void find(std::string_view key, const std::function<void(owner_id)>& found) const;
  bool empty() const noexcept { return !root_; }

 private:
  struct node;
  using tree = std::unique_ptr<node>;
  static tree merge(tree left, tree right);
  /// Left: intervals that come before (start, owner).
  static std::pair<tree, tree> split(tree all, const std::string& start, owner_id owner);
  static tree remove(tree from, const std::string& start, owner_id owner);
  static void find(const node* in, std::string_view key, const std::function<void(owner_id)>& found);

  tree root_;
  std::uint64_t next_priority_ = 0x9e3779b97f4a7c15u;
};

}  // namespace hull::backend::subscriptions
