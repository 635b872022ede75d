// Signals belong to the program's own threads.
#pragma once

#if defined(__unix__) || defined(__APPLE__)
#include <pthread.h>
#include <signal.h>
#endif

namespace hull::detail {

/// A thread that starts while this lives receives no signals.
class signal_block {
 public:
#if defined(__unix__) || defined(__APPLE__)
  signal_block() noexcept {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~signal_block() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
#else
  signal_block() noexcept {}
  ~signal_block() {}
#endif
  signal_block(const signal_block&) = delete;
  signal_block& operator=(const signal_block&) = delete;

 private:
#if defined(__unix__) || defined(__APPLE__)
  sigset_t before_;
#endif
};

}  // namespace hull::detail
