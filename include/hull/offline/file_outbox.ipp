// Bodies of file_outbox.hpp.
#pragma once

#include <hull/offline/file_outbox.hpp>

#include <algorithm>
#include <limits>
#include <utility>

namespace hull {

namespace offline::detail {
inline constexpr std::string_view outbox_kind("HULLBOX\1", kind_length);
inline constexpr std::uint64_t longest_outbox = 1u << 30;
inline constexpr std::uint64_t most_bytes = 256u << 20;  // So that what is waiting always fits into such a file.
inline constexpr std::uint64_t small_waste = 64u << 10;
/// Ids that are set apart at once. A new process begins behind them, so that what a full disk kept from being
/// recorded is not taken for something new.
inline constexpr protocol::request_id ids_ahead = 1u << 16;

HULL_INLINE std::int64_t system_time_ms() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}
}  // namespace offline::detail

HULL_INLINE file_outbox::file_outbox(std::string path, file_outbox_options options)
    : path_(std::move(path)),
      options_([&] {
        if (!options.files) options.files = offline::real_files();
        options.max_bytes = std::min(options.max_bytes, offline::detail::most_bytes);
        if (!options.wall_clock_ms) options.wall_clock_ms = offline::detail::system_time_ms;
        return std::move(options);
      }()),
      file_(options_.files, path_, offline::detail::outbox_kind) {}

HULL_INLINE result<outbox::content> file_outbox::load(const std::string& fresh_session_id) {
  const std::lock_guard guard(mutex_);
  if (fresh_session_id.empty()) return offline::disk_error("an outbox needs a session id that is not empty");
  if (is_open_) return offline::disk_error("the outbox " + path_ + " is in use by another client of this process");
  auto left = open(fresh_session_id);
  if (left.has_error()) shut();
  return left;
}

HULL_INLINE result<outbox::content> file_outbox::open(const std::string& fresh_session_id) {
  auto locked = options_.files->lock(path_ + ".lock", options_.lock_wait);
  if (locked.has_error()) return locked.error();
  lock_ = std::move(*locked);
  offline::outbox_state found;
  if (auto read = read_file(found); read.has_error()) return read.error();
  content left = take_over(found, fresh_session_id);
  const auto reserved = offline::outbox_state::reserved_text(left.next_request + offline::detail::ids_ahead);
  if (auto applied = found.apply(reserved); applied.has_error()) return applied.error();
  state_ = std::move(found);
  if (auto written = rewrite(); written.has_error()) return written.error();
  is_open_ = true;
  return left;
}

HULL_INLINE outbox::content file_outbox::take_over(offline::outbox_state& found,
                                                   const std::string& fresh_session_id) const {
  constexpr auto last_time = std::numeric_limits<std::int64_t>::max();
  constexpr auto last_id = std::numeric_limits<protocol::request_id>::max();
  const std::int64_t now = options_.wall_clock_ms();
  const std::int64_t slack = options_.clock_slack.count();
  content left;
  left.expired = found.take_expired(now - options_.keep_for.count(), slack < last_time - now ? now + slack : last_time);
  if (found.reserved() > last_id - 2 * offline::detail::ids_ahead) {
    // The session has no ids left, and in another one the deployment would not know what it has done already.
    auto rest = found.entries();
    left.expired.insert(left.expired.end(), rest.begin(), rest.end());
    found = {};
  }
  if (found.size() == 0) found.begin(fresh_session_id);
  left.session_id = found.session_id();
  left.next_request = found.reserved();
  left.entries = found.entries();
  return left;
}

HULL_INLINE void file_outbox::release() {
  const std::lock_guard guard(mutex_);
  if (!is_open_) return;
  // The second record changes nothing: its head says that all before it was safe.
  if (file_.is_sound() && file_.sync().has_value())
    static_cast<void>(file_.append(offline::outbox_state::reserved_text(state_.reserved())));
  shut();
}

HULL_INLINE void file_outbox::shut() noexcept {
  is_open_ = false;
  file_.close();
  state_ = {};
  lock_.reset();
}

