// The worker thread.
#include "hullworker_p.h"

#include <hull/client/signal_block.hpp>

#include <utility>

std::shared_ptr<HullWorker> HullWorker::shared() {
  static const std::shared_ptr<HullWorker> one = std::make_shared<HullWorker>();
  return one;
}

HullWorker::HullWorker() {
  const hull::detail::signal_block quiet;  // Signals are the program's business.
  m_thread = std::thread([this] { loop(); });
}

HullWorker::~HullWorker() {
  {
    const std::lock_guard lock(m_mutex);
    m_isEnding = true;
  }
  m_due.notify_one();
  m_thread.join();
}

void HullWorker::run(std::function<void()> work) {
  {
    const std::lock_guard lock(m_mutex);
    m_work.push_back(std::move(work));
  }
  m_due.notify_one();
}

void HullWorker::loop() {
  std::unique_lock lock(m_mutex);
  for (;;) {
    m_due.wait(lock, [this] { return m_isEnding || !m_work.empty(); });
    if (m_work.empty()) return;
    std::function<void()> work = std::move(m_work.front());
    m_work.pop_front();
    lock.unlock();
    work();
    work = nullptr;  // What it held is freed here and unlocked.
    lock.lock();
  }
}
