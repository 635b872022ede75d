// One HTTP request and its answer, and the connections that outlive them.
#pragma once

#include <hull/config.hpp>
#include <hull/net/connector.hpp>
#include <hull/net/erased_stream.hpp>
#include <hull/net/http.hpp>
#include <hull/net/url.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hull::net::detail {

/// Open connections that no request uses. All on one executor.
class http_pool {
 public:
  http_pool(boost::asio::any_io_executor executor, std::shared_ptr<network> shared)
      : executor_(std::move(executor)), network_(std::move(shared)) {}
  const boost::asio::any_io_executor& executor() const noexcept { return executor_; }
  const std::shared_ptr<network>& shared() const noexcept { return network_; }

  /// A connection to this origin that has been idle for no longer than `age`, and that the server has not closed as far
  /// as one can see. Null when there is none.
  std::shared_ptr<transport> take(const http_url& origin, std::chrono::milliseconds age);
  void give(const http_url& origin, std::shared_ptr<transport> connection);

 private:
  struct idle {
    http_url origin;
    std::shared_ptr<transport> connection;
    std::chrono::steady_clock::time_point since;
  };
  boost::asio::any_io_executor executor_;
  std::shared_ptr<network> network_;
  std::vector<idle> idle_;
};

class http_exchange;

/// Hands what Beast's parser finds to an exchange.
struct exchange_body {
  struct value_type {
    http_exchange* to = nullptr;
  };
  class reader {
   public:
    template <bool IsRequest, class Fields>
    reader(boost::beast::http::header<IsRequest, Fields>&, value_type& body) : body_(body) {}
    void init(const boost::optional<std::uint64_t>&, boost::system::error_code& ec) { ec = {}; }
    template <class Buffers>
    std::size_t put(const Buffers& buffers, boost::system::error_code& ec);
    void finish(boost::system::error_code& ec) { ec = {}; }

   private:
    value_type& body_;
  };
};

/// Lives until its request is over: the operations under way hold it.
class http_exchange : public std::enable_shared_from_this<http_exchange> {
 public:
  http_exchange(std::shared_ptr<http_pool> pool, http_request request, http_transport::handler done);
  void start();

  /// From the parser.
  bool on_body(std::string_view piece);

 private:
  using error_code = boost::system::error_code;
  using parser_type = boost::beast::http::response_parser<exchange_body>;

  void begin_attempt();
  void use(std::shared_ptr<transport> connection);
  std::string head() const;
  void write_some();
  void next_piece();
  void read_some();
  void on_read(error_code ec, std::size_t n);
  void parse();
  bool on_head();
  void redirect(const std::string& location);
  void on_whole_answer();
  void hang_up(const std::string& how);

  void arm(std::chrono::milliseconds time);
  void touch();
  void report_progress();
  bool is_over() const noexcept { return !done_; }
  void fail(errc code, const std::string& what);
  void finish(result<http_response> outcome);
  void drop_connection();

  std::shared_ptr<http_pool> pool_;
  http_request request_;
  http_transport::handler done_;
  boost::asio::steady_timer timer_;
  std::optional<std::chrono::steady_clock::time_point> deadline_;
  bool is_timer_waiting_ = false;
  http_url url_;
  unsigned redirects_ = 0;
  bool may_carry_credentials_ = true;

  std::shared_ptr<connector> connector_;
  std::shared_ptr<transport> connection_;  ///< Shared with the operations under way.
  unsigned attempt_ = 0;                   ///< Operations of earlier attempts are ignored.
  bool is_reused_ = false;
  bool is_retried_ = false;

  std::string outgoing_;
  std::size_t written_ = 0;                ///< Of `outgoing_`.
  bool is_sending_ = false;
  std::string write_failure_;

  boost::beast::flat_buffer incoming_;
  std::optional<parser_type> parser_;
  bool has_answer_begun_ = false;
  bool is_head_handled_ = false;
  unsigned interim_answers_ = 0;
  bool is_cut_ = false;                    ///< Enough of the body is there.
  std::optional<error> sink_failure_;
  http_response response_;
  http_progress progress_;
};

template <class Buffers>
std::size_t exchange_body::reader::put(const Buffers& buffers, boost::system::error_code& ec) {
  std::size_t taken = 0;
  ec = {};
  for (auto at = boost::asio::buffer_sequence_begin(buffers); at != boost::asio::buffer_sequence_end(buffers); ++at) {
    const boost::asio::const_buffer piece(*at);
    if (!body_.to->on_body(std::string_view(static_cast<const char*>(piece.data()), piece.size()))) {
      ec = boost::asio::error::operation_aborted;
      return taken;
    }
    taken += piece.size();
  }
  return taken;
}

}  // namespace hull::net::detail

#ifndef HULL_SEPARATE_COMPILATION
#include <hull/net/http_exchange.ipp>
#endif
