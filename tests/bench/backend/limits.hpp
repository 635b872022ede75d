// What the machine allows at best, measured in the run that measures the backend.
#pragma once

#include <string>

namespace hull::bench {

void print_disk(const std::string& folder);  ///< Durable writes.
void print_echo();                           ///< Messages there and back over Beast's WebSocket.
void print_v8();                             ///< Calls of JavaScript functions in one context.

}  // namespace hull::bench
