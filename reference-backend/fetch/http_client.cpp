// Makes exchanges.
#include "fetch/http_client.hpp"

#include "fetch/exchange.hpp"

#include <atomic>
#include <mutex>

namespace hull::backend::fetch {
namespace {

class http_client final : public runtime::fetch_client {
 public:
  http_client(boost::asio::any_io_executor executor, http_client_options options)
      : executor_(std::move(executor)),
        options_(std::move(options)),
        network_(std::make_shared<net::network>(options_.tls, options_.proxy)) {}

  std::function<void()> start(runtime::fetch_request request,
                              std::function<void(outcome<runtime::fetch_response>)> done) override {
    std::call_once(load_certificates_, [this] {
      if (!network_->tls_context(no_tls_) && no_tls_.empty()) no_tls_ = "TLS is not available.";
    });
    if (open_->fetch_add(1) >= options_.max_connections) {
      --*open_;
      done(bad_request("FetchFailed", "Too many requests are under way."));
      return [] {};
    }
    std::shared_ptr<void> place(nullptr, [open = open_](void*) { --*open; });
    // Not make_shared: who may give it up keeps no more than a pointer when it is over.
    const std::shared_ptr<exchange> made(
        new exchange(executor_, options_, network_, no_tls_, std::move(request), std::move(done), std::move(place)));
    made->start();
    return [weak = std::weak_ptr(made)] {
      if (const auto self = weak.lock()) self->give_up();
    };
  }

 private:
  const boost::asio::any_io_executor executor_;
  const http_client_options options_;
  const std::shared_ptr<net::network> network_;
  std::once_flag load_certificates_;
  std::string no_tls_;
  const std::shared_ptr<std::atomic<std::size_t>> open_ = std::make_shared<std::atomic<std::size_t>>(0);
};

}  // namespace

std::unique_ptr<runtime::fetch_client> make_http_client(boost::asio::any_io_executor executor,
                                                        http_client_options options) {
  return std::make_unique<http_client>(std::move(executor), std::move(options));
}

}  // namespace hull::backend::fetch
