// The body of a thread that runs an io_context.
#pragma once

#include "common/log.hpp"

#include <exception>
#include <string>

namespace hull::backend {

/// Runs until the context is stopped or out of work. A handler that throws ends its own connection, and not the
/// program.
template <class IoContext>
void run_io(IoContext& io) {
  for (;;) {
    try {
      io.run();
      return;
    } catch (const std::exception& e) {
      write_log(severity::error, std::string("A network handler came to an unexpected end: ") + e.what());
    }
  }
}

}  // namespace hull::backend
