// Bodies of beast_http.hpp.
#pragma once

#include <hull/net/beast_http.hpp>
#include <hull/net/http_exchange.hpp>

#include <utility>

namespace hull::net {
namespace detail {

class beast_http final : public http_transport {
 public:
  explicit beast_http(std::shared_ptr<http_pool> pool) : pool_(std::move(pool)) {}
  void async_send(http_request request, handler done) override {
    std::make_shared<http_exchange>(pool_, std::move(request), std::move(done))->start();
  }

 private:
  std::shared_ptr<http_pool> pool_;
};

}  // namespace detail

HULL_INLINE std::shared_ptr<http_transport> make_beast_http(boost::asio::any_io_executor executor, const tls_options& tls, const proxy_options& proxy) {
  return std::make_shared<detail::beast_http>(std::make_shared<detail::http_pool>(std::move(executor), std::make_shared<network>(tls, proxy)));
}

}  // namespace hull::net
