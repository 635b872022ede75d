// Bodies of http_calls.hpp.
#pragma once

#include <hull/http/http_calls.hpp>
#include <hull/net/beast_http.hpp>

namespace hull::detail {

HULL_INLINE http_calls::http_calls(boost::asio::any_io_executor home, http_client_options options)
    : io_(io_thread::shared()),
      home_(std::move(home)),
      options_(std::move(options)),
      door_(std::make_shared<home_door>(home_)),
      transport_(options_.transport ? options_.transport
                                    : net::make_beast_http(io_->context().get_executor(), options_.tls, options_.proxy)) {}

HULL_INLINE void http_calls::close() {
  if (std::exchange(is_closed_, true)) return;
  door_->shut();
  on_close();
  while (!calls_.empty()) fail(calls_.begin()->first, error{errc::closed, "The client was closed.", {}, {}});
}

HULL_INLINE std::unique_ptr<waiting_call> http_calls::take(call_id id) {
  const auto found = calls_.find(id);
  if (found == calls_.end()) return nullptr;
  auto call = std::move(found->second);
  calls_.erase(found);
  if (call->progress) call->progress->stop();
  on_over(id);
  return call;
}

HULL_INLINE void http_calls::fail(call_id id, error why) {
  auto call = take(id);
  if (!call) return;
  if (call->flight) boost::asio::post(io_->context(), [flight = call->flight] { flight->cancel(); });
  call->fail(home_, std::move(why));
}

HULL_INLINE void http_calls::run(call_id id, std::function<void(const std::shared_ptr<http_flight>&)> work,
                                 std::shared_ptr<progress_relay> progress) {
  auto flight = std::make_shared<http_flight>(io_->context().get_executor(), transport_, door_);
  if (const auto found = calls_.find(id); found != calls_.end()) {
    found->second->flight = flight;
    found->second->progress = std::move(progress);
  } else if (id != 0) {
    return;
  }
  boost::asio::post(io_->context(), [flight = std::move(flight), work = std::move(work)] { work(flight); });
}

HULL_INLINE void http_calls::log_all(const std::vector<std::pair<log_level, std::string>>& lines) const {
  if (!options_.log) return;
  for (const auto& [level, text] : lines) options_.log(level, text);
}

}  // namespace hull::detail
