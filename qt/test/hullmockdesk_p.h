// Where the threads of a fake deployment meet the thread of QML: functions written in JavaScript run on the latter.
//
// The deployment's threads hand in a call and wait. The QML thread takes calls from its event loop, and also while it
// waits for the deployment itself: whatever it wants of the deployment that may have to wait for one of its threads
// goes through `away`. So neither waits for the other for ever.
#pragma once

#include "hullmockcontext_p.h"

#include <hull/value/value.hpp>

#include <QtQml/QJSValue>

#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

class QObject;
class QObjectHome;

/// One function to run. Handed over with the desk's mutex; between that and its end it belongs to the QML thread.
struct HullMockCall {
  std::string path;
  hull::value args;
  std::shared_ptr<HullMockAccess> access;
  /// In place of the function of this path: (db) => anything. For the QML thread alone.
  QJSValue work;

  bool settled = false;
  hull::value result;
  std::exception_ptr failure;
};
using HullMockCallPtr = std::shared_ptr<HullMockCall>;

class HullMockDesk : public std::enable_shared_from_this<HullMockDesk> {
 public:
  using Handler = std::function<void(const HullMockCallPtr&)>;

  /// `handler` begins a call, on the thread of `receiver`, and sooner or later settles it.
  HullMockDesk(QObject* receiver, Handler handler);
  ~HullMockDesk();

  // ---- the deployment's threads ----

  /// Runs the call on the QML thread, waits, and returns or throws what came of it. Throws when the desk closes.
  hull::value run(const HullMockCallPtr& call);

  // ---- the QML thread ----

  void succeed(const HullMockCallPtr& call, hull::value result) { settle(call, std::move(result), nullptr); }
  void fail(const HullMockCallPtr& call, std::exception_ptr why) { settle(call, {}, std::move(why)); }
  /// Takes the calls that wait.
  void serve();
  /// Runs `work` on another thread and serves calls meanwhile. Throws what it throws; std::logic_error inside a query
  /// or mutation, which holds what the work would wait for.
  void away(const std::function<void()>& work);
  /// What came of work elsewhere: a result, or why there is none.
  using Done = std::function<void(const hull::value& result, std::exception_ptr failure)>;
  /// Runs `work` on another thread, and `done` on this one; not at all when the desk closes before. The work may use
  /// what the call lends: the call's thread does not go on before it is done.
  void later(const std::shared_ptr<HullMockAccess>& access, std::function<hull::value()> work, Done done);
  /// Calls that wait or run are given up: their threads go on at once, and what they lent is taken back.
  void close();

 private:
  void checkOutside() const;
  HullMockCallPtr take();
  bool finishOne();
  void wake();
  void begin(const HullMockCallPtr& call);
  void settle(const HullMockCallPtr& call, hull::value result, std::exception_ptr failure);

  const std::shared_ptr<QObjectHome> m_home;  // Of the receiver.

  std::mutex m_mutex;
  std::condition_variable m_changed;
  std::deque<HullMockCallPtr> m_waiting;
  std::vector<HullMockCallPtr> m_running;
  bool m_closed = false;
  struct Finished {
    int number;
    hull::value result;
    std::exception_ptr failure;
  };
  std::deque<Finished> m_finished;  // Of `later`.

  // The QML thread's own.
  Handler m_handler;
  std::map<int, Done> m_done;  // By number. They hold JavaScript values, so they stay here.
  int m_nextNumber = 0;
  int m_transactions = 0;  // How many queries and mutations run now, one inside the other.
};
