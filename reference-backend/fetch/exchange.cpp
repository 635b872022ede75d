// From a request to its answer: connect, write head and body, read head and body, each as fast as the other side goes.
#include "fetch/exchange.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/read.hpp>

#include <cstdio>

namespace hull::backend::fetch {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;

/// What a peer may make us read before its answer, and keep of it while nobody reads.
constexpr int max_informational = 16;
constexpr std::size_t max_waiting_bytes = 64 * 1024;

bool same_name(std::string_view a, std::string_view b) { return net::detail::small_letters(a) == b; }

failure fetch_failed(std::string why) { return bad_request("FetchFailed", std::move(why)); }

}  // namespace

exchange::exchange(const asio::any_io_executor& executor, const http_client_options& options,
                   std::shared_ptr<net::network> network, std::string no_tls, runtime::fetch_request request,
                   done_handler done, std::shared_ptr<void> place)
    : strand_(asio::make_strand(executor)),
      options_(options),
      network_(std::move(network)),
      no_tls_(std::move(no_tls)),
      request_(std::move(request)),
      done_(std::move(done)),
      place_(std::move(place)),
      timer_(strand_),
      incoming_(options.max_header_bytes + sizeof piece_) {}

void exchange::start() {
  asio::post(strand_, [self = shared_from_this()] { self->connect(); });
}

void exchange::give_up() {
  asio::post(strand_, [self = shared_from_this()] {
    const auto unwanted = std::exchange(self->done_, nullptr);
    self->fail("The request was aborted.");
  });
}

void exchange::connect() {
  if (over_) return;
  auto url = net::parse_http_url(request_.url);
  if (!url) return fail(url.error().message);
  url_ = std::move(*url);
  if (url_.is_secure && !no_tls_.empty()) return fail(no_tls_);
  deadline_ = std::chrono::steady_clock::now() + options_.connect_timeout;
  watch();
  connector_ = std::make_shared<net::connector>(strand_, network_);
  connector_->async_open({url_.is_secure, url_.host, url_.port},
                         [self = shared_from_this()](error_code ec, std::unique_ptr<net::transport> way) {
                           self->on_connected(ec, std::move(way));
                         });
}

void exchange::on_connected(error_code ec, std::unique_ptr<net::transport> way) {
  if (over_) return;
  const auto tried = std::move(connector_);
  if (ec) return fail(tried->failure());
  stream_ = std::make_unique<net::erased_stream>(std::move(way));
  touch();
  watch();  // the time for connecting was another
  begin_reading();
  write(head());
}

void exchange::begin_reading() {
  parser_.emplace();
  parser_->header_limit(static_cast<std::uint32_t>(options_.max_header_bytes));
  parser_->body_limit(boost::none);
  parser_->skip(request_.method == "HEAD");
  read_head();
}

std::string exchange::head() const {
  std::string text = request_.method + " " + url_.target + " HTTP/1.1\r\nHost: " + url_.authority() + "\r\n";
  bool agent = false, accept = false;
  for (const auto& [name, value] : request_.headers) {
    if (same_name(name, "host") || same_name(name, "connection") || same_name(name, "content-length") ||
        same_name(name, "transfer-encoding"))
      continue;
    agent = agent || same_name(name, "user-agent");
    accept = accept || same_name(name, "accept");
    text += name + ": " + value + "\r\n";
  }
  if (!agent) text += "User-Agent: hull-backend\r\n";
  if (!accept) text += "Accept: */*\r\n";
  const bool usually_has_body = request_.method == "POST" || request_.method == "PUT" || request_.method == "PATCH";
  if (request_.body && !request_.body_size)
    text += "Transfer-Encoding: chunked\r\n";
  else if (request_.body || usually_has_body)
    text += "Content-Length: " + std::to_string(request_.body_size.value_or(0)) + "\r\n";
  return text + "Connection: close\r\n\r\n";
}

/// Writes `text`, then what the body has.
void exchange::write(std::string text) {
  outgoing_ = std::move(text);
  writing_ = true;
  asio::async_write(*stream_, asio::buffer(outgoing_), [self = shared_from_this()](error_code ec, std::size_t) {
    if (self->over_) return;
    self->writing_ = false;
    // A server may answer and close before it has read everything; its answer says more than this error.
    if (ec) return;
    self->touch();
    if (self->request_.body && !self->sent_all_) self->send_body();
  });
}

