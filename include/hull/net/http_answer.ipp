// Bodies of http_exchange.hpp: reading an answer.
#pragma once

#include <hull/net/http_exchange.hpp>

#include <boost/asio/error.hpp>
#include <boost/beast/http/error.hpp>

#include <algorithm>
#include <limits>
#include <utility>

namespace hull::net::detail {

HULL_INLINE void http_exchange::read_some() {
  constexpr std::size_t piece = 64 * 1024;
  // The parser leaves what it cannot use yet: a part of the head, or of the line before a chunk.
  if (incoming_.size() > request_.max_header_bytes)
    return fail(errc::bad_message, "The answer of " + url_.authority() + " has a head or a line of more than " +
                                       std::to_string(request_.max_header_bytes) + " bytes.");
  connection_->read(transport::mutable_list(incoming_.prepare(piece)),
                    [self = shared_from_this(), way = connection_, attempt = attempt_](error_code ec, std::size_t n) {
                      if (!self->is_over() && attempt == self->attempt_) self->on_read(ec, n);
                    });
}

HULL_INLINE void http_exchange::on_read(error_code ec, std::size_t n) {
  const unsigned attempt = attempt_;
  touch();
  incoming_.commit(n);
  has_answer_begun_ = has_answer_begun_ || n != 0;
  if (n != 0) parse();
  if (is_over() || attempt != attempt_) return;
  if (!ec) return read_some();
  if (ec == boost::asio::error::eof && is_head_handled_ && parser_->need_eof()) {
    parser_->put_eof(ec);
    if (!ec) return on_whole_answer();
  }
  hang_up(ec == boost::asio::error::eof ? "the server closed the connection" : ec.message());
}

HULL_INLINE void http_exchange::parse() {
  const unsigned attempt = attempt_;
  while (incoming_.size() != 0 && !parser_->is_done()) {
    error_code ec;
    const std::size_t used = parser_->put(incoming_.cdata(), ec);
    if (is_over()) return;
    incoming_.consume(used);
    if (ec == boost::beast::http::error::need_more) return;
    if (sink_failure_) return finish(std::move(*sink_failure_));
    if (ec == boost::beast::http::error::header_limit)
      return fail(errc::bad_message, "The answer of " + url_.authority() + " has a head of more than " +
                                         std::to_string(request_.max_header_bytes) + " bytes.");
    if (ec && !is_cut_) return fail(errc::bad_message, "The answer of " + url_.authority() + " is no HTTP: " + ec.message() + '.');
    if (!is_head_handled_ && parser_->is_header_done() && !on_head()) return;
    if (attempt != attempt_) return;
    if (is_cut_) return on_whole_answer();
  }
  if (is_head_handled_ && parser_->is_done()) on_whole_answer();
}

/// False: the request has gone elsewhere or is over.
HULL_INLINE bool http_exchange::on_head() {
  auto& head = parser_->get();
  const unsigned status = head.result_int();
  if (status < 200 && status != 101) {
    if (++interim_answers_ > 8) return fail(errc::bad_message, url_.authority() + " sends interim answers without end."), false;
    parser_.emplace();
    parser_->get().body().to = this;
    parser_->eager(false);
    parser_->header_limit(static_cast<std::uint32_t>(std::min<std::size_t>(request_.max_header_bytes, 1u << 30)));
    parser_->body_limit(boost::none);
    if (request_.method == "HEAD") parser_->skip(true);
    return true;
  }
  is_head_handled_ = true;
  response_.status = status;
  response_.url = url_.text();
  for (const auto& field : head)
    response_.headers.emplace_back(std::string(field.name_string().data(), field.name_string().size()),
                                   std::string(field.value().data(), field.value().size()));
  const bool is_redirect = status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
  if (const std::string* location = response_.header("Location"); location && is_redirect && request_.method == "GET" && request_.max_redirects != 0) {
    redirect(*location);
    return false;
  }
  if (!response_.is_success()) return true;
  const auto length = parser_->content_length();
  if (length && request_.method != "HEAD" && *length > request_.max_body_bytes) {
    fail(errc::bad_message, "The answer of " + url_.authority() + " is " + std::to_string(*length) + " bytes long; the limit is " +
                                std::to_string(request_.max_body_bytes) + '.');
    return false;
  }
  if (const std::string* encoding = response_.header("Content-Encoding"); encoding && small_letters(*encoding) != "identity") {
    fail(errc::bad_message, "The answer of " + url_.authority() + " is encoded as " + *encoding + ", which was not asked for.");
    return false;
  }
  if (length) progress_.receive_total = *length;
  if (request_.sink) {
    const auto begun = request_.sink->begin(response_);
    if (begun.has_error()) return finish(begun.error()), false;
  }
  return true;
}

HULL_INLINE bool http_exchange::on_body(std::string_view piece) {
  constexpr std::size_t longest_error = 64 * 1024;
  progress_.received += piece.size();
  if (!response_.is_success()) {
    response_.body.append(piece.substr(0, std::min(piece.size(), longest_error - response_.body.size())));
    is_cut_ = response_.body.size() == longest_error;
    return !is_cut_;
  }
  if (progress_.received > request_.max_body_bytes) {
    sink_failure_ = error{errc::bad_message,
                          "The answer of " + url_.authority() + " is longer than the limit of " + std::to_string(request_.max_body_bytes) + " bytes.", {}, {}};
    return false;
  }
  if (request_.sink) {
    const auto written = request_.sink->write(piece);
    if (written.has_error()) sink_failure_ = written.error();
    if (sink_failure_) return false;
  } else {
    response_.body += piece;
  }
  report_progress();
  return true;
}

HULL_INLINE void http_exchange::redirect(const std::string& location) {
  auto next = resolve_http_url(url_, location);
  if (next.has_error()) return fail(errc::bad_message, url_.authority() + " redirects to an unusable address. " + next.error().message);
  if (++redirects_ > request_.max_redirects)
    return fail(errc::bad_message, "More than " + std::to_string(request_.max_redirects) + " redirects; the last one came from " + url_.authority() + '.');
  if (url_.is_secure && !next->is_secure)
    return fail(errc::bad_message, url_.authority() + " redirects from https to http, which is not followed.");
  // Once with strangers, always without: a later redirect back does not bring the credentials back.
  if (!next->has_same_origin(url_)) may_carry_credentials_ = false;
  drop_connection();
  url_ = std::move(*next);
  is_retried_ = false;
  begin_attempt();
}

HULL_INLINE void http_exchange::on_whole_answer() {
  const bool is_reusable = !is_cut_ && parser_->is_done() && parser_->keep_alive() && response_.status != 101 && !is_sending_ &&
                           write_failure_.empty() && incoming_.size() == 0;
  if (is_reusable) pool_->give(url_, std::exchange(connection_, nullptr));
  finish(std::move(response_));
}

/// The connection ended before the answer did.
HULL_INLINE void http_exchange::hang_up(const std::string& how) {
  const bool may_repeat = is_reused_ && request_.is_repeatable && !has_answer_begun_ && !is_retried_ && !request_.source;
  if (may_repeat) {
    is_retried_ = true;
    drop_connection();
    return begin_attempt();
  }
  const std::string cause = !has_answer_begun_ && !write_failure_.empty() ? write_failure_ : how;
  const char* when = is_head_handled_ ? "in the middle of its answer" : has_answer_begun_ ? "in the middle of the head of its answer" : "before it had answered";
  fail(errc::network, "The connection to " + url_.authority() + " broke " + when + ": " + cause + '.');
}

}  // namespace hull::net::detail
