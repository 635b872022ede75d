// The workers' loop. An isolate that was stopped for good is replaced before the next job.
#include "runtime/worker_pool.hpp"

#include <algorithm>

namespace hull::backend::runtime {
namespace {
constexpr std::size_t stack_bytes = 4u << 20;  // V8 is told to use half of it
constexpr auto idle_time = std::chrono::seconds(10);
}  // namespace

worker_pool::worker_pool(watchdog& dog, std::size_t kept, std::size_t most, job between, bool reuse_contexts)
    : dog_(dog), kept_(kept), most_(most), between_(std::move(between)), reuse_contexts_(reuse_contexts) {}

worker_pool::~worker_pool() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
    for (ticket* t : queue_) {
      t->finished = true;
      t->done.notify_all();
    }
    queue_.clear();
    for (const auto& w : workers_)
      if (w->box) w->box->stop(stop_reason::shutdown);
  }
  wanted_.notify_all();
  for (const auto& w : workers_) ::pthread_join(w->thread, nullptr);
}

worker_pool::end worker_pool::run(std::size_t heap_bytes, const job& work,
                                  std::optional<std::chrono::milliseconds> patience) {
  ticket mine{heap_bytes, &work, {}, false, end::closing};
  const auto finished = [&mine] { return mine.finished; };
  std::unique_lock lock(mutex_);
  if (closing_) return end::closing;
  const bool needs_worker = queue_.size() >= idle_;
  const bool started = needs_worker && workers_.size() < most_ && start_worker();
  if (workers_.empty()) return end::closing;
  const bool must_wait = needs_worker && !started;  // for one that is busy
  queue_.push_back(&mine);
  wanted_.notify_one();
  if (must_wait && patience && !mine.done.wait_for(lock, *patience, finished)) {
    const auto at = std::find(queue_.begin(), queue_.end(), &mine);
    if (at != queue_.end()) {
      queue_.erase(at);
      return end::no_room;
    }
  }
  mine.done.wait(lock, finished);
  return mine.how;
}

bool worker_pool::start_worker() {
  join_gone();
  auto w = std::make_unique<worker>();
  w->pool = this;
  pthread_attr_t attributes;
  ::pthread_attr_init(&attributes);
  ::pthread_attr_setstacksize(&attributes, stack_bytes);
  const bool started = ::pthread_create(&w->thread, &attributes, thread_main, w.get()) == 0;
  ::pthread_attr_destroy(&attributes);
  if (started) workers_.push_back(std::move(w));
  return started;
}

void worker_pool::join_gone() {
  const auto gone = std::stable_partition(workers_.begin(), workers_.end(), [](const auto& w) { return !w->gone; });
  for (auto at = gone; at != workers_.end(); ++at) ::pthread_join((*at)->thread, nullptr);
  workers_.erase(gone, workers_.end());
}

void* worker_pool::thread_main(void* self) {
  worker& w = *static_cast<worker*>(self);
  w.pool->serve(w);
  return nullptr;
}

void worker_pool::serve(worker& w) {
  std::unique_lock lock(mutex_);
  while (!closing_) {
    if (queue_.empty()) {
      ++idle_;
      const bool woken = wanted_.wait_for(lock, idle_time, [this] { return closing_ || !queue_.empty(); });
      --idle_;
      const auto here = static_cast<std::size_t>(
          std::count_if(workers_.begin(), workers_.end(), [](const auto& other) { return !other->gone; }));
      if (!woken && here > kept_) break;
      continue;
    }
    ticket& t = *queue_.front();
    queue_.pop_front();
    lock.unlock();
    carry_out(w, t);
    lock.lock();
    t.how = end::carried_out;
    t.finished = true;
    t.done.notify_all();
    if (closing_ || !queue_.empty() || !between_ || w.box->spent()) continue;
    lock.unlock();
    between_(*w.box);
    lock.lock();
  }
  const std::unique_ptr<isolate_box> last = std::move(w.box);
  w.gone = true;
}

void worker_pool::carry_out(worker& w, ticket& t) {
  if (!w.box || w.box->spent() || w.box->heap_bytes() != t.heap_bytes) {
    std::unique_ptr<isolate_box> old;
    {
      const std::lock_guard lock(mutex_);
      old = std::move(w.box);
    }
    old.reset();
    auto fresh = std::make_unique<isolate_box>(dog_, t.heap_bytes, reuse_contexts_);
    const std::lock_guard lock(mutex_);
    w.box = std::move(fresh);
    if (closing_) w.box->stop(stop_reason::shutdown);
  }
  (*t.work)(*w.box);
}

}  // namespace hull::backend::runtime
