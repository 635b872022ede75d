// An Asio executor over the thread of a QObject: work runs in that thread's event loop, in order.
#pragma once

#include "hullqtglobal.h"

#include <boost/asio/execution.hpp>
#include <boost/asio/execution_context.hpp>

#include <deque>
#include <memory>
#include <mutex>
#include <type_traits>
#include <utility>

class QObject;

/// Where the executors of one QObject meet. Outlives the object, so that a late completion from an I/O thread finds
/// a closed door instead of freed memory.
///
/// Work waits in a queue of its own and Qt hears of a burst by one event: cheaper than an event for each, and the
/// hand-over between threads goes through a std::mutex, which ThreadSanitizer sees although Qt itself is not
/// instrumented. A piece of work may run a nested event loop: what comes behind it then runs in there, in order.
class HULL_QT_EXPORT QObjectHome : public boost::asio::execution_context,
                                   public std::enable_shared_from_this<QObjectHome> {
 public:
  /// On the thread of `owner`. Always held by a shared_ptr.
  explicit QObjectHome(QObject* owner);
  ~QObjectHome();

  /// From the owner's thread, before it goes: what waits and what comes later is dropped.
  void close();

  /// From any thread.
  template <class Function>
  void post(Function&& function) {
    push(std::make_unique<WorkOf<std::decay_t<Function>>>(std::forward<Function>(function)));
  }

 private:
  struct Work {
    virtual ~Work() = default;
    virtual void run() = 0;
  };
  template <class Function>
  struct WorkOf final : Work {
    explicit WorkOf(Function f) : function(std::move(f)) {}
    void run() override { std::move(function)(); }
    Function function;
  };
  class Door;

  void push(std::unique_ptr<Work> work);
  void wake();
  void run();

  std::mutex m_mutex;
  Door* m_door;  // Null once closed.
  std::deque<std::unique_ptr<Work>> m_queue;
  bool m_awake = false;  // An event is on its way that will look at the queue.
};

class QObjectExecutor {
 public:
  explicit QObjectExecutor(std::shared_ptr<QObjectHome> home) noexcept : m_home(std::move(home)) {}

  template <class Function>
  void execute(Function&& function) const {
    m_home->post(std::forward<Function>(function));
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
