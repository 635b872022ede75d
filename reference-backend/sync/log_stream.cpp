// Bodies of log_stream.hpp.
#include "sync/log_stream.hpp"

#include <algorithm>
#include <utility>

namespace hull::backend::sync {
namespace {

std::size_t text_of(const functions::function_record& r) {
  std::size_t n = r.identifier.size() + (r.error ? r.error->size() : 0);
  for (const auto& line : r.log_lines) n += line.size();
  return n;
}

}  // namespace

void log_stream::add(functions::function_record record) {
  {
    const std::lock_guard lock(mutex_);
    const double now = static_cast<double>(record.ended_ns) / 1e6;
    // A thousandth of a millisecond is more than what doubles can tell apart at this size.
    newest_ = std::max(now, newest_ + 0.001);
    text_bytes_ += text_of(record);
    ring_.push_back({newest_, std::make_shared<const functions::function_record>(std::move(record))});
    while (ring_.size() > limits_.entries || (text_bytes_ > limits_.text_bytes && ring_.size() > 1)) {
      text_bytes_ -= text_of(*ring_.front().record);
      ring_.pop_front();
    }
  }
  changed_.notify_all();
}

std::optional<log_stream::page> log_stream::read(double cursor, std::chrono::milliseconds longest) {
  std::unique_lock lock(mutex_);
  if (followers_ >= limits_.followers) return std::nullopt;
  ++followers_;
  changed_.wait_for(lock, longest, [&] { return closed_ || newest_ > cursor; });
  --followers_;
  if (closed_) return std::nullopt;
  page p;
  p.cursor = cursor;
  const auto first = std::partition_point(ring_.begin(), ring_.end(), [&](const entry& e) { return e.cursor <= cursor; });
  p.entries.assign(first, ring_.end());
  if (!p.entries.empty()) p.cursor = p.entries.back().cursor;
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
