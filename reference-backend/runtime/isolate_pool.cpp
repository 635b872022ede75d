// Turns, and the care of idle isolates. An isolate that was stopped for good is replaced by the next who needs one.
#include "runtime/isolate_pool.hpp"

#include "runtime/prepared_runs.hpp"

#include <algorithm>
#include <utility>

namespace hull::backend::runtime {
namespace {
constexpr auto idle_time = std::chrono::seconds(10);
}  // namespace

isolate_pool::isolate_pool(watchdog& dog, std::size_t kept, std::size_t most, job between, bool reuse_contexts)
    : dog_(dog), kept_(kept), most_(most), between_(std::move(between)), reuse_contexts_(reuse_contexts) {
  tender_ = std::thread([this] { tend(); });
}

isolate_pool::~isolate_pool() {
  std::vector<idle_box> last;
  {
    std::unique_lock lock(mutex_);
    closing_ = true;
    for (ticket* t : waiting_) t->called.notify_one();
    for (isolate_box* box : running_) box->stop(stop_reason::shutdown);
    changed_.notify_all();
    changed_.wait(lock, [this] { return inside_ == 0 && waiting_.empty(); });
    last = std::move(idle_);
  }
  tender_.join();
}

isolate_pool::end isolate_pool::run(std::size_t heap_bytes, const job& work,
                                    std::optional<std::chrono::milliseconds> patience) {
  ticket mine;
  std::unique_lock lock(mutex_);
  if (closing_) return end::closing;
  if (!enter(lock, mine, patience)) return closing_ ? end::closing : end::no_room;
  if (!mine.box || mine.box->spent() || mine.box->heap_bytes() != heap_bytes) {
    lock.unlock();
    mine.box.reset();
    mine.box = std::make_unique<isolate_box>(dog_, heap_bytes, reuse_contexts_);
    lock.lock();
  }
  isolate_box& box = *mine.box;
  running_.push_back(&box);
  if (closing_) box.stop(stop_reason::shutdown);
  lock.unlock();
  {
    const isolate_box::visit here(box);
    work(box);
  }
  lock.lock();
  running_.erase(std::find(running_.begin(), running_.end(), &box));
  leave(lock, std::move(mine.box));
  return end::carried_out;
}

bool isolate_pool::enter(std::unique_lock<std::mutex>& lock, ticket& mine,
                         std::optional<std::chrono::milliseconds> patience) {
  if (inside_ < most_) {
    ++inside_;
    if (!idle_.empty()) {
      mine.box = std::move(idle_.back().box);
      idle_.pop_back();
    }
    return true;
  }
  waiting_.push_back(&mine);
  const auto over = [&] { return mine.let_in || closing_; };
  if (!patience)
    mine.called.wait(lock, over);
  else
    mine.called.wait_for(lock, *patience, over);
  if (mine.let_in) return true;
  waiting_.erase(std::remove(waiting_.begin(), waiting_.end(), &mine), waiting_.end());
  if (closing_) changed_.notify_all();
  return false;
}

void isolate_pool::leave(std::unique_lock<std::mutex>& lock, box_pointer box) {
  if (closing_) {
    lock.unlock();
    box.reset();
    lock.lock();
    --inside_;
    return changed_.notify_all();
  }
  if (!waiting_.empty()) {  // The turn passes on, and the box with it.
    ticket& next = *waiting_.front();
    waiting_.pop_front();
    next.box = std::move(box);
    next.let_in = true;
    return next.called.notify_one();
  }
  --inside_;
  const bool care = between_ && !box->spent() && box->prepared().wants_more();
  idle_.push_back({std::move(box), std::chrono::steady_clock::now()});
  if (care || idle_.size() + inside_ == kept_ + 1) changed_.notify_all();
}

isolate_pool::box_pointer isolate_pool::take_neglected() {
  // Whoever waits for an isolate goes first.
  if (!between_ || !waiting_.empty() || inside_ >= most_) return nullptr;
  const auto at = std::find_if(idle_.begin(), idle_.end(),
                               [](const idle_box& i) { return !i.box->spent() && i.box->prepared().wants_more(); });
  if (at == idle_.end()) return nullptr;
  box_pointer box = std::move(at->box);
  idle_.erase(at);
  ++inside_;
  return box;
}

std::vector<isolate_pool::idle_box> isolate_pool::take_superfluous() {
  std::vector<idle_box> gone;
  const auto now = std::chrono::steady_clock::now();
  while (has_superfluous() && now - idle_.front().since >= idle_time) {
    gone.push_back(std::move(idle_.front()));
    idle_.erase(idle_.begin());
  }
  return gone;
}

void isolate_pool::tend() {
  std::unique_lock lock(mutex_);
  while (!closing_) {
    if (auto gone = take_superfluous(); !gone.empty()) {
      lock.unlock();
      gone.clear();
      lock.lock();
    } else if (box_pointer box = take_neglected()) {
      lock.unlock();
      {
        const isolate_box::visit here(*box);
        between_(*box);
      }
      lock.lock();
      leave(lock, std::move(box));
    } else if (has_superfluous()) {
      changed_.wait_until(lock, idle_.front().since + idle_time);
    } else {
      changed_.wait(lock);
    }
  }
}

}  // namespace hull::backend::runtime
