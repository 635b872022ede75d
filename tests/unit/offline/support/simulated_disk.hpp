// A disk in memory whose power can be cut at any byte and whose operations can be made to fail. What was written and
// not made safe is then lost, torn or kept, as chance decides; so are names that were not made safe.
#pragma once

#include <hull/offline/file_system.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hull::test {

class simulated_disk final : public offline::file_system, public std::enable_shared_from_this<simulated_disk> {
 public:
  static constexpr std::uint64_t never = std::numeric_limits<std::uint64_t>::max();

  /// The power goes when this much more has happened: a written byte counts one, so does every other operation.
  void cut_power_after(std::uint64_t points) { points_left_ = points; }
  /// Operations number `first` and the following ones (counted from now, reading and locking included) fail.
  void fail(std::uint64_t first, std::uint64_t how_many) {
    operations_ = 0;
    first_failing_ = first;
    last_failing_ = how_many > never - first ? never : first + how_many;
  }
  /// While full, of every text only a half is written.
  void fill() { is_full_ = true; }
  void heal() {
    fail(never, 0);
    is_full_ = false;
  }

  bool is_off() const noexcept { return is_off_; }
  std::uint64_t points() const noexcept { return points_; }
  std::uint64_t operations() const noexcept { return operations_; }

  /// The process was killed: all that it wrote is there.
  void kill_process() {
    is_off_ = false;
    points_left_ = never;
    heal();
    locked_.clear();
    ++life_;
  }
  /// Power comes back. What was not safe is what the seed makes of it.
  void restart(std::uint64_t seed) {
    std::minstd_rand random(static_cast<std::minstd_rand::result_type>(seed * 7919 + 1));
    std::size_t kept = pending_.empty() ? 0 : random() % (pending_.size() + 1);
    for (std::size_t i = 0; i < kept; ++i) pending_[i].play(safe_names_);
    pending_.clear();
    for (auto& [name, file] : safe_names_) file = what_is_left(*file, random);
    names_ = safe_names_;
    kill_process();
  }

  /// The bytes of a file, to be looked at and spoilt; nothing else knows. Null when there is no such file.
  std::string* bytes(const std::string& path) {
    const auto found = names_.find(path);
    return found == names_.end() ? nullptr : &found->second->text;
  }
  void put(const std::string& path, std::string text) {
    auto file = std::make_shared<inode>();
    file->text = std::move(text);
    file->safe = file->text.size();
    names_[path] = safe_names_[path] = std::move(file);
  }

  result<std::optional<std::string>> read(const std::string& path, std::uint64_t max_bytes) override {
    if (auto e = happen()) return *e;
    const auto found = names_.find(path);
    if (found == names_.end()) return std::optional<std::string>();
    if (found->second->text.size() > max_bytes) return offline::disk_error("too long");
    return std::optional<std::string>(found->second->text);
  }
  result<std::unique_ptr<offline::growing_file>> create(const std::string& path) override {
    if (auto e = happen()) return *e;
    change_names({path, {}, std::make_shared<inode>()});
    return handle(names_.at(path));
  }
  result<std::unique_ptr<offline::growing_file>> open(const std::string& path) override {
    if (auto e = happen()) return *e;
    const auto found = names_.find(path);
    if (found == names_.end()) return offline::disk_error("no such file");
    return handle(found->second);
  }
  result<void> rename(const std::string& from, const std::string& to) override {
    if (is_off_) return *happen();
    auto e = happen();
    // A failure tells nothing: half of them come after the fact.
    if (e && (is_off_ || operations_ % 2 == 0)) return *e;
    const auto found = names_.find(from);
    if (found == names_.end()) return offline::disk_error("no such file");
    change_names({to, from, found->second});
    if (e) return *e;
    return {};
  }
  result<void> sync_folder(const std::string&) override {
    if (auto e = happen()) return *e;
    safe_names_ = names_;
    pending_.clear();
    return {};
  }
  result<std::unique_ptr<offline::file_lock>> lock(const std::string& path, std::chrono::milliseconds) override {
    if (auto e = happen()) return *e;
    if (!locked_.insert(path).second) return offline::disk_error(path + " is locked");
    return std::unique_ptr<offline::file_lock>(std::make_unique<held_lock>(shared_from_this(), path));
  }

