// Last known results in one file, so that a program shows something before the deployment has spoken.
//
// One file per user of one deployment; it is locked against a second user. A cache, not an archive: the least
// recently used results make room, a crash may cost the newest, and damage costs what it hit.
#pragma once

#include <hull/client/offline.hpp>
#include <hull/config.hpp>
#include <hull/error.hpp>
#include <hull/offline/file_system.hpp>
#include <hull/offline/record_file.hpp>
#include <hull/offline/result_index.hpp>

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

namespace hull {

/// Limits of a file_result_store, and when it writes.
struct file_result_store_options {
  std::size_t max_results = 1000;  ///< More push out the least recently used.
  /// Of query tokens and results as JSON, in memory and, about twice that, in the file. A result that does not fit
  /// alone is not kept. At most 256 MiB; more counts as that.
  std::uint64_t max_bytes = 16u << 20;
  /// Results are written this long after the first that came, together: what changes often costs one write.
  std::chrono::milliseconds write_delay{500};
  /// How long opening waits for another user of the file to let go.
  std::chrono::milliseconds lock_wait{2000};
  /// What went wrong and did no harm to the program: a damaged file that was begun anew, a write that failed (told
  /// once until one succeeds). Called by the thread that opens, flushes or writes; must not call the store.
  std::function<void(const std::string& what)> on_problem;
  std::shared_ptr<offline::file_system> files;  ///< Null: the files of this machine.
};

/// Safe to call from any thread. `load` reads memory; `save` notes the value; the file is written by a thread of the
/// store, which is started by the first `save`. The destructor writes what is waiting.
class file_result_store final : public result_store {
 public:
  /// Reads the file, or makes one at the first write. Fails when the folder of `path` is missing, the file is in use,
  /// cannot be read, or is something else: a program may then do without. Uses "<path>.lock" and "<path>.new" as well.
  static result<std::shared_ptr<file_result_store>> open(std::string path, file_result_store_options options = {});
  ~file_result_store() override;
  file_result_store(const file_result_store&) = delete;
  file_result_store& operator=(const file_result_store&) = delete;

  std::optional<value> load(std::string_view token) override;
  void save(std::string_view token, const value& result) override;
  /// Writes what was saved so far and waits for the disk: it survives a power cut when this returns without error.
  result<void> flush();

 private:
  file_result_store(std::string path, file_result_store_options options);
  result<void> read_file();
  void restore(const offline::scanned_file& scanned);
  void run();
  result<void> write_fresh(bool wait_for_disk);
  result<void> append(std::string_view token, std::string_view text);
  result<void> rewrite();
  void report(const std::string& what) const;

  const std::string path_;
  const file_result_store_options options_;
  std::mutex writing_;  ///< Before mutex_: who writes holds the disk up, not `load` and `save`.
  std::unique_ptr<offline::file_lock> lock_;
  offline::record_file file_;
  std::uint64_t tidy_at_ = 0;  ///< File size at which it is rewritten.
  bool is_ours_ = false;       ///< All of the file was written here.
  bool has_failed_ = false;    ///< And said so.

  std::mutex mutex_;
  offline::result_index index_;
  std::condition_variable changed_;
  bool is_closing_ = false;
  std::thread thread_;
};

}  // namespace hull

#ifndef HULL_SEPARATE_COMPILATION
#include <hull/offline/file_result_store.ipp>
#endif
