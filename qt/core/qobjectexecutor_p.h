// An Asio executor over the thread of a QObject: work runs in that thread's event loop, in order.
#pragma once

#include <QtCore/QMetaObject>
#include <QtCore/QObject>

#include <boost/asio/execution.hpp>
#include <boost/asio/execution_context.hpp>

#include <memory>
#include <mutex>
#include <type_traits>
#include <utility>

/// Where the executors of one QObject meet. Outlives the object, so that a late completion from an I/O thread finds
/// a closed door instead of freed memory.
class QObjectHome : public boost::asio::execution_context {
 public:
  explicit QObjectHome(QObject* receiver) : m_receiver(receiver) {}
  ~QObjectHome() {
    shutdown();
    destroy();
  }

  /// From the receiver's thread, before it goes: later work is dropped.
  void close() {
    const std::lock_guard lock(m_mutex);
    m_receiver = nullptr;
  }

  template <class Function>
  void post(Function function) {
    const std::lock_guard lock(m_mutex);
    if (m_receiver) QMetaObject::invokeMethod(m_receiver, std::move(function), Qt::QueuedConnection);
  }

 private:
  std::mutex m_mutex;
  QObject* m_receiver;
};

class QObjectExecutor {
 public:
  explicit QObjectExecutor(std::shared_ptr<QObjectHome> home) noexcept : m_home(std::move(home)) {}

  template <class Function>
  void execute(Function&& function) const {
    // QMetaObject wants copyable functions, Asio's are move-only.
    auto task = std::make_shared<std::decay_t<Function>>(std::forward<Function>(function));
    m_home->post([task] { std::move (*task)(); });
  }

  boost::asio::execution_context& query(boost::asio::execution::context_t) const noexcept { return *m_home; }
  static constexpr boost::asio::execution::blocking_t query(boost::asio::execution::blocking_t) noexcept {
    return boost::asio::execution::blocking.never;
  }

  friend bool operator==(const QObjectExecutor& a, const QObjectExecutor& b) noexcept { return a.m_home == b.m_home; }
  friend bool operator!=(const QObjectExecutor& a, const QObjectExecutor& b) noexcept { return !(a == b); }

 private:
  std::shared_ptr<QObjectHome> m_home;
};
