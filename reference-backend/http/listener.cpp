// Bodies of listener.hpp.
#include "http/listener.hpp"

#include "common/log.hpp"
#include "http/connection.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>

#include <utility>

namespace hull::backend::http {

namespace asio = boost::asio;
using boost::system::error_code;

struct listener::shared : std::enable_shared_from_this<listener::shared> {
  shared(asio::io_context& io, const listener_options& options, executor_source where)
      : place(std::move(where)),
        acceptor(asio::make_strand(io)),
        retry(acceptor.get_executor()),
        hub(std::make_shared<connection_hub>(options)) {}

  void accept() {
    acceptor.async_accept(place(), [self = shared_from_this()](error_code e, asio::ip::tcp::socket socket) {
      if (!self->acceptor.is_open() || e == asio::error::operation_aborted) return;
      if (e) return self->accept_later(e);
      serve_connection(self->hub, std::move(socket));
      self->accept();
    });
  }

  /// Out of file descriptors, most likely: some will come back.
  void accept_later(error_code why) {
    write_log(severity::warning, "Cannot accept a connection: " + why.message() + ".");
    retry.expires_after(std::chrono::milliseconds(200));
    retry.async_wait([self = shared_from_this()](error_code e) {
      if (!e) self->accept();
    });
  }

  const executor_source place;
  asio::ip::tcp::acceptor acceptor;
  asio::steady_timer retry;
  const std::shared_ptr<connection_hub> hub;
  std::uint16_t port = 0;
};

listener::listener(std::shared_ptr<shared> s) : shared_(std::move(s)) {}
listener::~listener() { close(); }
std::uint16_t listener::port() const noexcept { return shared_->port; }

outcome<std::unique_ptr<listener>> listener::open(asio::io_context& io, const listener_options& options,
                                                  executor_source place) {
  if (!place) place = [&io] { return asio::any_io_executor(asio::make_strand(io)); };
  const std::string where = options.address + ":" + std::to_string(options.port);
  error_code e;
  const auto address = asio::ip::make_address(options.address, e);
  if (e) return bad_request("CannotListen", "\"" + options.address + "\" is no IP address. Try --bind 127.0.0.1.");
  auto s = std::make_shared<shared>(io, options, std::move(place));
  const asio::ip::tcp::endpoint local(address, options.port);
  s->acceptor.open(local.protocol(), e);
  if (!e) s->acceptor.set_option(asio::socket_base::reuse_address(true), e);
  if (!e) s->acceptor.bind(local, e);
  if (!e) s->acceptor.listen(1024, e);
  if (e == asio::error::address_in_use) return bad_request("PortInUse", "Another program listens on " + where + ".");
  if (e) return bad_request("CannotListen", "Cannot listen on " + where + ": " + e.message() + ".");
  s->port = s->acceptor.local_endpoint().port();
  return std::unique_ptr<listener>(new listener(std::move(s)));
}

void listener::start(listener_parts parts) {
  shared_->hub->parts = std::move(parts);
  asio::post(shared_->acceptor.get_executor(), [s = shared_] { s->accept(); });
}

void listener::close() {
  asio::post(shared_->acceptor.get_executor(), [s = shared_] {
    error_code ignored;
    s->acceptor.close(ignored);
    s->retry.cancel();
  });
  const std::lock_guard lock(shared_->hub->mutex);
  if (std::exchange(shared_->hub->closing, true)) return;
  for (auto* closer : shared_->hub->closers) (*closer)();
}

}  // namespace hull::backend::http