HULL_INLINE result<void> file_outbox::read_file(offline::outbox_state& found) {
  file_.start_salt(static_cast<std::uint64_t>(options_.wall_clock_ms()));
  auto text = options_.files->read(path_, offline::detail::longest_outbox);
  if (text.has_error()) return text.error();
  if (!*text) return {};

  const offline::scanned_file scanned = offline::scan(**text, offline::detail::outbox_kind);
  if (scanned.start == offline::scanned_file::header::foreign)
    return offline::disk_error(path_ + " is no outbox, or one of another version of this library");
  if (scanned.start == offline::scanned_file::header::damaged) return set_aside("its first bytes are damaged");
  if (scanned.is_damaged) return set_aside("records that had been safe on the disk cannot be read");
  offline::outbox_state played;
  for (const std::string_view change : scanned.texts)
    if (auto applied = played.apply(change); applied.has_error()) return set_aside(applied.error().message);
  if (played.session_id().empty()) return set_aside("it names no session");
  file_.start_salt(scanned.salt);
  found = std::move(played);
  return {};
}

HULL_INLINE result<void> file_outbox::set_aside(const std::string& what) {
  if (!options_.on_damaged)
    return offline::disk_error("the outbox " + path_ + " is damaged: " + what +
                               ". It was left as it is; remove it, or set file_outbox_options::on_damaged");
  const std::string aside = path_ + ".damaged-" + std::to_string(options_.wall_clock_ms());
  if (auto renamed = options_.files->rename(path_, aside); renamed.has_error()) return renamed;
  options_.on_damaged("The outbox " + path_ + " is damaged: " + what + ". It was renamed to " + aside +
                      ", and what it held is not sent.");
  return {};
}

HULL_INLINE result<void> file_outbox::record(const entry& e) {
  using offline::outbox_state;
  const std::lock_guard guard(mutex_);
  if (!is_open_) return offline::disk_error("the outbox " + path_ + " was not loaded");
  if (state_.holds(e.request)) return offline::disk_error("the outbox holds a mutation of this id already");

  std::vector<std::string> changes;
  constexpr auto last_id = std::numeric_limits<protocol::request_id>::max();
  if (state_.reserved() != last_id && e.request >= state_.reserved() - offline::detail::ids_ahead / 2) {
    const auto reserved =
        e.request > last_id - offline::detail::ids_ahead ? last_id : e.request + offline::detail::ids_ahead;
    changes.push_back(outbox_state::reserved_text(reserved));
    if (auto applied = state_.apply(changes.back()); applied.has_error()) return applied;
  }
  std::string text = outbox_state::mutation_text(e);
  if (state_.size() >= options_.max_entries || state_.bytes() + text.size() > options_.max_bytes) {
    if (!changes.empty())
      if (auto written = write(changes, true); written.has_error()) return written;
    return offline::disk_error("the outbox " + path_ + " is full: " + std::to_string(state_.size()) +
                               " mutations with " + std::to_string(state_.bytes()) + " bytes are waiting");
  }
  changes.push_back(std::move(text));
  if (auto applied = state_.apply(changes.back()); applied.has_error()) return applied;
  if (auto written = write(changes, true); written.has_error()) {
    if (auto undone = state_.apply(outbox_state::forgotten_text(e.request)); undone.has_error()) return undone;
    return written;
  }
  tidy();
  return {};
}

HULL_INLINE void file_outbox::forget(protocol::request_id request) {
  const std::lock_guard guard(mutex_);
  if (!is_open_) return;
  if (!state_.holds(request)) {
    // One that could not be recorded may be in the file all the same.
    if (!file_.is_sound()) static_cast<void>(rewrite());
    return;
  }
  const std::string change = offline::outbox_state::forgotten_text(request);
  // If the disk fails, the mutation comes back at worst; the server knows what it has done.
  if (state_.apply(change).has_value() && write({change}, options_.sync_forgotten).has_value()) tidy();
}

HULL_INLINE result<void> file_outbox::write(const std::vector<std::string>& changes, bool wait_for_disk) {
  std::uint64_t added = 0;
  for (const std::string& change : changes) added += offline::record_head_length + change.size();
  if (!file_.is_sound() || file_.size() + added > offline::detail::longest_outbox) return rewrite();
  for (const std::string& change : changes)
    if (file_.append(change).has_error()) return rewrite();
  if (wait_for_disk && file_.sync().has_error()) return rewrite();
  return {};
}

HULL_INLINE result<void> file_outbox::rewrite() {
  auto written = file_.rewrite(state_.texts());
  const std::uint64_t size = file_.size();
  tidy_at_ = written.has_value() ? 2 * size + offline::detail::small_waste : size + offline::detail::small_waste;
  return written;
}

HULL_INLINE void file_outbox::tidy() {
  // If this fails, the old file goes on as it was, or the next record finds the file unsound and says so.
  if (file_.size() > tidy_at_) static_cast<void>(rewrite());
}

}  // namespace hull
