// Several lives of an outbox on a simulated disk, and what must be true of the box whenever they break off.
#pragma once

#include "simulated_disk.hpp"

#include <hull/offline/file_outbox.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace hull::test {

inline outbox::entry make_entry(protocol::request_id request, std::size_t extra_bytes = 0) {
  value args = object{{"n", static_cast<double>(request)}, {"text", std::string(extra_bytes, 'x')}};
  return {request, "messages:send", std::move(args), 1'000'000 + static_cast<std::int64_t>(request)};
}

inline bool is_same(const outbox::entry& a, const outbox::entry& b) {
  return a.request == b.request && a.path == b.path && a.args == b.args && a.recorded_at_ms == b.recorded_at_ms;
}

class outbox_history {
 public:
  explicit outbox_history(std::shared_ptr<simulated_disk> disk, bool sync_forgotten = false) : disk_(std::move(disk)) {
    options_.files = disk_;
    options_.wall_clock_ms = [] { return std::int64_t{1'000'000}; };
    options_.sync_forgotten = sync_forgotten;
  }
  file_outbox_options& options() { return options_; }

  /// A new client takes the box over. True when it could; then the box kept its promises.
  bool open() {
    box_ = std::make_unique<file_outbox>("box", options_);
    auto left = box_->load("session " + std::to_string(++sessions_));
    if (left.has_error()) {
      failure_ = left.error().message;
      return false;
    }
    check(*left);
    if (left->session_id != session_) {
      passed_.clear();
      forgotten_.clear();
    }
    // What the box says now is what counts; the unsure ones have been decided.
    session_ = left->session_id;
    safe_.clear();
    unsure_.clear();
    for (const outbox::entry& e : left->entries) safe_.insert(e.request);
    next_ = left->next_request;
    return true;
  }
  bool record(std::size_t extra_bytes = 0) {
    const outbox::entry e = make_entry(next_++, extra_bytes);
    passed_[e.request] = e;
    unsure_.insert(e.request);
    if (box_->record(e).has_error()) return false;
    unsure_.erase(e.request);
    safe_.insert(e.request);
    return true;
  }
  /// Forgets the oldest one that is safe.
  void forget_oldest() {
    if (safe_.empty()) return;
    const protocol::request_id request = *safe_.begin();
    safe_.erase(request);
    unsure_.insert(request);
    box_->forget(request);
    if (!disk_->is_off()) forgotten_.insert(request);
  }
  void release() { box_->release(); }
  void die() { box_.reset(); }

  /// The script that every test of this kind plays: four lives, the last with a new session.
  void play() {
    for (int life = 0; life < 4 && !disk_->is_off(); ++life) {
      if (!open()) {
        disk_->heal();
        if (disk_->is_off() || !open()) return;
      }
      for (int i = 0; i < 3; ++i) record(static_cast<std::size_t>(i) * 7);
      forget_oldest();
      record();
      forget_oldest();
      if (life == 2)
        while (!safe_.empty()) forget_oldest();
      if (life != 1) release();
      die();
    }
  }

  /// With nothing wrong any more, the box opens, holds what it must, and works.
  void expect_sound(bool forgotten_stay_forgotten) {
    if (forgotten_stay_forgotten)
      for (const protocol::request_id request : forgotten_) unsure_.erase(request);
    die();
    ASSERT_TRUE(open()) << failure_;
    ASSERT_TRUE(record());
    forget_oldest();
    ASSERT_TRUE(record());
    die();
    ASSERT_TRUE(open()) << failure_;
    die();
  }

  const std::set<protocol::request_id>& safe() const { return safe_; }
  const std::string& failure() const { return failure_; }
  file_outbox& box() { return *box_; }

 private:
  void check(const outbox::content& left) {
    std::set<protocol::request_id> there;
    for (const outbox::entry& e : left.entries) {
      EXPECT_TRUE(there.empty() || *there.rbegin() < e.request) << "out of order or twice: " << e.request;
      there.insert(e.request);
      const auto known = passed_.find(e.request);
      EXPECT_TRUE(known != passed_.end() && is_same(known->second, e)) << "invented: " << e.request;
      EXPECT_TRUE(safe_.contains(e.request) || unsure_.contains(e.request)) << "came back: " << e.request;
    }
    for (const protocol::request_id request : safe_) EXPECT_TRUE(there.contains(request)) << "lost: " << request;
    EXPECT_TRUE(left.expired.empty());
    if (left.session_id == session_) {
      EXPECT_TRUE(passed_.empty() || left.next_request > passed_.rbegin()->first) << "an id would be used again";
    } else {
      EXPECT_TRUE(left.entries.empty()) << "mutations in another session";
    }
  }

  std::shared_ptr<simulated_disk> disk_;
  file_outbox_options options_;
  std::unique_ptr<file_outbox> box_;
  std::string session_;
  std::string failure_;
  int sessions_ = 0;
  protocol::request_id next_ = 0;
  std::map<protocol::request_id, outbox::entry> passed_;  ///< All that this session was ever given.
  std::set<protocol::request_id> safe_;                   ///< Recorded, not forgotten.
  std::set<protocol::request_id> unsure_;                 ///< May be there or not.
  std::set<protocol::request_id> forgotten_;
};

}  // namespace hull::test
