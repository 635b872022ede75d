// A thread whose stack is large enough for JavaScript to run on it, whatever the system gives to threads by itself.
#pragma once

#include <functional>
#include <memory>
#include <system_error>
#include <utility>

#include <pthread.h>

namespace hull::backend {

class big_thread {
 public:
  /// Throws std::system_error when the system has no more threads.
  explicit big_thread(std::function<void()> body) {
    auto handed = std::make_unique<std::function<void()>>(std::move(body));
    pthread_attr_t attributes;
    ::pthread_attr_init(&attributes);
    ::pthread_attr_setstacksize(&attributes, stack_bytes);
    const int error = ::pthread_create(&thread_, &attributes, run, handed.get());
    ::pthread_attr_destroy(&attributes);
    if (error != 0) throw std::system_error(error, std::generic_category(), "a thread could not be started");
    (void)handed.release();
  }
  big_thread(const big_thread&) = delete;
  big_thread& operator=(const big_thread&) = delete;
  ~big_thread() { ::pthread_join(thread_, nullptr); }

 private:
  static constexpr std::size_t stack_bytes = 8u << 20;

  static void* run(void* handed) {
    const std::unique_ptr<std::function<void()>> body(static_cast<std::function<void()>*>(handed));
    (*body)();
    return nullptr;
  }

  pthread_t thread_{};
};

}  // namespace hull::backend
