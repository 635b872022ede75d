// The mock server: accepting, and what a test does with a connection.
#include "server_state.hpp"

#include <hull/protocol/codec.hpp>

#include <algorithm>
#include <cctype>
#include <utility>

namespace hull::mock {

namespace asio = boost::asio;
using boost::system::error_code;
using std::chrono::milliseconds;

const std::string* find_header(const http_headers& headers, std::string_view name) noexcept {
  const auto same_letter = [](char a, char b) {
    return std::tolower(static_cast<unsigned char>(a)) == std::tolower(static_cast<unsigned char>(b));
  };
  for (const auto& [known, text] : headers)
    if (std::equal(known.begin(), known.end(), name.begin(), name.end(), same_letter)) return &text;
  return nullptr;
}

namespace detail {

server_state::server_state(const server_options& options, session::on_ready on_ready)
    : endpoint_(asio::ip::address_v4::loopback(), options.port),
      acceptor_(context_),
      settings_(std::make_shared<socket_settings>()),
      on_ready_(std::move(on_ready)),
      faults_(options.faults) {
  if (!options.certificate_file.empty()) {
    settings_->tls = std::make_shared<asio::ssl::context>(asio::ssl::context::tls_server);
    settings_->tls->use_certificate_chain_file(options.certificate_file);
    settings_->tls->use_private_key_file(options.private_key_file, asio::ssl::context::pem);
  }
  settings_->max_http_body = options.max_http_body;
  settings_->on_http = options.on_http;
  settings_->takes_upgrade = options.takes_upgrade;
  settings_->on_frame = options.on_frame;
  settings_->on_open = options.on_open;
  settings_->on_close = options.on_close;
  listen();
  thread_ = std::thread([this] { context_.run(); });
}

void server_state::stop() {
  context_.stop();
  if (thread_.joinable()) thread_.join();
}

std::string server_state::url() const {
  return (is_secure() ? "https://127.0.0.1:" : "http://127.0.0.1:") + std::to_string(port());
}

std::shared_ptr<session> server_state::accept(milliseconds time) {
  std::unique_lock lock(mutex_);
  if (!changed_.wait_for(lock, time, [&] { return !ready_.empty(); })) return nullptr;
  auto next = std::move(ready_.front());
  ready_.pop_front();
  return next;
}

void server_state::refuse(bool refuse) {
  on_thread([&] {
    error_code ignored;
    if (refuse)
      acceptor_.close(ignored);
    else if (!acceptor_.is_open())
      listen();
  });
}

void server_state::decline(unsigned status, std::string body) {
  on_thread([&] {
    decline_with_ = status;
    decline_body_ = std::move(body);
  });
}

void server_state::set_faults(fault_schedule faults) {
  on_thread([&] {
    faults_ = std::move(faults);
    connections_ = 0;
  });
}

void server_state::for_each(const std::function<void(session&)>& what) {
  on_thread([&] {
    for (const auto& weak : sessions_)
      if (const auto s = weak.lock()) what(*s);
  });
}

std::vector<std::shared_ptr<session>> server_state::open_sessions() {
  std::vector<std::shared_ptr<session>> out;
  on_thread([&] {
    for (const auto& weak : sessions_)
      if (auto s = weak.lock(); s && s->is_open()) out.push_back(std::move(s));
  });
  return out;
}

void server_state::clog(bool clogged) {
  for_each([&](session& s) { s.clog(clogged); });
  on_thread([&] { clogged_ = clogged; });
}

void server_state::listen() {
  acceptor_.open(asio::ip::tcp::v4());
  acceptor_.set_option(asio::socket_base::reuse_address(true));
  acceptor_.bind(endpoint_);
  acceptor_.listen();
  endpoint_ = acceptor_.local_endpoint();
  accept_next();
}

fault_plan server_state::next_plan() {
  fault_plan plan = faults_ ? faults_(++connections_) : fault_plan();
  if (clogged_) plan.clog();
  if (decline_with_ != 0) plan.decline_upgrade(decline_with_, decline_body_);
  return plan;
}

void server_state::accept_next() {
  acceptor_.async_accept([this](error_code ec, asio::ip::tcp::socket socket) {
    if (ec) return;
    socket.set_option(asio::ip::tcp::no_delay(true), ec);
    fault_line faults(next_plan());
    if (faults.refused()) {
      socket.set_option(asio::socket_base::linger(true, 0), ec);  // a reset, as from a port where nobody listens
      socket.close(ec);
    } else {
      const auto s = make_session(std::move(socket), settings_, std::move(faults));
      std::erase_if(sessions_, [](const auto& weak) { return weak.expired(); });
      sessions_.push_back(s);
      s->start([this](std::shared_ptr<session> open) { ready(std::move(open)); });
    }
    accept_next();
  });
}

void server_state::ready(std::shared_ptr<session> s) {
  if (on_ready_) return on_ready_(std::move(s));
  const std::lock_guard lock(mutex_);
  ready_.push_back(std::move(s));
  changed_.notify_all();
}

}  // namespace detail

connection::connection(std::shared_ptr<detail::session> session, std::shared_ptr<detail::server_state> server,
                       milliseconds patience)
    : server_(std::move(server)), session_(std::move(session)), patience_(patience) {}
connection::~connection() = default;

std::optional<protocol::client_message> connection::receive() { return receive_within(patience_); }
std::optional<protocol::client_message> connection::receive_within(milliseconds time) {
  const auto text = session_->receive(time);
  if (!text) return std::nullopt;
  auto decoded = protocol::decode_client_message(*text);
  if (decoded.has_error()) throw unexpected("the client sent no message of the protocol: " + *text);
  return std::move(*decoded);
}
void connection::send_text(std::string frame) { session_->send(std::move(frame), nullptr); }
void connection::close(std::uint16_t code, std::string reason) { session_->close(code, std::move(reason)); }
void connection::drop() { session_->drop(); }
void connection::clog(bool clogged) { session_->clog(clogged); }
bool connection::wait_for_close() { return session_->wait_for_close(patience_); }
std::uint16_t connection::close_code() const { return session_->close_code(); }
std::string connection::target() const { return session_->target(); }
std::string connection::header(const std::string& name) const { return session_->header(name); }

mock_server::mock_server(server_options options)
    : options_(std::move(options)), state_(std::make_shared<detail::server_state>(options_)) {}
mock_server::~mock_server() { state_->stop(); }

std::string mock_server::url() const { return state_->url(); }
std::uint16_t mock_server::port() const { return state_->port(); }

std::shared_ptr<connection> mock_server::accept() {
  auto next = accept_within(options_.patience);
  if (!next) throw unexpected("expected a client to connect, but none came");
  return next;
}

std::shared_ptr<connection> mock_server::accept_within(milliseconds time) {
  auto session = state_->accept(time);
  return session ? std::make_shared<connection>(std::move(session), state_, options_.patience) : nullptr;
}

void mock_server::refuse_connections(bool refuse) { state_->refuse(refuse); }
void mock_server::decline_upgrades(unsigned status, std::string body) { state_->decline(status, std::move(body)); }
void mock_server::set_faults(fault_schedule faults) { state_->set_faults(std::move(faults)); }
void mock_server::clog(bool clogged) { state_->clog(clogged); }
bool mock_server::finish(std::uint16_t code) {
  std::vector<std::shared_ptr<detail::session>> open = state_->open_sessions();
  for (const auto& s : open) s->close(code, {});
  return std::all_of(open.begin(), open.end(), [&](const auto& s) { return s->wait_for_close(options_.patience); });
}
void mock_server::drop_all() {
  state_->for_each([](detail::session& s) { s.drop(); });
}

}  // namespace hull::mock
