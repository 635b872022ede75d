// What a caller gets whose turn does not come.
#pragma once

#include "common/failure.hpp"

namespace hull::backend {

inline failure busy() {
  return {blame::overload, "TooManyConcurrentRequests", "The deployment is busy. Try again.", std::nullopt};
}

}  // namespace hull::backend
