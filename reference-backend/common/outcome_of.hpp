// Where no exception may pass: under V8's frames, which are built without them, and in jobs whose answer somebody waits
// for.
#pragma once

#include "common/failure.hpp"

#include <exception>

namespace hull::backend {

/// `ask()`, which returns an outcome; an exception becomes an internal failure.
template <class Ask>
auto outcome_of(Ask ask) -> decltype(ask()) {
  try {
    return ask();
  } catch (const std::exception& e) {
    return internal_failure(e.what());
  }
}

}  // namespace hull::backend
