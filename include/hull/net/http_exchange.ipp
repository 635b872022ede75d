// Bodies of http_exchange.hpp: the course of one request. What becomes of its answer is in http_answer.ipp.
#pragma once

#include <hull/net/http_exchange.hpp>

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/socket_base.hpp>

#include <algorithm>
#include <utility>

namespace hull::net::detail {

// ---- connections between requests

HULL_INLINE std::shared_ptr<transport> http_pool::take(const http_url& origin, std::chrono::milliseconds age) {
  const auto now = std::chrono::steady_clock::now();
  for (std::size_t i = idle_.size(); i-- != 0;) {
    if (!idle_[i].origin.has_same_origin(origin)) continue;
    if (now - idle_[i].since > age) continue;
    const auto connection = std::move(idle_[i].connection);
    idle_.erase(idle_.begin() + static_cast<std::ptrdiff_t>(i));
    // Readable means closed, or something that nobody asked for.
    boost::system::error_code ec;
    char one = 0;
    connection->socket().non_blocking(true, ec);
    if (!ec) connection->socket().receive(boost::asio::buffer(&one, 1), boost::asio::socket_base::message_peek, ec);
    if (ec == boost::asio::error::would_block) return connection;
  }
  return nullptr;
}

HULL_INLINE void http_pool::give(const http_url& origin, std::shared_ptr<transport> connection) {
  constexpr std::size_t most = 8;
  constexpr std::chrono::seconds oldest(30);
  const auto now = std::chrono::steady_clock::now();
  std::erase_if(idle_, [&](const idle& entry) { return now - entry.since > oldest; });
  if (idle_.size() == most) idle_.erase(idle_.begin());
  idle_.push_back({origin, std::move(connection), now});
}

// ---- the beginning

HULL_INLINE http_exchange::http_exchange(std::shared_ptr<http_pool> pool, http_request request, http_transport::handler done)
    : pool_(std::move(pool)), request_(std::move(request)), done_(std::move(done)), timer_(pool_->executor()) {}

HULL_INLINE void http_exchange::start() {
  if (auto slot = boost::asio::get_associated_cancellation_slot(done_); slot.is_connected())
    slot.assign([weak = weak_from_this()](boost::asio::cancellation_type kind) {
      if (kind == boost::asio::cancellation_type::none) return;
      if (const auto self = weak.lock()) self->fail(errc::cancelled, "The request was cancelled.");
    });
  // Never inside the call.
  boost::asio::post(pool_->executor(), [self = shared_from_this()] {
    if (self->is_over()) return;
    const auto is_bad = [](const std::string& text) { return text.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos; };
    for (const auto& [name, text] : self->request_.headers)
      if (name.empty() || is_bad(name) || is_bad(text) || name.find_first_of(": ") != std::string::npos)
        return self->fail(errc::bad_argument, "The header " + name + " has a character that is not allowed in a header.");
    auto url = parse_http_url(self->request_.url);
    if (url.has_error()) return self->finish(url.error());
    self->url_ = std::move(*url);
    self->begin_attempt();
  });
}

HULL_INLINE void http_exchange::begin_attempt() {
  ++attempt_;
  parser_.emplace();
  parser_->get().body().to = this;
  parser_->eager(false);
  parser_->header_limit(static_cast<std::uint32_t>(std::min<std::size_t>(request_.max_header_bytes, 1u << 30)));
  parser_->body_limit(boost::none);  // Judged when the head is there.
  if (request_.method == "HEAD") parser_->skip(true);
  incoming_.clear();
  has_answer_begun_ = is_head_handled_ = is_cut_ = false;
  interim_answers_ = 0;
  response_ = {};
  write_failure_.clear();
  progress_ = {};
  progress_.send_total = request_.source ? request_.source->size() : request_.body.size();

  // A server may close an idle connection at the very moment at which a request is on its way: whether it was carried out
  // is then unknown. What must not be sent twice uses young connections only.
  const auto age = request_.is_repeatable ? std::chrono::milliseconds(30'000) : std::chrono::milliseconds(2'000);
  if (auto connection = is_retried_ ? nullptr : pool_->take(url_, age)) {
    is_reused_ = true;
    return use(std::move(connection));
  }
  is_reused_ = false;
  connector_ = std::make_shared<connector>(pool_->executor(), pool_->shared());
  arm(request_.connect_timeout);
  // The timer keeps this alive.
  connector_->async_open({url_.is_secure, url_.host, url_.port}, [weak = weak_from_this()](error_code ec, std::unique_ptr<transport> way) {
    const auto self = weak.lock();
    if (!self || self->is_over()) return;
    const auto tried = std::exchange(self->connector_, nullptr);
    if (ec) return self->fail(errc::network, "No way to " + self->url_.authority() + ": " + tried->failure());
    error_code ignored;
    way->socket().set_option(boost::asio::socket_base::keep_alive(true), ignored);
    self->use(std::move(way));
  });
}

HULL_INLINE void http_exchange::use(std::shared_ptr<transport> connection) {
  connection_ = std::move(connection);
  outgoing_ = head();
  written_ = 0;
  is_sending_ = true;
  arm(request_.idle_timeout);
  if (!request_.source && request_.body.size() <= 16 * 1024) {
    outgoing_ += request_.body;
    progress_.sent = request_.body.size();
  }
  write_some();
  read_some();  // An answer may come before all is sent: it is a refusal then.
}

HULL_INLINE std::string http_exchange::head() const {
  std::string text = request_.method + ' ' + url_.target + " HTTP/1.1\r\nHost: " + url_.authority() + "\r\n";
  for (const auto& [name, content] : request_.headers) {
    const std::string small = small_letters(name);
    if (!may_carry_credentials_ && (small == "authorization" || small == "cookie")) continue;
    text += name + ": " + content + "\r\n";
  }
  if (progress_.send_total != 0 || (request_.method != "GET" && request_.method != "HEAD"))
    text += "Content-Length: " + std::to_string(progress_.send_total) + "\r\n";
  return text + "\r\n";
}

// ---- sending

HULL_INLINE void http_exchange::write_some() {
  connection_->write(transport::const_list(boost::asio::buffer(outgoing_.data() + written_, outgoing_.size() - written_)),
                     [self = shared_from_this(), way = connection_, attempt = attempt_](error_code ec, std::size_t n) {
                       if (self->is_over() || attempt != self->attempt_ || !self->is_sending_) return;
                       if (ec) {
                         // Perhaps the server has said why it hung up: the pending read tells.
                         self->write_failure_ = ec.message();
                         self->is_sending_ = false;
                         return;
                       }
                       self->touch();
                       self->written_ += n;
                       if (self->written_ == self->outgoing_.size()) self->next_piece();
                       if (self->is_sending_) self->write_some();
                     });
}

/// Fills `outgoing_` with what comes next, or ends the sending.
HULL_INLINE void http_exchange::next_piece() {
  constexpr std::size_t piece = 64 * 1024;
  report_progress();
  const std::uint64_t left = progress_.send_total - progress_.sent;
  is_sending_ = left != 0;
  if (!is_sending_) return;
  written_ = 0;
  const std::size_t wanted = static_cast<std::size_t>(std::min<std::uint64_t>(left, piece));
  if (!request_.source) {
    outgoing_.assign(request_.body, static_cast<std::size_t>(progress_.sent), wanted);
  } else {
    outgoing_.resize(wanted);
    const auto n = request_.source->read(std::span(outgoing_.data(), wanted));
    if (n.has_error() || *n == 0) {
      is_sending_ = false;
      if (n.has_error()) return finish(n.error());
      return fail(errc::bad_argument, "The body to send ended " + std::to_string(left) + " bytes early: did the file change?");
    }
    outgoing_.resize(std::min(*n, wanted));
  }
  progress_.sent += outgoing_.size();
}

// ---- time and the end

/// Something must happen within this time; 0: no limit.
HULL_INLINE void http_exchange::arm(std::chrono::milliseconds time) {
  if (time.count() == 0 && !connector_) {
    deadline_.reset();
    is_timer_waiting_ = false;
    timer_.cancel();
    return;
  }
  deadline_ = std::chrono::steady_clock::now() + (time.count() == 0 ? std::chrono::hours(24) : time);
  if (is_timer_waiting_ && timer_.expiry() <= *deadline_) return;  // It looks again when it fires.
  is_timer_waiting_ = true;
  timer_.expires_at(*deadline_);
  timer_.async_wait([self = shared_from_this()](error_code ec) {
    if (ec || self->is_over()) return;
    self->is_timer_waiting_ = false;
    if (!self->deadline_) return;
    if (const auto left = *self->deadline_ - std::chrono::steady_clock::now(); left.count() > 0)
      return self->arm(std::chrono::duration_cast<std::chrono::milliseconds>(left) + std::chrono::milliseconds(1));
    if (self->connector_)
      return self->fail(errc::timed_out, "No connection to " + self->url_.authority() + " within " +
                                             std::to_string(self->request_.connect_timeout.count()) + " ms (still " + self->connector_->phase() + ").");
    const char* phase = self->is_head_handled_ ? "reading the answer" : self->is_sending_ ? "sending the request" : "waiting for the answer";
    self->fail(errc::timed_out, "Nothing moved on the connection to " + self->url_.authority() + " for " +
                                    std::to_string(self->request_.idle_timeout.count()) + " ms (still " + phase + ").");
  });
}

HULL_INLINE void http_exchange::touch() {
  if (deadline_) deadline_ = std::chrono::steady_clock::now() + request_.idle_timeout;
}

HULL_INLINE void http_exchange::report_progress() {
  if (request_.on_progress) request_.on_progress(progress_);
}

HULL_INLINE void http_exchange::fail(errc code, const std::string& what) { finish(error{code, what, {}, {}}); }

HULL_INLINE void http_exchange::finish(result<http_response> outcome) {
  if (is_over()) return;
  const auto self = shared_from_this();
  http_transport::handler done = std::exchange(done_, nullptr);
  timer_.cancel();
  if (const auto tried = std::exchange(connector_, nullptr)) tried->cancel();
  drop_connection();
  if (auto slot = boost::asio::get_associated_cancellation_slot(done); slot.is_connected()) slot.clear();
  std::move(done)(std::move(outcome));
}

HULL_INLINE void http_exchange::drop_connection() {
  error_code ignored;
  if (connection_) connection_->socket().close(ignored);
  connection_.reset();
}

}  // namespace hull::net::detail

#include <hull/net/http_answer.ipp>
