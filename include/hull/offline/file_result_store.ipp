// Bodies of file_result_store.hpp. A record: length of the token u32, token, result as JSON; no JSON: no result.
#pragma once

#include <hull/offline/file_result_store.hpp>
#include <hull/offline/numbers.hpp>
#include <hull/value/json.hpp>

#include <algorithm>
#include <utility>
#include <vector>

#if defined(__unix__) || defined(__APPLE__)
#include <pthread.h>
#include <signal.h>
#endif

namespace hull {

namespace offline::detail {
inline constexpr std::string_view results_kind("HULLRES\1", kind_length);
inline constexpr std::uint64_t longest_results = 1u << 30;
inline constexpr std::uint64_t most_result_bytes = 256u << 20;  // So that what is kept always fits into such a file.
inline constexpr std::uint64_t small_results_waste = 256u << 10;

HULL_INLINE std::string result_record(std::string_view token, std::string_view text) {
  std::string record;
  record.reserve(4 + token.size() + text.size());
  append_number(record, static_cast<std::uint32_t>(token.size()));
  record += token;
  record += text;
  return record;
}

HULL_INLINE std::uint64_t result_time() {
  return static_cast<std::uint64_t>(std::chrono::system_clock::now().time_since_epoch().count());
}
}  // namespace offline::detail

HULL_INLINE file_result_store::file_result_store(std::string path, file_result_store_options options)
    : path_(std::move(path)),
      options_([&] {
        if (!options.files) options.files = offline::real_files();
        options.max_bytes = std::min(options.max_bytes, offline::detail::most_result_bytes);
        return std::move(options);
      }()),
      file_(options_.files, path_, offline::detail::results_kind),
      index_(options_.max_results, options_.max_bytes) {}

HULL_INLINE result<std::shared_ptr<file_result_store>> file_result_store::open(std::string path,
                                                                               file_result_store_options options) {
  std::shared_ptr<file_result_store> store(new file_result_store(std::move(path), std::move(options)));
  if (auto read = store->read_file(); read.has_error()) return read.error();
  return store;
}

HULL_INLINE file_result_store::~file_result_store() {
  {
    const std::lock_guard guard(mutex_);
    is_closing_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
  if (lock_) static_cast<void>(write_fresh(false));
}

// ---- reading

HULL_INLINE result<void> file_result_store::read_file() {
  auto locked = options_.files->lock(path_ + ".lock", options_.lock_wait);
  if (locked.has_error()) return locked.error();
  file_.start_salt(offline::detail::result_time());
  auto text = options_.files->read(path_, offline::detail::longest_results);
  if (text.has_error()) return text.error();
  if (*text) {
    const offline::scanned_file scanned = offline::scan(**text, offline::detail::results_kind);
    if (scanned.start == offline::scanned_file::header::foreign)
      return offline::disk_error(path_ + " holds no results, or those of another version of this library");
    if (scanned.start == offline::scanned_file::header::damaged) {
      report("The stored results in " + path_ + " are lost: the first bytes are damaged. The file begins anew.");
    } else {
      if (scanned.is_damaged) report("Some of the stored results in " + path_ + " are damaged and were left out.");
      restore(scanned);
      file_.start_salt(scanned.salt);
      // What is whole is continued; anything else is replaced by the first write.
      if (!scanned.is_torn && !scanned.is_damaged) {
        if (auto opened = file_.continue_at(scanned.salt, (*text)->size()); opened.has_error()) return opened;
        tidy_at_ = 2 * index_.bytes() + offline::detail::small_results_waste;
      }
    }
  }
  lock_ = std::move(*locked);  // Only now there is something to write at the end.
  return {};
}

HULL_INLINE void file_result_store::restore(const offline::scanned_file& scanned) {
  for (const std::string_view record : scanned.texts) {
    if (record.size() < 4) continue;
    const std::size_t length = offline::number_at<std::uint32_t>(record, 0);
    const std::string_view rest = record.substr(4);
    if (length == 0 || length > rest.size()) continue;  // Not made here, whatever its sum says.
    index_.restore(rest.substr(0, length), rest.substr(length));
  }
}

HULL_INLINE std::optional<value> file_result_store::load(std::string_view token) {
  std::string text;
  {
    const std::lock_guard guard(mutex_);
    auto found = index_.find(token);
    if (!found) return std::nullopt;
    if (found->fresh) return std::move(found->fresh);
    text = found->text;
  }
  auto read = read_json(text);
  if (read.has_error()) return std::nullopt;
  return std::move(*read);
}

// ---- writing

HULL_INLINE void file_result_store::save(std::string_view token, const value& result) {
  const std::lock_guard guard(mutex_);
  const bool was_idle = !index_.has_fresh();
  index_.save(token, result);
  if (!was_idle || is_closing_) return;
  if (thread_.joinable()) return changed_.notify_all();
#if defined(__unix__) || defined(__APPLE__)
  // Signals belong to the program's own threads.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
#endif
  thread_ = std::thread([this] { run(); });
#if defined(__unix__) || defined(__APPLE__)
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
#endif
}

HULL_INLINE void file_result_store::run() {
  std::unique_lock guard(mutex_);
  while (!is_closing_) {
    changed_.wait(guard, [this] { return is_closing_ || index_.has_fresh(); });
    if (changed_.wait_for(guard, options_.write_delay, [this] { return is_closing_; })) return;
    guard.unlock();
    static_cast<void>(write_fresh(false));
    guard.lock();
  }
}

HULL_INLINE result<void> file_result_store::flush() { return write_fresh(true); }

HULL_INLINE result<void> file_result_store::write_fresh(bool wait_for_disk) {
  const std::lock_guard one_writer(writing_);
  std::vector<std::pair<std::string, value>> fresh;
  bool is_empty = false;
  {
    const std::lock_guard guard(mutex_);
    fresh = index_.take_fresh();
    is_empty = index_.size() == 0;
  }
  result<void> written;
  for (const auto& [token, result] : fresh) {
    std::string text = write_json(result);
    bool is_news = false;
    {
      const std::lock_guard guard(mutex_);
      is_news = index_.store_text(token, result, text);
      if (is_news && !index_.has(token)) text.clear();  // It was too large: better none than an old one.
    }
    if (!is_news) continue;
    if (auto appended = append(token, text); appended.has_error() && !written.has_error()) written = appended;
  }
  // What an earlier run appended may never have reached the disk, whatever a sync of today says.
  const bool is_untidy = !file_.is_sound() || file_.size() > tidy_at_ || (wait_for_disk && !is_ours_);
  if (is_untidy && (!fresh.empty() || (wait_for_disk && !is_empty)))
    written = rewrite();  // It holds everything, also what could not be appended, and what an earlier run left.
  else if (wait_for_disk && file_.is_sound() && !written.has_error())
    written = file_.sync();
  if (written.has_error() && !std::exchange(has_failed_, true))
    report("Results cannot be stored in " + path_ + ": " + written.error().message);
  if (written.has_value()) has_failed_ = false;
  return written;
}

HULL_INLINE result<void> file_result_store::append(std::string_view token, std::string_view text) {
  if (!file_.is_sound()) return {};  // A rewriting follows.
  if (file_.size() > offline::detail::longest_results / 2) return offline::disk_error("the file cannot be tidied up");
  return file_.append(offline::detail::result_record(token, text));
}

HULL_INLINE result<void> file_result_store::rewrite() {
  std::vector<std::string> records;
  {
    const std::lock_guard guard(mutex_);
    const auto all = index_.all();
    records.reserve(all.size());
    for (const auto& [token, text] : all) records.push_back(offline::detail::result_record(token, text));
  }
  auto written = file_.rewrite(records);
  if (written.has_value()) is_ours_ = true;
  tidy_at_ = 2 * file_.size() + offline::detail::small_results_waste;
  return written;
}

HULL_INLINE void file_result_store::report(const std::string& what) const {
  if (options_.on_problem) options_.on_problem(what);
}

}  // namespace hull
