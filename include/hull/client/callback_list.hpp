// Callbacks that come and go, also while they are being called, and that may run the executor which calls them.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

namespace hull::detail {

/// A callback of one argument. Never called while it is on the stack: what comes meanwhile it hears when it returns.
template <class Arg>
struct callback_entry {
  explicit callback_entry(std::function<void(Arg)> c) : callback(std::move(c)) {}

  void call(Arg news) {
    if (is_busy) {
      missed.emplace_back(news);
      return;
    }
    struct at_exit {
      callback_entry& entry;
      ~at_exit() { entry.is_busy = false; }
    } guard{*this};
    is_busy = true;
    callback(news);
    while (is_active && !missed.empty()) {
      const std::decay_t<Arg> next = std::move(missed.front());
      missed.pop_front();
      callback(next);
    }
  }

  std::function<void(Arg)> callback;
  std::deque<std::decay_t<Arg>> missed;
  bool is_active = true;
  bool awaits_first = false;  ///< What was known at the beginning is still to be told.
  bool is_busy = false;       ///< Being called.
};

template <class Arg>
class callback_list {
 public:
  using entry = callback_entry<Arg>;
  using callback = std::function<void(Arg)>;

  std::shared_ptr<entry> add(callback c) {
    entries_.push_back(std::make_shared<entry>(std::move(c)));
    return entries_.back();
  }
  void remove(const std::shared_ptr<entry>& e) {
    e->is_active = false;
    std::erase(entries_, e);
  }
  void clear() {
    for (const auto& e : entries_) e->is_active = false;
    entries_.clear();
  }
  bool empty() const noexcept { return entries_.empty(); }
  const std::vector<std::shared_ptr<entry>>& entries() const noexcept { return entries_; }
  void call(Arg news) {
    const auto now = entries_;    // Keeps callbacks that remove themselves alive until they return.
    const auto rounds = rounds_;  // The list may end meanwhile.
    const std::size_t round = ++*rounds;
    for (const auto& e : now) {
      if (!e->is_active) continue;
      e->awaits_first = false;
      e->call(news);
      if (*rounds != round) return;  // It ran the home executor: those behind it have heard newer news.
    }
  }

 private:
  std::vector<std::shared_ptr<entry>> entries_;
  std::shared_ptr<std::size_t> rounds_ = std::make_shared<std::size_t>(0);
};

}  // namespace hull::detail
