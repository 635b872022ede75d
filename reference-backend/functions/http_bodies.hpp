// Between bodies as connections have them and streams as functions have them.
#pragma once

#include "common/byte_source.hpp"
#include "runtime/byte_stream.hpp"

#include <functional>
#include <memory>
#include <mutex>
#include <string>

namespace hull::backend::functions {

/// Moves the body of a request into a stream, no faster than the function reads. Keep it alive while the function runs.
class body_pump : public std::enable_shared_from_this<body_pump> {
 public:
  body_pump(std::shared_ptr<byte_source> from, std::shared_ptr<runtime::byte_stream> to)
      : from_(std::move(from)), to_(std::move(to)) {}
  void start() { next(); }

 private:
  void next();
  void have(outcome<std::string> piece);
  void push();

  const std::shared_ptr<byte_source> from_;
  const std::shared_ptr<runtime::byte_stream> to_;
  std::mutex mutex_;
  std::string piece_;  ///< Waits for room; empty when nothing does.
};

/// The body of a response. Gives at most `limit` bytes; should there be more, it fails and cancels the stream.
class response_body final : public byte_source, public std::enable_shared_from_this<response_body> {
 public:
  response_body(std::shared_ptr<runtime::byte_stream> from, std::uint64_t limit)
      : from_(std::move(from)), left_(limit) {}

  void read(receiver have) override;
  void cancel() override { from_->cancel(); }

 private:
  void pump();

  const std::shared_ptr<runtime::byte_stream> from_;
  std::mutex mutex_;
  receiver waiting_;
  std::uint64_t left_;
  bool listening_ = false;
};

}  // namespace hull::backend::functions
