// Bodies of endpoint.hpp. The only place of the backend where Beast's WebSocket is compiled.
#include "sync/endpoint.hpp"

#include "common/log.hpp"
#include "sync/session_host.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket.hpp>

#include <algorithm>
#include <deque>
#include <mutex>
#include <set>
#include <utility>

namespace hull::backend::sync {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;
using boost::system::error_code;

/// A message that is larger counts towards what all connections may have in memory.
constexpr std::size_t large_message = 1u << 20;

class connection;

}  // namespace

struct endpoint::state {
  state(const services& s, const endpoint_options& o) : what(s), options(o), incoming(o.max_incoming_bytes) {}
  const services& what;
  const endpoint_options options;
  byte_room incoming;
  std::mutex mutex;
  std::set<connection*> open;
  bool closing = false;
};

namespace {

class connection final : public session_socket, public std::enable_shared_from_this<connection> {
 public:
  connection(std::shared_ptr<endpoint::state> owner, beast::tcp_stream stream, const client_version& client);
  ~connection() override;

  void start(beast::http::request<beast::http::string_body> request);
  void go_away();  ///< From any thread.

  void send(std::string text, bool ends_transition) override;
  void close(std::optional<std::uint16_t> code, std::string reason) override;
  void session_changed() override;

 private:
  struct outgoing {
    std::string text;
    bool ends_transition = false;
  };

  std::int64_t now_ms() const { return owner_->what.time.steady_ns() / 1'000'000; }
  void accepted(error_code error);
  void read();
  /// Bytes that the frame under way has announced and not brought yet.
  std::size_t rest_of_frame() const { return stream_.is_message_done() ? 0 : stream_.read_size_hint(1); }
  void have_read(error_code error);
  void take_in();
  /// Whether the message so far fits into what all connections have for theirs.
  bool has_room();
  void write();
  void written(error_code error);
  void wait();
  void time_passed(error_code error);
  void close_if_drained();
  void end();

  std::shared_ptr<endpoint::state> owner_;
  websocket::stream<beast::tcp_stream> stream_;
  asio::steady_timer timer_;
  serve::session_options session_options_;
  functions::client_details client_;
  std::shared_ptr<session_host> session_;

  beast::flat_buffer incoming_;
  std::optional<byte_room::share> incoming_share_;  ///< Of a large message, until it has been dealt with.
  bool reading_ = false;
  std::deque<outgoing> queue_;  ///< The first one is being written when `writing_`.
  std::size_t queued_bytes_ = 0;
  bool writing_ = false;
  bool pinging_ = false;

