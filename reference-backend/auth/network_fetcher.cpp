// Bodies of network_fetcher.hpp: the client library's HTTP on a thread of its own, and callers that wait for it.
#include "auth/network_fetcher.hpp"

#include "common/io_loop.hpp"
#include "common/worker_pool.hpp"

#include <hull/net/beast_http.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <future>
#include <thread>
#include <utility>

namespace hull::backend::auth {
namespace {

namespace asio = boost::asio;

failure not_fetched(std::string why) {
  return {blame::unauthenticated, "AuthProviderDiscoveryFailed", std::move(why), std::nullopt};
}

}  // namespace

struct network_fetcher::impl {
  explicit impl(std::chrono::milliseconds limit)
      : deadline(limit),
        work(asio::make_work_guard(io)),
        http(net::make_beast_http(io.get_executor(), {}, {})),
        thread([this] { run_io(io); }) {}
  ~impl() {
    work.reset();
    io.stop();
    thread.join();
  }

  const std::chrono::milliseconds deadline;
  asio::io_context io{1};
  asio::executor_work_guard<asio::io_context::executor_type> work;
  std::shared_ptr<net::http_transport> http;
  std::thread thread;
};

network_fetcher::network_fetcher(std::chrono::milliseconds deadline) : impl_(std::make_unique<impl>(deadline)) {}
network_fetcher::~network_fetcher() = default;

outcome<std::string> network_fetcher::get(const std::string& url, std::size_t max_bytes) {
  struct flight {
    std::promise<result<net::http_response>> answer;
    asio::cancellation_signal cancel;
  };
  const auto mine = std::make_shared<flight>();
  auto answer = mine->answer.get_future();
  asio::post(impl_->io, [http = impl_->http, mine, url, max_bytes, limit = impl_->deadline] {
    net::http_request request;
    request.url = url;
    request.headers = {{"Accept", "application/json"}};
    request.connect_timeout = request.idle_timeout = limit;
    request.max_body_bytes = max_bytes;
    request.is_repeatable = true;
    http->async_send(std::move(request),
                     asio::bind_cancellation_slot(mine->cancel.slot(), [mine](result<net::http_response> r) {
                       mine->answer.set_value(std::move(r));
                     }));
  });
  const worker_pool::pause others_may_run;
  if (answer.wait_for(impl_->deadline) != std::future_status::ready) {
    asio::post(impl_->io, [mine] { mine->cancel.emit(asio::cancellation_type::terminal); });
    return not_fetched("it did not answer in time");
  }
  result<net::http_response> response = answer.get();
  if (!response) return not_fetched(response.error().message);
  if (!response->is_success()) return not_fetched("it answered with status " + std::to_string(response->status));
  return std::move(response->body);
}

}  // namespace hull::backend::auth
