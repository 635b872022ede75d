// Bytes that come one piece at a time: bodies of requests and responses, files.
#pragma once

#include "common/failure.hpp"

#include <functional>
#include <string>

namespace hull::backend {

class byte_source {
 public:
  /// The next piece; an empty one at the end; or what went wrong, which is the end too.
  using receiver = std::function<void(outcome<std::string>)>;

  virtual ~byte_source() = default;
  /// Calls `have` once, from any thread, perhaps before it returns. One read at a time, and none after the end.
  virtual void read(receiver have) = 0;
  /// Nobody reads any more.
  virtual void cancel() {}
};

}  // namespace hull::backend
