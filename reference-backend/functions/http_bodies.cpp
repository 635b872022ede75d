// Bodies of http_bodies.hpp.
#include "functions/http_bodies.hpp"

#include <utility>

namespace hull::backend::functions {

using runtime::byte_stream;

void body_pump::next() {
  from_->read([self = shared_from_this()](outcome<std::string> piece) { self->have(std::move(piece)); });
}

void body_pump::have(outcome<std::string> piece) {
  if (!piece) return to_->fail(piece.error().message);
  if (piece->empty()) return to_->end();
  {
    const std::lock_guard lock(mutex_);
    piece_ = *std::move(piece);
  }
  to_->when_writable([weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->push();
  });
}

/// More than one thread may come here at once, and one more time than there is something to do.
void body_pump::push() {
  {
    const std::lock_guard lock(mutex_);
    if (piece_.empty()) return;
    switch (to_->write(piece_)) {
      case byte_stream::written::full:
        return;
      case byte_stream::written::closed:
        piece_.clear();
        return from_->cancel();
      case byte_stream::written::taken:
        piece_.clear();
    }
  }
  next();
}

void response_body::read(receiver have) {
  bool listen = false;
  {
    const std::lock_guard lock(mutex_);
    waiting_ = std::move(have);
    listen = !std::exchange(listening_, true);
  }
  if (listen)
    from_->when_readable([weak = weak_from_this()] {
      if (const auto self = weak.lock()) self->pump();
    });
  else
    pump();
}

void response_body::pump() {
  receiver have;
  outcome<std::string> piece = std::string();
  bool too_large = false;
  {
    const std::lock_guard lock(mutex_);
    if (!waiting_) return;
    auto got = from_->read();
    switch (got.state) {
      case byte_stream::reading::nothing_yet:
        return;
      case byte_stream::reading::bytes:
        too_large = got.bytes.size() > left_;
        if (!too_large) left_ -= got.bytes.size();
        piece = too_large ? outcome<std::string>(bad_request("HttpResponseTooLarge", "The response is too large."))
                          : std::move(got.bytes);
        break;
      case byte_stream::reading::ended:
        break;
      case byte_stream::reading::failed:
        piece = bad_request("HttpResponseFailed", std::move(got.why));
    }
    have = std::exchange(waiting_, nullptr);
  }
  if (too_large) from_->cancel();
  have(std::move(piece));
}

}  // namespace hull::backend::functions
