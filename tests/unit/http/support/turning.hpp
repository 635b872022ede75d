// A home executor that the test turns by hand, and outcomes that it waits for.
#pragma once

#include <hull/error.hpp>

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

namespace hull::test {

using namespace std::chrono_literals;

template <class T>
struct awaited {
  std::shared_ptr<std::optional<result<T>>> got = std::make_shared<std::optional<result<T>>>();
  auto token() {
    return [got = got](result<T> r) { *got = std::move(r); };
  }
  bool is_over() const { return got->has_value(); }
};

struct turning_home {
  boost::asio::io_context loop{1};
  bool until(const std::function<bool()>& condition, std::chrono::milliseconds time = 5s) {
    const auto end = std::chrono::steady_clock::now() + time;
    while (!condition()) {
      if (std::chrono::steady_clock::now() >= end) return false;
      loop.restart();
      loop.run_one_for(10ms);
    }
    return true;
  }
  /// The outcome, when it is there.
  template <class T>
  result<T> wait(awaited<T>& a) {
    if (!until([&] { return a.is_over(); })) return error{errc::timed_out, "the test lost its patience", {}, {}};
    return **a.got;
  }
};

}  // namespace hull::test
