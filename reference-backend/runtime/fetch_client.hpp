// How actions reach other servers: whoever starts the runtime says by what. Redirects are followed by our JavaScript.
#pragma once

#include "common/failure.hpp"
#include "runtime/byte_stream.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace hull::backend::runtime {

using header_list = std::vector<std::pair<std::string, std::string>>;

struct fetch_request {
  std::string method;
  std::string url;                    ///< http or https, without a fragment.
  header_list headers;                ///< Values are bytes (Latin-1 to JavaScript).
  std::shared_ptr<byte_stream> body;  ///< Null when there is none. The client reads it, and cancels it on failure.
  std::optional<std::uint64_t> body_size;
};

struct fetch_response {
  unsigned status = 0;
  header_list headers;
  std::shared_ptr<byte_stream> body;  ///< Never null. The client writes it, and stops when it is cancelled.
};

class fetch_client {
 public:
  virtual ~fetch_client() = default;
  /// Any thread; does not block. `done` is called once, on any thread, with the head of the answer or with why there
  /// is none (its message is what the program gets to see). The function that is returned gives the request up, at any
  /// moment and from any thread: `done` may then not be called any more, and the body of the answer fails.
  virtual std::function<void()> start(fetch_request request, std::function<void(outcome<fetch_response>)> done) = 0;
};

}  // namespace hull::backend::runtime
