// Bodies of download.hpp.
#pragma once

#include <hull/http/download.hpp>
#include <hull/http/function_call.hpp>

#include <charconv>
#include <utility>

namespace hull::detail {

/// The first byte that "bytes 5-9/10" speaks of.
HULL_INLINE std::optional<std::uint64_t> range_start(const std::string* content_range) {
  constexpr std::string_view unit = "bytes ";
  if (!content_range || !content_range->starts_with(unit)) return std::nullopt;
  std::uint64_t first = 0;
  const char* const begin = content_range->data() + unit.size();
  const char* const end = content_range->data() + content_range->size();
  const auto [stop, failed] = std::from_chars(begin, end, first);
  if (failed != std::errc() || stop == end || *stop != '-') return std::nullopt;
  return first;
}

HULL_INLINE void download::start() { ask(); }

HULL_INLINE void download::ask() {
  net::http_request request = how_.request;
  request.sink = shared_from_this();
  request.is_repeatable = true;
  request.max_body_bytes = how_.max_bytes;
  if (received_ != 0 && !tag_.empty()) {
    request.headers.emplace_back("Range", "bytes=" + std::to_string(received_) + '-');
    request.headers.emplace_back("If-Range", tag_);  // The whole, if the file has changed.
  }
  received_now_ = 0;
  flight_->send(std::move(request), [self = shared_from_this()](result<net::http_response> outcome) { self->on_answer(std::move(outcome)); });
}

HULL_INLINE result<void> download::begin(const net::http_response& head) {
  const std::string* length = head.header("Content-Length");
  std::optional<std::uint64_t> announced;
  std::uint64_t number = 0;
  if (length && std::from_chars(length->data(), length->data() + length->size(), number).ptr == length->data() + length->size()) announced = number;

  const std::string* tag = head.header("ETag");
  if (head.status == 206) {
    const bool is_the_rest = received_ != 0 && range_start(head.header("Content-Range")) == received_ && (!tag || *tag == tag_);
    if (is_the_rest) return {};
    return error{errc::bad_message, head.url + " answered with another part of the file than was asked for.", {}, {}};
  }
  received_ = 0;
  total_ = announced;
  tag_ = tag && tag->starts_with('"') ? *tag : std::string();
  const std::string* type = head.header("Content-Type");
  facts_.content_type = type ? *type : std::string();
  return target_.restart();
}

HULL_INLINE result<void> download::write(std::string_view piece) {
  if (received_ + piece.size() > how_.max_bytes)
    return error{errc::bad_message, "The file is longer than the limit of " + std::to_string(how_.max_bytes) + " bytes.", {}, {}};
  auto written = target_.append(piece);
  if (written.has_error()) return written;
  received_ += piece.size();
  received_now_ += piece.size();
  if (how_.progress) how_.progress->report(flight_->door(), received_, total_);
  return {};
}

HULL_INLINE void download::on_answer(result<net::http_response> outcome) {
  if (outcome.has_error()) {
    const errc code = outcome.error().code;
    const bool is_broken = code == errc::network || code == errc::timed_out;
    if (!is_broken || received_now_ == 0 || resumes_ == how_.max_resumes) return finish(outcome.error());
    ++resumes_;
    return ask();
  }
  if (!outcome->is_success()) return finish(describe_refusal(*outcome));
  if (total_ && *total_ != received_)
    return finish(error{errc::bad_message, outcome->url + " sent " + std::to_string(received_) + " of " + std::to_string(*total_) + " bytes.", {}, {}});
  facts_.size = received_;
  finish(facts_);
}

HULL_INLINE void download::finish(result<facts> outcome) {
  const auto end = std::exchange(end_, nullptr);
  if (end) end(std::move(outcome));
}

}  // namespace hull::detail
