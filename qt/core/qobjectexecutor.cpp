// The queue behind a QObject's executors, and the event that looks at it.
#include "qobjectexecutor_p.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QEvent>
#include <QtCore/QObject>

#include <atomic>
#include <utility>

/// A child of the owner: goes to another thread with it, and ends with it.
class QObjectHome::Door : public QObject {
 public:
  Door(QObject* owner, QObjectHome* home) : QObject(owner), m_home(home) {}
  ~Door() override { forget(); }

  static QEvent::Type knock() {
    static const auto type = static_cast<QEvent::Type>(QEvent::registerEventType());
    return type;
  }
  bool event(QEvent* event) override {
    if (event->type() != knock()) return QObject::event(event);
    (void)m_knocks.load(std::memory_order_acquire);
    // The work may end the owner, and so this object and the last hold on the home.
    if (const auto home = m_home ? m_home->weak_from_this().lock() : nullptr) home->run();
    return true;
  }
  /// From any thread. Qt orders this before the event; the counter says so to ThreadSanitizer, which cannot see into Qt,
  /// for a door that was made on one thread and stands on another.
  void announce() {
    m_knocks.fetch_add(1, std::memory_order_release);
    QCoreApplication::postEvent(this, new QEvent(knock()));
  }
  void forget() {
    if (QObjectHome* const home = std::exchange(m_home, nullptr)) home->close();
  }

 private:
  QObjectHome* m_home;
  std::atomic<unsigned> m_knocks = 0;
};

QObjectHome::QObjectHome(QObject* owner) : m_door(new Door(owner, this)) {}

QObjectHome::~QObjectHome() {
  close();
  shutdown();
  destroy();
}

void QObjectHome::close() {
  std::deque<std::unique_ptr<Work>> dropped;  // Ends outside of the lock: it may post.
  Door* door = nullptr;
  {
    const std::lock_guard lock(m_mutex);
    door = std::exchange(m_door, nullptr);
    dropped.swap(m_queue);
  }
  if (door) door->forget();
}

void QObjectHome::push(std::unique_ptr<Work> work) {
  const std::lock_guard lock(m_mutex);
  if (!m_door) return;  // `work` ends after the lock, which is younger.
  m_queue.push_back(std::move(work));
  if (!m_awake) wake();
}

// Under the lock: after close() nobody may touch the door.
void QObjectHome::wake() {
  m_awake = true;
  m_door->announce();
}

void QObjectHome::run() {
  std::unique_lock lock(m_mutex);
  m_awake = false;
  // What is posted meanwhile waits for the next event, so that the other events of this thread have their turn.
  for (std::size_t left = m_queue.size(); left > 0 && !m_queue.empty(); --left) {
    const std::unique_ptr<Work> work = std::move(m_queue.front());
    m_queue.pop_front();
    // A nested event loop inside this work has to find an event for what is behind it.
    if (!m_queue.empty() && !m_awake) wake();
    lock.unlock();
    work->run();
    lock.lock();
  }
}
