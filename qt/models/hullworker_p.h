// One thread of the process for what would hold a GUI thread up: working changes of long lists out, freeing them.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

/// Work in the order in which it was handed over. Started when first needed, joined when the process exits.
class HullWorker {
 public:
  static std::shared_ptr<HullWorker> shared();
  HullWorker();
  ~HullWorker();

  void run(std::function<void()> work);

 private:
  void loop();

  std::mutex m_mutex;
  std::condition_variable m_due;
  std::deque<std::function<void()>> m_work;
  bool m_isEnding = false;
  std::thread m_thread;
};
