// What a call may be given besides its arguments.
#pragma once

#include "hulllocalstore.h"

struct HullCallOptions {
  /// Of mutations: shows at once what the mutation is expected to do. Others ignore it.
  HullOptimisticUpdate optimistic = {};
  /// Milliseconds from the call on, offline too. A call that is not over by then fails with HullError::TimedOut and is
  /// forgotten: its answer is ignored and its optimistic update taken back. If it was sent, it may still take effect.
  /// Negative: it waits as long as it takes.
  int deadline = -1;
};