 private:
  struct inode {
    std::string text;
    std::size_t safe = 0;  ///< Bytes that survive a power cut.
    std::size_t lost =
        std::string::npos;  ///< Bytes from here on were dropped by a failed sync, though a reader sees them.
  };
  using name_table = std::map<std::string, std::shared_ptr<inode>>;
  struct name_change {
    std::string name;
    std::string old_name;  ///< Empty: a new file.
    std::shared_ptr<inode> file;
    void play(name_table& names) const {
      if (!old_name.empty()) names.erase(old_name);
      names[name] = file;
    }
  };

  class open_file final : public offline::growing_file {
   public:
    open_file(std::shared_ptr<simulated_disk> disk, std::shared_ptr<inode> file)
        : disk_(std::move(disk)), file_(std::move(file)), life_(disk_->life_) {}
    result<void> append(std::string_view text) override {
      if (life_ != disk_->life_) return offline::disk_error("this process is dead");
      if (disk_->is_off_ || text.size() >= disk_->points_left_) {
        if (!disk_->is_off_) file_->text += text.substr(0, static_cast<std::size_t>(disk_->points_left_));
        disk_->is_off_ = true;
        return offline::disk_error("the power is off");
      }
      disk_->points_ += text.size();
      if (disk_->points_left_ != never) disk_->points_left_ -= text.size();
      auto failure = disk_->happen();
      if (!failure && disk_->is_full_) failure = offline::disk_error("the disk is full");
      file_->text += text.substr(0, failure ? text.size() / 2 : text.size());
      if (failure) return *failure;
      return {};
    }
    result<void> sync() override {
      if (life_ != disk_->life_) return offline::disk_error("this process is dead");
      if (auto e = disk_->happen()) {
        file_->lost = std::min(file_->lost, file_->safe);
        return *e;
      }
      file_->safe = std::min(file_->text.size(), file_->lost);
      return {};
    }

   private:
    std::shared_ptr<simulated_disk> disk_;
    std::shared_ptr<inode> file_;
    std::uint64_t life_;
  };

  class held_lock final : public offline::file_lock {
   public:
    held_lock(std::shared_ptr<simulated_disk> disk, std::string path)
        : disk_(std::move(disk)), path_(std::move(path)), life_(disk_->life_) {}
    held_lock(const held_lock&) = delete;
    held_lock& operator=(const held_lock&) = delete;
    ~held_lock() override {
      if (life_ == disk_->life_) disk_->locked_.erase(path_);
    }

   private:
    std::shared_ptr<simulated_disk> disk_;
    std::string path_;
    std::uint64_t life_;
  };

  /// Counts one operation. Nothing when it may be done.
  std::optional<error> happen() {
    if (is_off_ || points_left_ == 0) {
      is_off_ = true;
      return offline::disk_error("the power is off");
    }
    ++points_;
    if (points_left_ != never) --points_left_;
    const std::uint64_t number = operations_++;
    if (number >= first_failing_ && number < last_failing_) return offline::disk_error("the disk failed");
    return std::nullopt;
  }
  void change_names(name_change change) {
    change.play(names_);
    pending_.push_back(std::move(change));
  }
  std::unique_ptr<offline::growing_file> handle(std::shared_ptr<inode> file) {
    return std::make_unique<open_file>(shared_from_this(), std::move(file));
  }

  /// The safe bytes, and of the others none, all, or sectors here and there.
  static std::shared_ptr<inode> what_is_left(const inode& before, std::minstd_rand& random) {
    constexpr std::size_t sector = 16;
    auto left = std::make_shared<inode>(before);
    const std::size_t unsafe = before.text.size() - before.safe;
    const auto fate = random() % 4;
    if (fate == 0) {
      left->text.resize(before.safe);
    } else if (fate != 1 && unsafe != 0) {
      left->text.resize(before.safe + random() % (unsafe + 1));
      for (std::size_t at = before.safe; at < left->text.size(); at = (at / sector + 1) * sector) {
        const auto what = random() % 4;
        if (what < 2) continue;
        const std::size_t end = std::min((at / sector + 1) * sector, left->text.size());
        for (std::size_t i = at; i < end; ++i) left->text[i] = what == 2 ? '\0' : static_cast<char>(random());
      }
    }
    left->safe = left->text.size();
    left->lost = std::string::npos;
    return left;
  }

  name_table names_;
  name_table safe_names_;
  std::vector<name_change> pending_;
  std::set<std::string> locked_;
  std::uint64_t points_ = 0;
  std::uint64_t points_left_ = never;
  std::uint64_t operations_ = 0;
  std::uint64_t first_failing_ = never;
  std::uint64_t last_failing_ = never;
  std::uint64_t life_ = 0;
  bool is_off_ = false;
  bool is_full_ = false;
};

}  // namespace hull::test
