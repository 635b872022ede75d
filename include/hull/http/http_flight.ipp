// Bodies of http_flight.hpp.
#pragma once

#include <hull/http/http_flight.hpp>
#include <hull/net/give_up.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/dispatch.hpp>

#include <exception>

namespace hull::detail {

HULL_INLINE void http_flight::send(net::http_request request, answer_function next) {
  if (is_cancelled_) return next(error{errc::cancelled, "The call was cancelled.", {}, {}});
  const std::string url = request.url;
  // A transport of the program may complete on any thread.
  const auto answered = [self = shared_from_this(), next](result<net::http_response> outcome) {
    boost::asio::dispatch(self->io_,
                          [self, next, outcome = std::move(outcome)]() mutable { next(std::move(outcome)); });
  };
  try {
    transport_->async_send(std::move(request), boost::asio::bind_cancellation_slot(signal_.slot(), answered));
  } catch (const std::exception& e) {
    next(error{errc::network, "The HTTP transport threw at the request to " + url + ": " + e.what(), {}, {}});
  }
}

HULL_INLINE void http_flight::cancel() {
  const auto self = shared_from_this();
  is_cancelled_ = true;
  net::give_up(signal_);
}

HULL_INLINE void progress_relay::report(home_door& door, std::uint64_t done, std::optional<std::uint64_t> total) {
  {
    const std::lock_guard lock(mutex_);
    done_ = done;
    total_ = total;
    if (std::exchange(is_posted_, true)) return;
  }
  door.post([self = shared_from_this()] {
    std::unique_lock lock(self->mutex_);
    self->is_posted_ = false;
    const auto newest = self->done_;
    const auto of = self->total_;
    lock.unlock();
    if (std::exchange(self->told_, std::pair(newest, of)) == std::pair(newest, of)) return;
    if (const auto tell = self->tell_) tell(newest, of);
  });
}

}  // namespace hull::detail
