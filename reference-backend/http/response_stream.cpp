// Bodies of response_stream.hpp.
#include "http/response_stream.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/chunk_encode.hpp>
#include <boost/beast/http/write.hpp>

#include <utility>

namespace hull::backend::http {

namespace asio = boost::asio;
namespace wire = boost::beast::http;
using boost::system::error_code;

response_stream::response_stream(boost::beast::tcp_stream& stream, head h, std::shared_ptr<byte_source> body,
                                 std::optional<std::uint64_t> length, std::chrono::milliseconds piece_within,
                                 std::function<void(bool)> done)
    : stream_(stream),
      head_(std::move(h)),
      body_(std::move(body)),
      left_(length),
      chunked_(head_.chunked()),
      within_(piece_within),
      done_(std::move(done)) {}

void response_stream::start() {
  stream_.expires_after(within_);
  wire::async_write_header(stream_, serializer_, [self = shared_from_this()](error_code e, std::size_t) {
    if (e) return self->abandon();
    self->pull();
  });
}

void response_stream::pull() {
  body_->read([self = shared_from_this()](outcome<std::string> piece) {
    asio::post(self->stream_.get_executor(),
               [self, piece = std::move(piece)]() mutable { self->have(std::move(piece)); });
  });
}

void response_stream::have(outcome<std::string> piece) {
  if (!done_) return;
  if (!piece) return finish(false);
  piece_ = *std::move(piece);
  if (piece_.empty()) {
    if (chunked_) return write(wire::make_chunk_last(), true);
    return finish(left_.value_or(0) == 0);
  }
  if (left_) {
    if (piece_.size() > *left_) return abandon();  // more than was announced
    *left_ -= piece_.size();
  }
  if (chunked_)
    write(wire::make_chunk(asio::buffer(piece_)), false);
  else
    write(asio::buffer(piece_), false);
}

template <class Buffers>
void response_stream::write(const Buffers& buffers, bool last) {
  stream_.expires_after(within_);
  asio::async_write(stream_, buffers, [self = shared_from_this(), last](error_code e, std::size_t) {
    if (e) return self->abandon();
    if (last) return self->finish(true);
    self->pull();
  });
}

void response_stream::abandon() {
  if (!done_) return;
  body_->cancel();
  finish(false);
}

void response_stream::finish(bool whole) {
  if (done_) std::exchange(done_, nullptr)(whole);
}

}  // namespace hull::backend::http
