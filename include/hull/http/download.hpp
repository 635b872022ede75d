// One download on the I/O thread: asks, and asks for the rest when the connection breaks.
#pragma once

#include <hull/config.hpp>
#include <hull/http/file_bodies.hpp>
#include <hull/http/http_flight.hpp>
#include <hull/net/http.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace hull::detail {

class download : public net::http_sink, public std::enable_shared_from_this<download> {
 public:
  struct settings {
    net::http_request request;     ///< Without sink and Range.
    std::uint64_t max_bytes = 0;
    unsigned max_resumes = 0;
    std::shared_ptr<progress_relay> progress;  ///< May be null.
  };
  /// What the first answer said.
  struct facts {
    std::uint64_t size = 0;
    std::string content_type;
  };
  using end_function = std::function<void(result<facts>)>;

  download(std::shared_ptr<http_flight> flight, download_target& target, settings how, end_function end)
      : flight_(std::move(flight)), target_(target), how_(std::move(how)), end_(std::move(end)) {}
  /// Once. `end` is called on the I/O thread.
  void start();

  result<void> begin(const net::http_response& head) override;
  result<void> write(std::string_view piece) override;

 private:
  void ask();
  void on_answer(result<net::http_response> outcome);
  void finish(result<facts> outcome);

  std::shared_ptr<http_flight> flight_;
  download_target& target_;
  settings how_;
  end_function end_;
  facts facts_;
  std::string tag_;                     ///< Strong ETag of what was begun; empty: it cannot be continued.
  std::optional<std::uint64_t> total_;
  std::uint64_t received_ = 0;          ///< In the target.
  std::uint64_t received_now_ = 0;      ///< Of the answer under way.
  unsigned resumes_ = 0;
};

}  // namespace hull::detail

#ifndef HULL_SEPARATE_COMPILATION
#include <hull/http/download.ipp>
#endif
