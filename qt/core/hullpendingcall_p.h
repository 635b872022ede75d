// The state behind a HullPendingCall.
#pragma once

#include "hullpendingcall.h"

#include <hull/error.hpp>
#include <hull/value/value.hpp>

#include <QtCore/QPromise>

#include <functional>
#include <optional>

class HULL_QT_EXPORT HullPendingCallPrivate {
 public:
  static HullPendingCallPrivate* get(const HullPendingCall* call) { return call->d.get(); }

  /// Sets the outcome and tells everybody. Only the first outcome counts. The call may be gone afterwards.
  static void finish(HullPendingCall* call, hull::result<hull::value> outcome);
  /// The same from the event loop: for failures that are known before the caller has the call in hand.
  static void finishLater(HullPendingCall* call, hull::error failure);

  std::optional<hull::result<hull::value>> outcome;
  std::optional<QPromise<QVariant>> promise;
  /// How to give up what was begun; makes `finish` come with errc::cancelled. Empty: nothing was begun.
  std::function<void()> abandon;
  bool isCancelled = false;  ///< What was not begun must not begin any more.
  bool autoDelete = true;

 private:
  void settlePromise(const HullPendingCall* call);
  friend class HullPendingCall;
};
