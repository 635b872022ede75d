// What functions ask of the world around the runtime, called from under V8's frames.
#pragma once

#include "common/failure.hpp"

#include <exception>

namespace hull::backend::runtime {

/// `ask()`, which returns an outcome. V8 is built without exceptions: none may pass through its frames.
template <class Ask>
auto from_outside(Ask ask) -> decltype(ask()) {
  try {
    return ask();
  } catch (const std::exception& e) {
    return internal_failure(e.what());
  }
}

}  // namespace hull::backend::runtime
