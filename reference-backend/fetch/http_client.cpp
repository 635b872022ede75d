// Makes exchanges.
#include "fetch/http_client.hpp"

#include "fetch/exchange.hpp"

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
    const auto made =
        std::make_shared<exchange>(executor_, options_, network_, no_tls_, std::move(request), std::move(done));
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
};

}  // namespace

std::unique_ptr<runtime::fetch_client> make_http_client(boost::asio::any_io_executor executor,
                                                        http_client_options options) {
  return std::make_unique<http_client>(std::move(executor), std::move(options));
}

}  // namespace hull::backend::fetch
