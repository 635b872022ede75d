// V8's process-wide part: started once, never torn down, because V8 cannot be started twice in one process.
#pragma once

#include "runtime/v8.hpp"

namespace hull::backend::runtime {

/// Says what time it is for the JavaScript that runs on a thread.
class time_source {
 public:
  virtual ~time_source() = default;
  virtual double now_ms() = 0;
};

/// Starts V8 when called for the first time: flags, time zone, platform.
void start_v8();
/// Runs what V8 left to do on the isolate's own thread.
void run_foreground_tasks(v8::Isolate* isolate);
void forget_foreground_tasks(v8::Isolate* isolate);  ///< Before the isolate goes.

/// From now on `new Date()` and Intl on this thread take the time from here; null: the machine's clock.
void set_thread_time(time_source* source);

}  // namespace hull::backend::runtime
