// The body of one request, read from the socket as somebody asks for it.
#pragma once

#include "common/byte_source.hpp"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace hull::backend::http {

/// Lives on the connection's strand, and is part of the connection: `owner` keeps both alive while a read is under way.
/// One piece is read ahead, so that the end of a small body is seen even when nobody reads it.
class request_body {
 public:
  using parser = boost::beast::http::request_parser<boost::beast::http::buffer_body>;

  struct options {
    std::chrono::milliseconds piece_within;  ///< Longest silence of the client.
    std::function<std::shared_ptr<void>()> owner;
    /// Called once, later: with true at the end of the body, with false when the client is gone before.
    std::function<void(bool)> ended;
  };

  request_body(boost::beast::tcp_stream& stream, boost::beast::flat_buffer& buffer,
               boost::beast::http::request_parser<boost::beast::http::string_body>&& head, options o);

  void start() { fetch(); }
  /// `have` is called later, never from within.
  void read(byte_source::receiver have);
  /// Reads the rest and throws it away; `done` with false when it is too much or broken.
  void drain(std::function<void(bool)> done);
  /// Whether everything has come.
  bool whole() const { return ended_ && !broken_; }

 private:
  void fetch();
  void fetched(boost::system::error_code error);
  void have(outcome<std::string> piece);
  void give(byte_source::receiver to, outcome<std::string> piece);
  void drain_on();

  boost::beast::tcp_stream& stream_;
  boost::beast::flat_buffer& buffer_;
  parser parser_;
  options options_;
  std::string chunk_;
  bool reading_ = false;
  bool ended_ = false;
  bool broken_ = false;
  std::optional<outcome<std::string>> ahead_;
  byte_source::receiver waiting_;
  std::function<void(bool)> drained_;
  std::size_t dropped_ = 0;
};

}  // namespace hull::backend::http
