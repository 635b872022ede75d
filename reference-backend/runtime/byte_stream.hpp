// Bytes on their way between a function and the outside: the body of a request or a response, a stored file. One side
// writes, the other reads, each on its own thread; what waits in between is bounded.
//
// The reading side, say a connection that sends the body of a response:
//
//   auto go_on = [weak = weak_from_this()] { if (auto self = weak.lock()) post(self->executor, [self] { self->pump();
//   }); }; body->when_readable(go_on); void pump() {
//     switch (auto got = body->read(); got.state) {
//       case byte_stream::reading::nothing_yet: return;            // go_on is called when there is more
//       case byte_stream::reading::bytes: return send(got.bytes);  // then pump again
//       case byte_stream::reading::ended: return finish();
//       case byte_stream::reading::failed: return abort(got.why);
//     }
//   }
//   // the peer went away: body->cancel();
//
// The writing side, say a connection that receives the body of a request: `when_writable`, then `write` until it
// says `full`, then `end` (or `fail`). A stream that only tells of its end, like the one for a client's going away, is
// written nothing and ended.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

namespace hull::backend::runtime {

class byte_stream {
 public:
  /// More is taken only while less than `capacity` bytes wait; the last piece may exceed it.
  explicit byte_stream(std::size_t capacity = 256u << 10) : capacity_(capacity) {}
  byte_stream(const byte_stream&) = delete;
  byte_stream& operator=(const byte_stream&) = delete;

  // --- the writing side ---
  enum class written { taken, full, closed };
  /// `full`: nothing was taken, `bytes` is unchanged. `closed`: nobody reads any more, or the stream has ended.
  written write(std::string& bytes);
  void end();
  /// The reader gets what was written so far, then the failure. Nothing happens when the stream has ended.
  void fail(std::string why);
  bool writable() const;   ///< A write would not say `full`.
  bool cancelled() const;  ///< By the reader, before its end.

  // --- the reading side ---
  enum class reading { nothing_yet, bytes, ended, failed };
  struct read_result {
    reading state = reading::nothing_yet;
    std::string bytes;
    std::string why;  ///< Of a failure.
  };
  read_result read();
  bool readable() const;  ///< A read would not say `nothing_yet`.
  /// Nobody will read any more: what waits is dropped, writes say `closed`.
  void cancel();

  // --- both ---
  /// Called on the other side's thread when `readable` or `writable` may have become true; at once when it is true
  /// already. It may be called once more after it was replaced, so it owns or weakly holds what it uses.
  void when_readable(std::function<void()> f);
  void when_writable(std::function<void()> f);
  std::uint64_t total_bytes() const;  ///< Written since the beginning.

 private:
  enum class fate { open, ended, failed, cancelled };
  using callback = std::shared_ptr<const std::function<void()>>;
  void close(fate how, std::string why);
  bool readable_locked() const { return !pieces_.empty() || fate_ != fate::open; }
  bool writable_locked() const { return waiting_ < capacity_ || fate_ != fate::open; }

  const std::size_t capacity_;
  mutable std::mutex mutex_;
  std::deque<std::string> pieces_;
  std::size_t waiting_ = 0;
  std::uint64_t total_ = 0;
  fate fate_ = fate::open;
  std::string why_;
  callback on_readable_;
  callback on_writable_;
};

}  // namespace hull::backend::runtime
