// Bodies of request_body.hpp.
#include "http/request_body.hpp"

#include <boost/asio/post.hpp>
#include <boost/beast/http/read.hpp>

#include <algorithm>
#include <utility>

namespace hull::backend::http {
namespace {

namespace asio = boost::asio;
namespace wire = boost::beast::http;

constexpr std::size_t piece_bytes = 64 * 1024;
constexpr std::size_t most_to_drop = 64u << 20;

failure cut_off() {
  return bad_request("RequestCutOff", "The client went away before the body of its request was complete.");
}

}  // namespace

request_body::request_body(boost::beast::tcp_stream& stream, boost::beast::flat_buffer& buffer,
                           wire::request_parser<wire::string_body>&& head, options o)
    : stream_(stream), buffer_(buffer), parser_(std::move(head)), options_(std::move(o)) {
  parser_.body_limit(boost::none);  // what reads it decides
}

void request_body::fetch() {
  if (parser_.is_done()) return have(std::string());
  reading_ = true;
  chunk_.resize(piece_bytes);
  auto& body = parser_.get().body();
  body.data = chunk_.data();
  body.size = chunk_.size();
  body.more = true;
  stream_.expires_after(options_.piece_within);
  wire::async_read_some(stream_, buffer_, parser_,
                        [this, owner = options_.owner()](boost::system::error_code e, std::size_t) { fetched(e); });
}

void request_body::fetched(boost::system::error_code error) {
  reading_ = false;
  if (error == wire::error::need_buffer) error = {};
  const std::size_t size = chunk_.size() - parser_.get().body().size;
  if (error) return have(cut_off());
  if (size == 0) return fetch();  // only framing came
  chunk_.resize(size);
  have(std::exchange(chunk_, {}));
}

void request_body::have(outcome<std::string> piece) {
  if (!piece || piece->empty()) {
    ended_ = true;
    broken_ = !piece;
    asio::post(stream_.get_executor(),
               [owner = options_.owner(), tell = options_.ended, whole = !broken_] { tell(whole); });
  }
  if (drained_) return drain_on();
  if (!waiting_) {
    ahead_ = std::move(piece);
    return;
  }
  give(std::exchange(waiting_, nullptr), std::move(piece));
  if (!ended_) fetch();
}

void request_body::give(byte_source::receiver to, outcome<std::string> piece) {
  asio::post(stream_.get_executor(), [owner = options_.owner(), to = std::move(to),
                                      piece = std::move(piece)]() mutable { to(std::move(piece)); });
}

void request_body::read(byte_source::receiver have) {
  if (ahead_) {
    give(std::move(have), *std::exchange(ahead_, std::nullopt));
    if (!ended_) fetch();
  } else if (ended_ || drained_ || waiting_) {
    give(std::move(have), internal_failure("The body of a request was read after its end."));
  } else {
    waiting_ = std::move(have);
  }
}

void request_body::drain(std::function<void(bool)> done) {
  drained_ = std::move(done);
  options_.piece_within = std::min<std::chrono::milliseconds>(options_.piece_within, std::chrono::seconds(5));
  ahead_.reset();
  if (waiting_) give(std::exchange(waiting_, nullptr), cut_off());
  if (!reading_) drain_on();
}

void request_body::drain_on() {
  if (ended_ || dropped_ > most_to_drop) return std::exchange(drained_, nullptr)(ended_ && !broken_);
  dropped_ += piece_bytes;
  fetch();
}

}  // namespace hull::backend::http
