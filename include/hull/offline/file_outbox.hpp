// An outbox in one file: mutations survive the process and a power cut, and arrive exactly once.
//
// One file per user of one deployment. Limits: see options. The file holds at most about twice what is waiting, and
// for the time of a rewriting there are two. It is locked: a second process gets an error, not a share.
// Every byte is covered by a checksum. Damage is told from what a power cut tore off, with one exception: the newest
// record has no later one that says it was safe, so that damage to it looks like a record that was never finished.
#pragma once

#include <hull/client/offline.hpp>
#include <hull/config.hpp>
#include <hull/error.hpp>
#include <hull/offline/file_system.hpp>
#include <hull/offline/outbox_state.hpp>
#include <hull/offline/record_file.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace hull {

/// Limits of a file_outbox, and what it does about damage.
struct file_outbox_options {
  std::size_t max_entries = 10'000;  ///< Mutations waiting; `record` fails beyond.
  /// Of their paths and arguments as JSON; `record` fails beyond. At most 256 MiB; more counts as that.
  std::uint64_t max_bytes = 64u << 20;
  /// Older mutations are not sent again. Servers remember for 14 days what they have done.
  std::chrono::milliseconds keep_for = std::chrono::hours(13 * 24);
  /// A mutation recorded further in the future than this, by a clock that was set back since, counts as too old: its
  /// age is not known. With keep_for it must not exceed the server's 14 days.
  std::chrono::milliseconds clock_slack = std::chrono::hours(24);
  /// How long `load` waits for another user of the file to let go: one that is just ending, or this process's last.
  std::chrono::milliseconds lock_wait{2000};
  /// Wait for the disk also when a mutation is over. Off, a power cut (no mere crash of the program) may bring back one
  /// that was over for a few seconds: the server does nothing for one that had succeeded, and runs one that had failed
  /// or was cancelled.
  bool sync_forgotten = false;
  /// A file with damage that no crash explains is renamed to "<path>.damaged-<time>", a new box begins, and this hears
  /// of it, inside of `load`; it must not call the box. Empty: `load` fails and leaves the file alone.
  std::function<void(const std::string& what)> on_damaged;
  /// Time of day, milliseconds since the Unix epoch. Empty: the system's clock.
  std::function<std::int64_t()> wall_clock_ms;
  std::shared_ptr<offline::file_system> files;  ///< Null: the files of this machine.
};

/// Opens its file at `load` and holds it until released or destroyed. Safe to call from any thread.
///
/// A box that is empty when it is opened begins a new session: nobody needs the old one, and no id of it can be met
/// again. Every `load` skips ahead of all ids that may have been used, also of those that could not be recorded.
class file_outbox final : public outbox {
 public:
  /// The folder of `path` must exist. Besides the file, "<path>.lock" and "<path>.new" are used; a link instead of
  /// one of them is refused.
  explicit file_outbox(std::string path, file_outbox_options options = {});

  result<content> load(const std::string& fresh_session_id) override;
  result<void> record(const entry& e) override;
  void forget(protocol::request_id request) override;
  /// Makes safe what is over, and closes the file.
  void release() override;

 private:
  result<content> open(const std::string& fresh_session_id);
  void shut() noexcept;
  result<void> read_file(offline::outbox_state& found);
  result<void> set_aside(const std::string& what);
  content take_over(offline::outbox_state& found, const std::string& fresh_session_id) const;
  /// The state has the changes already.
  result<void> write(const std::vector<std::string>& changes, bool wait_for_disk);
  result<void> rewrite();
  void tidy();

  const std::string path_;
  const file_outbox_options options_;
  std::mutex mutex_;
  std::unique_ptr<offline::file_lock> lock_;
  offline::record_file file_;
  offline::outbox_state state_;
  std::uint64_t tidy_at_ = 0;  ///< File size at which it is rewritten.
  bool is_open_ = false;
};

}  // namespace hull

#ifndef HULL_SEPARATE_COMPILATION
#include <hull/offline/file_outbox.ipp>
#endif