void exchange::send_body() {
  if (over_ || writing_ || sent_all_) return;
  auto got = request_.body->read();
  switch (got.state) {
    case runtime::byte_stream::reading::bytes:
      return send_piece(std::move(got.bytes));
    case runtime::byte_stream::reading::ended:
      sent_all_ = true;
      if (!request_.body_size) write("0\r\n\r\n");
      return;
    case runtime::byte_stream::reading::failed:
      return fail("The body of the request failed: " + got.why);
    case runtime::byte_stream::reading::nothing_yet:
      request_.body->when_readable([weak = weak_from_this(), strand = strand_] {
        asio::post(strand, [weak] {
          if (const auto self = weak.lock()) self->send_body();
        });
      });
  }
}

void exchange::send_piece(std::string piece) {
  if (request_.body_size) return write(std::move(piece));
  char size[24];
  std::snprintf(size, sizeof size, "%zx\r\n", piece.size());
  write(size + piece + "\r\n");
}

void exchange::read_head() {
  http::async_read_header(*stream_, incoming_, *parser_,
                          [self = shared_from_this()](error_code ec, std::size_t) { self->on_head(ec); });
}

void exchange::on_head(error_code ec) {
  if (over_) return;
  touch();
  if (ec) return fail("The answer of " + url_.authority() + " could not be read: " + ec.message());
  const auto& message = parser_->get();
  if (message.result_int() / 100 == 1) {  // "100 Continue" and the like come before the answer
    if (message.result_int() == 101) return fail("The server wants to switch protocols.");
    if (++informational_ > max_informational) return fail("The server does not come to its answer.");
    return begin_reading();
  }
  runtime::fetch_response response;
  response.status = message.result_int();
  for (const auto& field : message)
    response.headers.emplace_back(std::string(field.name_string()), std::string(field.value()));
  answer_ = response.body = std::make_shared<runtime::byte_stream>(max_waiting_bytes);
  const auto done = std::exchange(done_, nullptr);
  // Also how a reader that cancels is noticed. While the reader has no room, this alone keeps the exchange.
  answer_->when_writable([self = shared_from_this()] { asio::post(self->strand_, [self] { self->pump_answer(); }); });
  if (done) done(std::move(response));
  pump_answer();
}

/// Hands over what was read, then reads on.
void exchange::pump_answer() {
  if (over_ || reading_body_) return;
  if (answer_->cancelled()) return finish();
  if (!unwritten_.empty() && answer_->write(unwritten_) == runtime::byte_stream::written::full) return;
  unwritten_.clear();
  if (parser_->is_done()) {
    answer_->end();
    return finish();
  }
  read_body();
}

void exchange::read_body() {
  reading_body_ = true;
  auto& body = parser_->get().body();
  body.data = piece_.data();
  body.size = piece_.size();
  body.more = true;
  http::async_read_some(*stream_, incoming_, *parser_,
                        [self = shared_from_this()](error_code ec, std::size_t) { self->on_body(ec); });
}

void exchange::on_body(error_code ec) {
  reading_body_ = false;
  if (over_) return;
  touch();
  unwritten_.assign(piece_.data(), piece_.size() - parser_->get().body().size);
  if (ec == http::error::need_buffer) ec = {};
  if (ec && !parser_->is_done()) {
    if (!unwritten_.empty()) answer_->write(unwritten_);
    return fail("The answer of " + url_.authority() + " was cut off: " + ec.message());
  }
  pump_answer();
}

void exchange::touch() { deadline_ = std::chrono::steady_clock::now() + options_.idle_timeout; }

/// Looks at the deadline when it is over; it may have moved.
void exchange::watch() {
  timer_.expires_at(deadline_);
  timer_.async_wait([weak = weak_from_this()](error_code ec) {
    const auto self = weak.lock();
    if (ec || !self || self->over_) return;
    const bool waits_for_reader = self->answer_ && !self->reading_body_;
    if (waits_for_reader) self->touch();
    if (std::chrono::steady_clock::now() < self->deadline_) return self->watch();
    self->fail(self->connector_ ? "Timed out " + self->connector_->phase() + "."
                                : "The server did not answer in time.");
  });
}

void exchange::fail(std::string why) {
  if (over_) return;
  if (answer_) answer_->fail(why);
  const auto done = std::exchange(done_, nullptr);
  finish();
  if (done) done(fetch_failed(std::move(why)));
}

void exchange::finish() {
  over_ = true;
  done_ = nullptr;
  place_.reset();
  timer_.cancel();
  if (request_.body) request_.body->cancel();
  if (answer_) answer_->when_writable({});
  if (connector_) connector_->cancel();
  if (stream_) {
    error_code ignored;
    stream_->below().socket().close(ignored);
  }
}

}  // namespace hull::backend::fetch