  std::int64_t heard_ms_ = 0;  ///< When the client last sent or took anything.
  std::int64_t ping_at_ms_ = 0;
  std::int64_t timer_ms_ = INT64_MAX;
  std::optional<websocket::close_reason> closing_;
  bool close_sent_ = false;
  bool ended_ = false;
};

connection::connection(std::shared_ptr<endpoint::state> owner, beast::tcp_stream stream, const client_version& client)
    : owner_(std::move(owner)), stream_(std::move(stream)), timer_(stream_.get_executor()) {
  session_options_.chunked_transitions = takes_transition_chunks(client);
}

connection::~connection() {
  const std::lock_guard lock(owner_->mutex);
  owner_->open.erase(this);
}

void connection::start(beast::http::request<beast::http::string_body> request) {
  stream_.next_layer().expires_never();
  websocket::stream_base::timeout timeouts{owner_->options.close_within, websocket::stream_base::none(), false};
  stream_.set_option(timeouts);
  stream_.set_option(websocket::stream_base::decorator(
      [](websocket::response_type& r) { r.set(beast::http::field::server, "hull-backend"); }));
  stream_.read_message_max(0);  // checked piece by piece, to be able to say what is wrong
  stream_.auto_fragment(false);
  stream_.text(true);
  error_code ignored;
  stream_.next_layer().socket().set_option(asio::ip::tcp::no_delay(true), ignored);
  stream_.control_callback([this](websocket::frame_type, beast::string_view) { heard_ms_ = now_ms(); });
  const auto agent = request[beast::http::field::user_agent];
  client_ = client_details_of(peer_address(stream_.next_layer()), {agent.data(), agent.size()});
  heard_ms_ = now_ms();
  ping_at_ms_ = heard_ms_ + owner_->options.ping_every.count();
  auto shared = std::make_shared<beast::http::request<beast::http::string_body>>(std::move(request));
  stream_.async_accept(*shared, [self = shared_from_this(), shared](error_code e) { self->accepted(e); });
}

void connection::accepted(error_code error) {
  if (error) return end();
  session_ = std::make_shared<session_host>(owner_->what, stream_.get_executor(), *this, session_options_, client_);
  wait();
  read();
}

void connection::read() {
  if (reading_ || ended_ || close_sent_) return;
  if (!closing_ && (!session_->wants_input() || queued_bytes_ > owner_->options.pause_reading_above)) return;
  reading_ = true;
  // An idle connection keeps a small buffer; within a large message larger pieces pay.
  const std::size_t piece =
      stream_.is_message_done() ? 4096 : std::clamp<std::size_t>(rest_of_frame(), 4096, 512 * 1024);
  stream_.async_read_some(incoming_, piece,
                          [self = shared_from_this()](error_code e, std::size_t) { self->have_read(e); });
}

void connection::have_read(error_code error) {
  if (error || ended_) return end();
  heard_ms_ = now_ms();
  try {
    take_in();
  } catch (const std::exception& e) {
    write_log(severity::error, std::string("A message could not be dealt with: ") + e.what());
    return end();
  }
  reading_ = false;
  read();
}

void connection::take_in() {
  // Counts as reading until the frame has been dealt with: it lies in the buffer that the next read would fill.
  if (closing_) {
    incoming_.consume(incoming_.size());  // nobody listens any more
  } else if (incoming_.size() + rest_of_frame() > owner_->options.max_message_bytes) {
    close(1009, "Message is larger than " + std::to_string(owner_->options.max_message_bytes >> 20) + " MiB");
  } else if (!has_room()) {
    close(1013, "TooManyBytesOnTheirWay");
  } else if (stream_.is_message_done()) {
    if (stream_.got_text()) {
      const auto data = incoming_.cdata();
      session_->text_frame({static_cast<const char*>(data.data()), data.size()});
    } else {
      session_->binary_frame();
    }
    incoming_.consume(incoming_.size());
    if (incoming_.capacity() > large_message) incoming_.shrink_to_fit();  // one should not cost for ever
    incoming_share_.reset();
  }
}

bool connection::has_room() {
  const std::size_t bytes = incoming_.size() + rest_of_frame();
  if (bytes <= large_message) return true;
  if (incoming_share_) return incoming_share_->grow_to(bytes);
  incoming_share_ = owner_->incoming.take(bytes);
  return incoming_share_.has_value();
}

void connection::send(std::string text, bool ends_transition) {
  if (closing_ || ended_) return;
  if (queued_bytes_ > owner_->options.drop_unsent_above) {
    write_log(severity::warning, "Dropping a client that does not take what it has asked for.");
    return end();
  }
  queued_bytes_ += text.size();
  queue_.push_back({std::move(text), ends_transition});
  write();
}

void connection::write() {
  if (writing_ || ended_ || close_sent_) return;
  if (queue_.empty()) return close_if_drained();
  writing_ = true;
  stream_.async_write(asio::buffer(queue_.front().text),
                      [self = shared_from_this()](error_code e, std::size_t) { self->written(e); });
}

void connection::written(error_code error) {
  writing_ = false;
  if (error || ended_) return end();
  const bool ends_transition = queue_.front().ends_transition;
  // Who takes what is sent is there; but the system takes it, too, on behalf of somebody who is gone. So it counts only
  // while nothing is read that would tell.
  if (!reading_) heard_ms_ = now_ms();
  queued_bytes_ -= queue_.front().text.size();
  queue_.pop_front();
  if (ends_transition && !closing_) session_->transition_sent();
  write();
  read();
}

void connection::close(std::optional<std::uint16_t> code, std::string reason) {
  if (closing_ || ended_) return;
  closing_ = websocket::close_reason(websocket::close_code::none);
  if (code) {
    closing_->code = *code;
    closing_->reason = reason;
  }
  write();
}

void connection::close_if_drained() {
  if (!closing_ || close_sent_ || writing_) return;
  close_sent_ = true;
  // Answers what the client still sends with silence until its own close arrives, for as long as the timeout allows.
  stream_.async_close(*closing_, [self = shared_from_this()](error_code) { self->end(); });
}

void connection::session_changed() {
  if (ended_) return;
  read();
  if (!closing_ && session_->deadline_ms() < timer_ms_) wait();
}

void connection::wait() {
  timer_ms_ = ping_at_ms_;
  if (!closing_) timer_ms_ = std::min(timer_ms_, session_->deadline_ms());
  timer_.expires_after(std::chrono::milliseconds(std::max<std::int64_t>(timer_ms_ - now_ms(), 0)));
  // Keeps the connection alive until `end`: while a token is being checked, nothing is read and nothing written.
  timer_.async_wait([self = shared_from_this()](error_code e) { self->time_passed(e); });
}

void connection::time_passed(error_code error) {
  if (error || ended_) return;  // set anew
  const std::int64_t now = now_ms();
  if (now - heard_ms_ > owner_->options.drop_after_silence.count()) {
    write_log(severity::debug, "Dropping a silent client.");
    return end();
  }
  if (now >= ping_at_ms_) {
    ping_at_ms_ = now + owner_->options.ping_every.count();
    if (!pinging_ && !close_sent_) {
      pinging_ = true;
      stream_.async_ping({}, [self = shared_from_this()](error_code) { self->pinging_ = false; });
    }
  }
  if (!closing_ && now >= session_->deadline_ms()) session_->time_passed();
  if (!ended_) wait();
}

void connection::end() {
  if (std::exchange(ended_, true)) return;
  if (session_) session_->disconnect();
  timer_.cancel();
  beast::get_lowest_layer(stream_).close();
}

void connection::go_away() {
  asio::post(stream_.get_executor(), [self = shared_from_this()] {
    if (self->session_)
      self->close(1001, "");
    else
      self->end();
  });
}

}  // namespace

std::string peer_address(beast::tcp_stream& stream) {
  error_code error;
  const auto peer = stream.socket().remote_endpoint(error);
  return error ? std::string() : peer.address().to_string();
}

endpoint::endpoint(const services& s, const endpoint_options& options) : state_(std::make_shared<state>(s, options)) {}

endpoint::~endpoint() = default;

void endpoint::accept(beast::tcp_stream stream, beast::http::request<beast::http::string_body> request,
                      const client_version& client) {
  const auto c = std::make_shared<connection>(state_, std::move(stream), client);
  {
    const std::lock_guard lock(state_->mutex);
    if (state_->closing) return;
    state_->open.insert(c.get());
  }
  c->start(std::move(request));
}

void endpoint::close_all() {
  std::vector<std::shared_ptr<connection>> all;
  {
    const std::lock_guard lock(state_->mutex);
    state_->closing = true;
    for (connection* c : state_->open)
      if (auto alive = c->weak_from_this().lock()) all.push_back(std::move(alive));
  }
  for (const auto& c : all) c->go_away();
}

std::size_t endpoint::open_connections() const {
  const std::lock_guard lock(state_->mutex);
  return state_->open.size();
}

}  // namespace hull::backend::sync
