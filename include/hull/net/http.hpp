// HTTP as the client needs it: a request, its answer, and who carries them. Knows nothing of the protocol on top.
#pragma once

#include <hull/config.hpp>
#include <hull/error.hpp>

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hull::net {

/// Name and text of each header, in order.
using http_headers = std::vector<std::pair<std::string, std::string>>;

struct http_response {
  unsigned status = 0;
  http_headers headers;
  std::string body;  ///< Empty when a sink took it. Of an answer other than 2xx not more than the first 64 KiB.
  std::string url;   ///< Where the answer came from, after redirects.

  /// The first header of this name, capitals or not; null when there is none.
  const std::string* header(std::string_view name) const noexcept;
  bool is_success() const noexcept { return status >= 200 && status < 300; }
};

/// The body of a request, piece by piece. Called by the I/O thread; reading a file is fine.
class http_source {
 public:
  virtual ~http_source() = default;
  virtual std::uint64_t size() const = 0;
  /// Fills some of `into`; 0 means the end. Fewer bytes in all than `size` fail the request.
  virtual result<std::size_t> read(std::span<char> into) = 0;
};

/// Takes the body of an answer, piece by piece. Called by the I/O thread.
class http_sink {
 public:
  virtual ~http_sink() = default;
  /// A 2xx answer begins. An error ends the request with it.
  virtual result<void> begin(const http_response& head) = 0;
  virtual result<void> write(std::string_view piece) = 0;
};

struct http_progress {
  std::uint64_t sent = 0;
  std::uint64_t send_total = 0;
  std::uint64_t received = 0;
  std::optional<std::uint64_t> receive_total;  ///< Nothing when the server does not say.
};

struct http_request {
  std::string method = "GET";
  std::string url;                      ///< http or https.
  http_headers headers;                 ///< Besides Host and Content-Length.
  std::string body;
  std::shared_ptr<http_source> source;  ///< Instead of `body`.
  std::shared_ptr<http_sink> sink;      ///< Instead of http_response::body, for 2xx answers.
  std::function<void(const http_progress&)> on_progress;  ///< On the I/O thread. May be empty.

  std::chrono::milliseconds connect_timeout{15'000};  ///< For name resolution, TCP, proxy and TLS together.
  std::chrono::milliseconds idle_timeout{60'000};     ///< Longest time in which no byte moves; 0: no limit.
  std::size_t max_header_bytes = 64 * 1024;
  std::uint64_t max_body_bytes = 64u << 20;           ///< Of the answer.
  unsigned max_redirects = 5;  ///< Only GET follows; never from https to http; credentials stay with their host.
  /// Sending it twice does no harm: it may use a connection that has been idle for long, and is sent again if that
  /// turns out to be closed.
  bool is_repeatable = false;
};

/// Carries requests. Replace it to send them another way, or nowhere in a test.
class http_transport {
 public:
  using handler = boost::asio::any_completion_handler<void(result<http_response>)>;
  virtual ~http_transport() = default;
  /// Called by the library on its I/O thread, which it must not block; may complete on any thread, once. An answer
  /// of any status is a response; errors are what prevented one. Cancellation comes through the handler's slot, on the
  /// I/O thread, and should complete with errc::cancelled.
  virtual void async_send(http_request request, handler done) = 0;
};

}  // namespace hull::net

#ifndef HULL_SEPARATE_COMPILATION
#include <hull/net/http.ipp>
#endif
