// An HTTP client behind its handle.
#pragma once

#include <hull/config.hpp>
#include <hull/http/function_call.hpp>
#include <hull/http/http_calls.hpp>
#include <hull/http/http_client.hpp>
#include <hull/net/url.hpp>

#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace hull::detail {

class http_client_core final : public http_calls {
 public:
  using value_handler = boost::asio::any_completion_handler<void(result<value>)>;
  using snapshot_handler = boost::asio::any_completion_handler<void(result<http_snapshot>)>;

  http_client_core(boost::asio::any_io_executor home, const net::deployment_url& url, http_client_options options)
      : http_calls(std::move(home), std::move(options)), url_(url.text()) {}

  const std::string& url() const noexcept { return url_; }
  void authorize(std::string authorization) { authorization_ = std::move(authorization); }

  void call(function_call what, bool is_repeatable, value_handler handler);
  void mutation(function_call what, bool skip_queue, value_handler handler);
  void consistent_query(function_call what, value_handler handler);
  void take_snapshot(snapshot_handler handler);
  void forget_snapshot();

 private:
  struct queued {
    call_id id = 0;
    function_call what;
    std::string authorization;
  };

  /// The id, or 0 when the call is refused and over.
  call_id admit(const function_call& what, value_handler handler);
  void launch(call_id id, function_call what, bool is_repeatable, std::string authorization);
  void run_next_mutation();
  void fetch_snapshot(std::function<void(result<http_snapshot>)> then, call_id id);
  void on_snapshot(result<http_snapshot> taken);
  void on_over(call_id id) override;
  void on_close() override;
  net::http_request request(const std::string& endpoint, const std::string& authorization) const;

  std::string url_;
  std::string authorization_;         ///< The header's value; empty when nobody is signed in.
  std::deque<queued> queue_;
  call_id running_mutation_ = 0;
  std::optional<http_snapshot> snapshot_;
  std::vector<queued> waiting_for_snapshot_;
  bool is_taking_snapshot_ = false;
};

}  // namespace hull::detail

#ifndef HULL_SEPARATE_COMPILATION
#include <hull/http/http_client_core.ipp>
#endif
