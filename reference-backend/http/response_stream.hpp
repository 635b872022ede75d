// Writes a response whose body comes piece by piece.
#pragma once

#include "common/byte_source.hpp"

#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/serializer.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

namespace hull::backend::http {

/// On the connection's strand; `done` says whether everything was written. The source is asked for a piece when the
/// one before is out, and cancelled when the client is gone.
class response_stream : public std::enable_shared_from_this<response_stream> {
 public:
  using head = boost::beast::http::response<boost::beast::http::empty_body>;

  /// The head says already how the body is framed: chunked, by its length, or by the end of the connection.
  response_stream(boost::beast::tcp_stream& stream, head h, std::shared_ptr<byte_source> body,
                  std::optional<std::uint64_t> length, std::chrono::milliseconds piece_within,
                  std::function<void(bool)> done);
  void start();
  /// The client is gone.
  void abandon();

 private:
  void pull();
  void have(outcome<std::string> piece);
  template <class Buffers>
  void write(const Buffers& buffers, bool last);
  void finish(bool whole);

  boost::beast::tcp_stream& stream_;
  head head_;
  boost::beast::http::response_serializer<boost::beast::http::empty_body> serializer_{head_};
  const std::shared_ptr<byte_source> body_;
  std::optional<std::uint64_t> left_;
  const bool chunked_;
  const std::chrono::milliseconds within_;
  std::function<void(bool)> done_;
  std::string piece_;
};

}  // namespace hull::backend::http
