// Bodies of log_stream.hpp.
#include "sync/log_stream.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace hull::backend::sync {
namespace {

constexpr std::int64_t second_ns = 1'000'000'000;
/// Who follows is back for more within that time.
constexpr std::int64_t still_followed_ns = 10 * second_ns;

std::size_t text_of(const functions::function_record& r) {
  std::size_t n = r.identifier.size() + (r.error ? r.error->size() : 0);
  for (const auto& line : r.log_lines)
    for (const auto& message : line.messages) n += message.size();
  return n;
}

}  // namespace

void log_stream::add(functions::function_record record) {
  const bool known = record.cached;
  auto kept = std::make_shared<const functions::function_record>(std::move(record));
  {
    const std::lock_guard lock(mutex_);
    const double now = static_cast<double>(kept->ended_ns) / 1e6;
    // A thousandth of a millisecond is more than what doubles can tell apart at this size.
    newest_ = std::max(now, newest_ + 0.001);
    if (known) {
      known_.push_back({newest_, std::move(kept)});
      if (known_.size() > limits_.known_entries) known_.pop_front();
    } else {
      text_bytes_ += text_of(*kept);
      ring_.push_back({newest_, std::move(kept)});
      while (ring_.size() > limits_.entries || (text_bytes_ > limits_.text_bytes && ring_.size() > 1)) {
        text_bytes_ -= text_of(*ring_.front().record);
        ring_.pop_front();
      }
    }
  }
  changed_.notify_all();
}

bool log_stream::wants_known(std::int64_t now_ns) {
  const std::int64_t followed = followed_ns_.load(std::memory_order_relaxed);
  if (followers_.load(std::memory_order_relaxed) > 0) {
    if (now_ns - followed >= second_ns) followed_ns_.store(now_ns, std::memory_order_relaxed);
    return true;
  }
  if (now_ns - followed < still_followed_ns) return true;
  std::int64_t began = second_began_ns_.load(std::memory_order_relaxed);
  if (now_ns - began >= second_ns && second_began_ns_.compare_exchange_strong(began, now_ns, std::memory_order_relaxed))
    in_second_.store(0, std::memory_order_relaxed);
  if (in_second_.load(std::memory_order_relaxed) >= limits_.known_per_second) return false;
  return in_second_.fetch_add(1, std::memory_order_relaxed) < limits_.known_per_second;
}

std::optional<log_stream::page> log_stream::read(double cursor, std::chrono::milliseconds longest) {
  std::unique_lock lock(mutex_);
  if (followers_ >= limits_.followers) return std::nullopt;
  ++followers_;
  changed_.wait_for(lock, longest, [&] { return closed_ || newest_ > cursor; });
  --followers_;
  if (closed_) return std::nullopt;
  page p;
  p.cursor = std::max(cursor, newest_);
  const auto first_of = [&](const std::deque<entry>& ring) {
    return std::partition_point(ring.begin(), ring.end(), [&](const entry& e) { return e.cursor <= cursor; });
  };
  std::merge(first_of(ring_), ring_.cend(), first_of(known_), known_.cend(), std::back_inserter(p.entries),
             [](const entry& a, const entry& b) { return a.cursor < b.cursor; });
  return p;
}

void log_stream::close() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  changed_.notify_all();
}

}  // namespace hull::backend::sync
