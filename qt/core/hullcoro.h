// Calls in coroutines: co_await hullOutcome(client.mutation(...)). For QCoro::Task and any other coroutine type that
// lives on the client's thread.
//
//   QCoro::Task<> Editor::save() {
//     const HullOutcome saved = co_await hullOutcome(m_client->mutation(QStringLiteral("notes:save"), m_note));
//     if (!saved) showProblem(saved.error.message());
//   }
#pragma once

#include "hullerror.h"
#include "hullpendingcall.h"

#include <QtCore/QObject>
#include <QtCore/QPointer>
#include <QtCore/QVariant>

#include <coroutine>
#include <utility>

/// What came of a call: one of the two.
struct HullOutcome {
  QVariant value;
  HullError error;
  /// True when it succeeded.
  explicit operator bool() const { return !error; }
};

/// Resumes inside of HullPendingCall::finished. A coroutine that is destroyed while it waits is not resumed; the call
/// goes on. A call that is deleted before its end counts as HullError::Closed.
class HullCallAwaiter {
 public:
  explicit HullCallAwaiter(HullPendingCall* call) : m_call(call) {}
  /// Only before it waits: some coroutine types take it over.
  HullCallAwaiter(HullCallAwaiter&& other) noexcept : m_call(std::move(other.m_call)) {}
  HullCallAwaiter& operator=(HullCallAwaiter&&) = delete;
  ~HullCallAwaiter() { disconnect(); }

  bool await_ready() const { return !m_call || !m_call->isRunning(); }
  void await_suspend(std::coroutine_handle<> waiting) {
    const auto resume = [this, waiting] {
      disconnect();
      waiting.resume();  // This object may be gone afterwards.
    };
    m_finished = QObject::connect(m_call, &HullPendingCall::finished, m_call, resume);
    m_destroyed = QObject::connect(m_call, &QObject::destroyed, m_call, resume);
  }
  HullOutcome await_resume() const {
    if (!m_call) return {{}, HullError(HullError::Closed, QStringLiteral("The call was deleted."))};
    return {m_call->value(), m_call->error()};
  }

 private:
  void disconnect() {
    QObject::disconnect(std::exchange(m_finished, {}));
    QObject::disconnect(std::exchange(m_destroyed, {}));
  }

  QPointer<HullPendingCall> m_call;
  QMetaObject::Connection m_finished;
  QMetaObject::Connection m_destroyed;
};

inline HullCallAwaiter hullOutcome(HullPendingCall* call) { return HullCallAwaiter(call); }
