// The queue between a writer and a reader. Callbacks run without the lock.
#include "runtime/byte_stream.hpp"

#include <utility>

namespace hull::backend::runtime {
namespace {

void call(const std::shared_ptr<const std::function<void()>>& f) {
  if (f && *f) (*f)();
}

}  // namespace

byte_stream::written byte_stream::write(std::string& bytes) {
  callback wake;
  {
    const std::lock_guard lock(mutex_);
    if (fate_ != fate::open) return written::closed;
    if (waiting_ >= capacity_) return written::full;
    if (bytes.empty()) return written::taken;
    waiting_ += bytes.size();
    total_ += bytes.size();
    pieces_.push_back(std::move(bytes));
    bytes.clear();
    wake = on_readable_;
  }
  call(wake);
  return written::taken;
}

void byte_stream::close(fate how, std::string why) {
  callback reader, writer;
  {
    const std::lock_guard lock(mutex_);
    if (fate_ != fate::open && how != fate::cancelled) return;
    if (how == fate::cancelled) {
      pieces_.clear();
      waiting_ = 0;
      if (fate_ != fate::open) return;
    }
    fate_ = how;
    why_ = std::move(why);
    reader = on_readable_;
    writer = on_writable_;
  }
  call(reader);
  call(writer);
}

void byte_stream::end() { close(fate::ended, {}); }
void byte_stream::fail(std::string why) { close(fate::failed, std::move(why)); }
void byte_stream::cancel() { close(fate::cancelled, {}); }

bool byte_stream::writable() const {
  const std::lock_guard lock(mutex_);
  return writable_locked();
}

bool byte_stream::readable() const {
  const std::lock_guard lock(mutex_);
  return readable_locked();
}

bool byte_stream::cancelled() const {
  const std::lock_guard lock(mutex_);
  return fate_ == fate::cancelled;
}

byte_stream::read_result byte_stream::read() {
  callback wake;
  read_result r;
  {
    const std::lock_guard lock(mutex_);
    if (!pieces_.empty()) {
      r.state = reading::bytes;
      r.bytes = std::move(pieces_.front());
      pieces_.pop_front();
      waiting_ -= r.bytes.size();
      if (writable_locked()) wake = on_writable_;
    } else if (fate_ == fate::failed) {
      r.state = reading::failed;
      r.why = why_;
    } else if (fate_ != fate::open) {
      r.state = reading::ended;
    }
  }
  call(wake);
  return r;
}

void byte_stream::when_readable(std::function<void()> f) {
  const auto shared = std::make_shared<const std::function<void()>>(std::move(f));
  bool now = false;
  {
    const std::lock_guard lock(mutex_);
    on_readable_ = shared;
    now = readable_locked();
  }
  if (now) call(shared);
}

void byte_stream::when_writable(std::function<void()> f) {
  const auto shared = std::make_shared<const std::function<void()>>(std::move(f));
  bool now = false;
  {
    const std::lock_guard lock(mutex_);
    on_writable_ = shared;
    now = writable_locked();
  }
  if (now) call(shared);
}

std::uint64_t byte_stream::total_bytes() const {
  const std::lock_guard lock(mutex_);
  return total_;
}

}  // namespace hull::backend::runtime
