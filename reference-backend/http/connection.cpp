// Bodies of connection.hpp: reads requests one after the other, has routes answer them, and writes what they say.
#include "http/connection.hpp"

#include "common/ascii.hpp"
#include "common/busy.hpp"
#include "common/log.hpp"
#include "common/random.hpp"
#include "http/cors.hpp"
#include "http/decompress.hpp"
#include "http/request_body.hpp"
#include "http/response_stream.hpp"
#include "sync/endpoint.hpp"

#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket/rfc6455.hpp>

#include <algorithm>
#include <atomic>
#include <exception>
#include <optional>
#include <utility>

namespace hull::backend::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace wire = boost::beast::http;
using boost::system::error_code;

/// What is set aside at first for a body that does not say how long it is.
constexpr std::size_t unknown_length = 4u << 20;
/// An answer that is larger keeps the room of its request until it is out: it may hold as much (`/echo`).
constexpr std::size_t large_answer = 1u << 20;

bool is_request_id(const std::string& text) {
  return text.size() == 16 && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

/// The head of a response, but for the framing of its body.
template <class Body>
void fill_head(wire::response<Body>& message, const response& r, bool keep_alive) {
  message.result(r.status);
  message.set(wire::field::server, "hull-backend");
  if (!r.content_type.empty()) message.set(wire::field::content_type, r.content_type);
  for (const auto& [name, text] : r.headers) message.insert(name, text);
  message.keep_alive(keep_alive);
}

bool has_no_body(unsigned status) { return status < 200 || status == 204 || status == 304; }

class connection : public std::enable_shared_from_this<connection> {
 public:
  connection(std::shared_ptr<connection_hub> hub, asio::ip::tcp::socket socket)
      : hub_(std::move(hub)), stream_(std::move(socket)), timer_(stream_.get_executor()) {}
  ~connection() {
    const std::lock_guard lock(hub_->mutex);
    hub_->closers.erase(&closer_);
  }

  void start() {
    closer_ = [weak = weak_from_this(), executor = stream_.get_executor()] {
      asio::post(executor, [weak] {
        if (const auto self = weak.lock()) self->finish_soon();
      });
    };
    {
      const std::lock_guard lock(hub_->mutex);
      if (hub_->closing || hub_->closers.size() >= hub_->options.max_connections) return;
      hub_->closers.insert(&closer_);
    }
    error_code ignored;
    stream_.socket().set_option(asio::ip::tcp::no_delay(true), ignored);
    asio::dispatch(stream_.get_executor(), [self = shared_from_this()] { self->read_header(); });
  }

 private:
  void finish_soon() {
    last_ = true;
    if (idle_) stream_.close();
  }

  void read_header() {
    body_share_.reset();
    if (last_) return shut_down();
    parser_.emplace();
    parser_->header_limit(static_cast<std::uint32_t>(hub_->options.header_limit));
    parser_->body_limit(boost::none);  // known once the route is
    idle_ = true;
    stream_.expires_after(hub_->options.header_within);
    wire::async_read_header(stream_, buffer_, *parser_, [self = shared_from_this()](error_code e, std::size_t) {
      self->idle_ = false;
      self->have_header(e);
    });
  }

  void have_header(error_code error) {
    if (error == wire::error::header_limit)
      return refuse(error_response(431, "HeadersTooLarge", "The headers of the request are too large."));
    if (error && error.category() == make_error_code(wire::error::bad_method).category() &&
        error != wire::error::end_of_stream && error != wire::error::partial_message)
      return refuse(error_response(400, "BadRequest", "Not a valid HTTP request: " + error.message() + "."));
    if (error) return shut_down();

    auto& message = parser_->get();
    request_ = {};
    request_.method = std::string(message.method_string());
    http_1_0_ = message.version() < 11;
    const std::string_view target(message.target().data(), message.target().size());
    const auto question = target.find('?');
    request_.path = std::string(target.substr(0, question));
    if (question != std::string_view::npos) request_.query = std::string(target.substr(question + 1));
    for (const auto& field : message)
      request_.headers.emplace_back(lower_case({field.name_string().data(), field.name_string().size()}),
                                    std::string(field.value()));
    if (peer_.empty()) peer_ = sync::peer_address(stream_);
    request_.peer = peer_;
    const std::string* id = request_.header("convex-request-id");
    request_.id = id && is_request_id(*id) ? *id : random_hex(*hub_->parts.random, 8);

    if (hub_->parts.sockets && beast::websocket::is_upgrade(message) && sync::is_sync_path(request_.path))
      return upgrade();
    route_ = hub_->parts.routes.find(request_.method, request_.path);
    if (route_->stream) return wants_to_be_asked() ? say_continue() : begin_exchange();
    if (const auto length = parser_->content_length(); length && *length > route_->body_limit)
      return refuse(too_large());
    parser_->body_limit(route_->body_limit);
    body_share_ = hub_->bodies.take(parser_->content_length().value_or(std::min(route_->body_limit, unknown_length)));
    if (!body_share_) return refuse(error_response(busy(), request_));
    if (wants_to_be_asked()) return say_continue();
    read_body();
  }

  bool wants_to_be_asked() const {
    const std::string* expect = request_.header("expect");
    return expect && lower_case(*expect) == "100-continue";
  }

  void upgrade() {
    std::optional<std::string> name;
    if (const std::string* text = request_.header("convex-client")) name = *text;
    auto client = sync::socket_client(request_.path, name);
    if (!client) return refuse(error_response(client.error(), request_));
    hub_->parts.sockets->accept(std::move(stream_), parser_->release(), *client);
  }

  void say_continue() {
    auto interim = std::make_shared<wire::response<wire::empty_body>>(wire::status::continue_, 11);
    wire::async_write(stream_, *interim, [self = shared_from_this(), interim](error_code e, std::size_t) {
      if (e) return self->shut_down();
      if (self->route_->stream) return self->begin_exchange();
      self->read_body();
    });
  }

  // --- requests whose body and answer go piece by piece ---

  class streamed final : public exchange {
   public:
    explicit streamed(const std::shared_ptr<connection>& c) : connection_(c), head_(c->request_), turn_(c->turn_) {}
    /// A handler that loses its exchange must not leave the client waiting.
    ~streamed() override {
      if (!answered_) answer(error_response(internal_failure("A request was dropped without an answer."), head_));
    }
    const request& head() const override { return head_; }
    void read(receiver have) override {
      on_connection([turn = turn_, have = std::move(have)](connection& c) mutable {
        if (turn == c.turn_ && c.body_) return c.body_->read(std::move(have));
        have(bad_request("RequestCutOff", "The request is over."));
      });
    }
    void respond(response r) override { answer(std::move(r)); }
    void when_gone(std::function<void()> f) override {
      on_connection([turn = turn_, f = std::move(f)](connection& c) mutable {
        if (turn != c.turn_) return;
        c.gone_ = std::move(f);
        if (c.is_gone_) c.tell_gone();
      });
    }

   private:
    void answer(response r) {
      if (answered_.exchange(true)) return;
      on_connection([turn = turn_, r = std::move(r)](connection& c) mutable { c.answer(turn, std::move(r)); });
    }
    template <class Task>
    void on_connection(Task task) {
      asio::post(connection_->stream_.get_executor(),
                 [c = connection_, task = std::move(task)]() mutable { task(*c); });
    }

    const std::shared_ptr<connection> connection_;
    const request head_;
    const std::uint64_t turn_;
    std::atomic<bool> answered_ = false;
  };

  void begin_exchange() {
    if (!parser_->keep_alive()) last_ = true;
    answered_ = false;
    is_gone_ = false;
    gone_ = nullptr;
    ++turn_;
    stream_.expires_never();
    request_body::options o;
    o.piece_within = hub_->options.piece_within;
    o.owner = [weak = weak_from_this()] { return weak.lock(); };
    o.ended = [this, turn = turn_](bool whole) {
      if (turn == turn_) whole ? watch_for_end() : tell_gone();
    };
    body_.emplace(stream_, buffer_, std::move(*parser_), std::move(o));
    wait_for_answer();
    const auto e = std::make_shared<streamed>(shared_from_this());
    body_->start();
    route_->stream(e);
  }

  /// Nothing more is to come but the end of the connection; it means that the client does not wait for the answer.
  /// The wait ends when something can be read, or could a moment ago: another thread may have read it since, and the
  /// wait of the request before may end only now. So what counts is what is there to read, and which request is on.
  void watch_for_end() {
    if (watching_ || buffer_.size() != 0) return;
    watching_ = true;
    stream_.socket().async_wait(asio::socket_base::wait_read, [weak = weak_from_this()](error_code e) {
      const auto self = weak.lock();
      if (!self) return;
      self->watching_ = false;
      if (e || !self->body_ || !self->body_->whole()) return;
      char byte = 0;
      error_code peeked;
      self->stream_.socket().non_blocking(true, peeked);
      const std::size_t n =
          self->stream_.socket().receive(asio::buffer(&byte, 1), asio::socket_base::message_peek, peeked);
      if (peeked == asio::error::would_block) return self->watch_for_end();
      if (n == 0) self->tell_gone();
    });
  }

  void tell_gone() {
    is_gone_ = true;
    last_ = true;
    if (sending_) sending_->abandon();
    if (gone_) std::exchange(gone_, nullptr)();
  }

  void send(response r) {
    response_stream::head head;
    fill_head(head, r, !last_);
    const bool bare = request_.method == "HEAD" || has_no_body(r.status);
    if (r.stream_length && !has_no_body(r.status)) {
      head.content_length(*r.stream_length);
    } else if (!has_no_body(r.status)) {
      if (http_1_0_) last_ = true, head.keep_alive(false);
      head.chunked(!http_1_0_);
    }
    if (bare) {
      r.stream->cancel();
      auto message = std::make_shared<response_stream::head>(std::move(head));
      auto serializer = std::make_shared<wire::response_serializer<wire::empty_body>>(*message);
      stream_.expires_after(hub_->options.body_within);
      return wire::async_write_header(
          stream_, *serializer,
          [self = shared_from_this(), message, serializer](error_code e, std::size_t) { self->written(!e); });
    }
    sending_ = std::make_shared<response_stream>(stream_, std::move(head), std::move(r.stream), r.stream_length,
                                                 hub_->options.body_within, [self = shared_from_this()](bool whole) {
                                                   self->sending_.reset();
                                                   self->written(whole);
                                                 });
    if (is_gone_) return sending_->abandon();
    sending_->start();
  }

  /// The answer is out, or cannot be.
  void written(bool whole) {
    if (!body_) return whole && !last_ ? read_header() : shut_down();
    if (!whole) tell_gone();  // writing may notice it before reading does
    ++turn_;                  // the exchange of this request has no say any more
    gone_ = nullptr;
    if (!whole) return close();
    body_->drain([self = shared_from_this()](bool clean) {
      self->body_.reset();
      if (!clean || self->last_) return self->shut_down();
      self->read_header();
    });
  }

  void close() {
    stream_.close();
    if (body_) body_->drain([self = shared_from_this()](bool) { self->body_.reset(); });
  }

  void read_body() {
    stream_.expires_after(hub_->options.body_within);
    if (parser_->content_length() || parser_->is_done())
      return wire::async_read(stream_, buffer_, *parser_,
                              [self = shared_from_this()](error_code e, std::size_t) { self->have_body(e); });
    parser_->eager(true);
    read_piece();
  }

  /// Of a body of which nobody knows how long it will be: what is set aside for it grows with it.
  void read_piece() {
    wire::async_read_some(stream_, buffer_, *parser_, [self = shared_from_this()](error_code e, std::size_t) {
      if (e || self->parser_->is_done()) return self->have_body(e);
      if (!self->body_share_->grow_to(self->parser_->get().body().capacity()))
        return self->refuse(error_response(busy(), self->request_));
      self->read_piece();
    });
  }

  void have_body(error_code error) {
    if (error == wire::error::body_limit) return refuse(too_large());
    if (error) return shut_down();
    stream_.expires_never();
    request_.body = std::move(parser_->get().body());
    if (!parser_->keep_alive()) last_ = true;
    answered_ = false;
    ++turn_;
    wait_for_answer();
    const auto where = route_->where;
    if (hub_->options.share_with_browsers && is_preflight(request_)) return answer(turn_, text_response(200, ""));
    if (where == where_to_run::here) return handled(turn_, run());
    auto& pool = where == where_to_run::calls ? *hub_->parts.calls : *hub_->parts.actions;
    const bool taken = pool.submit([self = shared_from_this(), turn = turn_] {
      response r = self->run();
      asio::post(self->stream_.get_executor(),
                 [self, turn, r = std::move(r)]() mutable { self->handled(turn, std::move(r)); });
    });
    if (!taken) handled(turn_, error_response(busy(), request_));
  }

  /// The handler is done with the request: its body makes room before the client hears of it.
  void handled(std::uint64_t turn, response r) {
    request_.body = std::string();
    if (r.body.size() <= large_answer) body_share_.reset();
    answer(turn, std::move(r));
  }

  /// On a pool's thread, or on the strand; the strand leaves `request_` alone until the answer is there.
  response run() {
    try {
      if (const std::string* encoding = request_.header("content-encoding")) {
        auto plain = decompress(*encoding, std::move(request_.body), route_->body_limit);
        if (!plain) return plain.error().code == "BodyTooLarge" ? too_large() : error_response(plain.error(), request_);
        request_.body = std::move(*plain);
      }
      return route_->run(request_);
    } catch (const std::exception& e) {
      return error_response(internal_failure(e.what()), request_);
    }
  }

  void wait_for_answer() {
    timer_.expires_after(hub_->options.answer_within);
    timer_.async_wait([weak = weak_from_this(), turn = turn_](error_code e) {
      const auto self = weak.lock();
      if (e || !self || self->answered_ || turn != self->turn_) return;
      self->last_ = true;  // the handler still uses the request: this connection serves no other
      self->answer(turn, error_response(408, "RequestTimeout", "The request took too long."));
    });
  }

  void answer(std::uint64_t turn, response r) {
    if (turn != turn_ || std::exchange(answered_, true)) {
      if (r.stream) r.stream->cancel();
      return;
    }
    timer_.cancel();
    write(std::move(r));
  }

  void write(response r) {
    if (hub_->options.share_with_browsers && !request_.path.starts_with("/http/")) add_cors_headers(request_, r);
    if (r.stream) return send(std::move(r));
    auto message = std::make_shared<wire::response<wire::string_body>>();
    fill_head(*message, r, !last_);
    if (!has_no_body(r.status)) message->content_length(r.body.size());
    if (request_.method != "HEAD") message->body() = std::move(r.body);
    stream_.expires_after(hub_->options.body_within);
    wire::async_write(stream_, *message,
                      [self = shared_from_this(), message](error_code e, std::size_t) { self->written(!e); });
  }

  response too_large() const {
    return error_response(413, "BodyTooLarge",
                          "The body is larger than " + std::to_string(route_->body_limit) + " bytes.");
  }

  /// Answers a request of which not everything was read; nothing can follow on this connection.
  void refuse(response r) {
    last_ = true;
    discard_ = true;
    parser_.reset();  // What has come of the body makes room before the client hears of it.
    body_share_.reset();
    write(std::move(r));
  }

  void shut_down() {
    error_code ignored;
    stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
    if (!std::exchange(discard_, false)) return stream_.close();
    // Closing with unread data would make the kernel reset the connection and lose the answer: read some of it away.
    stream_.expires_after(std::chrono::seconds(5));
    buffer_.consume(buffer_.size());
    drain();
  }

  void drain() {
    stream_.async_read_some(buffer_.prepare(64 * 1024), [self = shared_from_this()](error_code e, std::size_t n) {
      self->drained_ += n;
      if (e || self->drained_ > (64u << 20)) return self->stream_.close();
      self->drain();
    });
  }

  std::shared_ptr<connection_hub> hub_;
  beast::tcp_stream stream_;
  asio::steady_timer timer_;
  std::function<void()> closer_;
  beast::flat_buffer buffer_;
  std::optional<wire::request_parser<wire::string_body>> parser_;
  std::string peer_;  ///< Asked for once: it stays the same for all requests.
  request request_;
  std::optional<byte_room::share> body_share_;
  const route* route_ = nullptr;
  std::optional<request_body> body_;  ///< During an exchange.
  std::shared_ptr<response_stream> sending_;
  std::function<void()> gone_;
  bool is_gone_ = false;
  bool watching_ = false;
  bool http_1_0_ = false;
  std::uint64_t turn_ = 0;  ///< Counts requests, so that a late answer finds out that it is one.
  bool answered_ = false;
  bool idle_ = false;
  bool last_ = false;
  bool discard_ = false;
  std::size_t drained_ = 0;
};

}  // namespace

void serve_connection(std::shared_ptr<connection_hub> hub, asio::ip::tcp::socket socket) {
  std::make_shared<connection>(std::move(hub), std::move(socket))->start();
}

}  // namespace hull::backend::http
