// One request of fetch() and its answer, on a strand of its own.
#pragma once

#include "fetch/http_client.hpp"

#include <hull/net/connector.hpp>
#include <hull/net/erased_stream.hpp>
#include <hull/net/url.hpp>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>

#include <array>

namespace hull::backend::fetch {

/// The operations under way hold it.
class exchange : public std::enable_shared_from_this<exchange> {
 public:
  using done_handler = std::function<void(outcome<runtime::fetch_response>)>;
  /// `no_tls`: why https is not possible; empty when it is. The certificates of `network` are loaded already.
  /// `place`: let go when it is over.
  exchange(const boost::asio::any_io_executor& executor, const http_client_options& options,
           std::shared_ptr<net::network> network, std::string no_tls, runtime::fetch_request request, done_handler done,
           std::shared_ptr<void> place);
  /// Both from any thread.
  void start();
  void give_up();

 private:
  using error_code = boost::system::error_code;
  using parser_type = boost::beast::http::response_parser<boost::beast::http::buffer_body>;

  void connect();
  void on_connected(error_code ec, std::unique_ptr<net::transport> way);
  std::string head() const;
  void write(std::string text);
  void send_body();
  void send_piece(std::string piece);
  void begin_reading();
  void read_head();
  void on_head(error_code ec);
  void read_body();
  void on_body(error_code ec);
  void pump_answer();
  void touch();
  void watch();
  void fail(std::string why);
  void finish();

  boost::asio::strand<boost::asio::any_io_executor> strand_;
  const http_client_options options_;
  const std::shared_ptr<net::network> network_;
  const std::string no_tls_;
  runtime::fetch_request request_;
  done_handler done_;
  std::shared_ptr<void> place_;
  net::http_url url_;
  std::shared_ptr<net::connector> connector_;
  std::unique_ptr<net::erased_stream> stream_;
  boost::asio::steady_timer timer_;
  std::chrono::steady_clock::time_point deadline_;
  std::string outgoing_;
  bool writing_ = false;
  bool sent_all_ = false;
  boost::beast::flat_buffer incoming_;
  int informational_ = 0;  ///< Answers before the answer.
  std::optional<parser_type> parser_;
  std::shared_ptr<runtime::byte_stream> answer_;  ///< Once the head is there.
  std::string unwritten_;                         ///< Of the answer, until its reader has room.
  std::array<char, 16384> piece_;
  bool reading_body_ = false;
  bool over_ = false;
};

}  // namespace hull::backend::fetch
