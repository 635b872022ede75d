// Bodies of file_storage.hpp.
#pragma once

#include <hull/http/download.hpp>
#include <hull/http/file_bodies.hpp>
#include <hull/http/file_storage.hpp>
#include <hull/http/function_call.hpp>
#include <hull/http/http_calls.hpp>
#include <hull/value/json.hpp>
#include <hull/version.hpp>

#include <utility>

namespace hull {
namespace detail {

HULL_INLINE net::http_request transfer_request(const http_client_options& options, std::string url) {
  net::http_request r;
  r.url = std::move(url);
  r.headers = {{"Convex-Client", std::string("cpp-") + version}};
  r.connect_timeout = options.connect_timeout;
  r.idle_timeout = options.idle_timeout;
  return r;
}

HULL_INLINE std::shared_ptr<progress_relay> relay_for(transfer_progress tell) {
  return tell ? std::make_shared<progress_relay>(std::move(tell)) : nullptr;
}

/// From the I/O thread to whoever waits; it must never be the last to hold `calls`.
template <class T>
std::function<void(result<T>)> completion(std::weak_ptr<http_calls> calls, http_calls::call_id id, const std::shared_ptr<http_flight>& flight) {
  return [weak = std::move(calls), id, flight](result<T> outcome) {
    flight->door().post([weak, id, outcome = std::move(outcome)]() mutable {
      if (const auto home = weak.lock()) home->complete<T>(id, std::move(outcome));
    });
  };
}

HULL_INLINE result<std::string> read_upload_answer(const result<net::http_response>& response) {
  if (response.has_error()) return response.error();
  if (!response->is_success()) return describe_refusal(*response);
  const auto json = read_json(response->body);
  const value* id = json.has_value() ? json->find("storageId") : nullptr;
  if (id && id->if_string()) return id->as_string();
  return error{errc::bad_message, "Invalid response: " + response->url + " answered to an upload without a storage id.", {}, {}};
}

}  // namespace detail

HULL_INLINE file_storage::file_storage(boost::asio::any_io_executor home, http_client_options options)
    : calls_(std::make_shared<detail::http_calls>(std::move(home), std::move(options))) {}

HULL_INLINE file_storage::file_storage(file_storage&&) noexcept = default;

HULL_INLINE file_storage& file_storage::operator=(file_storage&& other) noexcept {
  if (this != &other) {
    close();
    calls_ = std::move(other.calls_);
  }
  return *this;
}

HULL_INLINE file_storage::~file_storage() { close(); }

HULL_INLINE void file_storage::close() {
  if (const auto calls = calls_) calls->close();
}

HULL_INLINE void file_storage::start_upload(std::string url, upload_content content, upload_options options,
                                            boost::asio::any_completion_handler<void(result<std::string>)> handler) {
  const auto id = calls_->begin<std::string>(std::move(handler));
  auto request = detail::transfer_request(calls_->options(), std::move(url));
  request.method = "POST";
  request.headers.emplace_back("Content-Type", std::move(options.content_type));
  request.max_body_bytes = 64 * 1024;
  const auto progress = detail::relay_for(std::move(options.on_progress));
  calls_->run(
      id,
      [calls = std::weak_ptr<detail::http_calls>(calls_), id, request = std::move(request), content = std::make_shared<upload_content>(std::move(content)),
       progress](const std::shared_ptr<detail::http_flight>& flight) {
        const auto end = detail::completion<std::string>(calls, id, flight);
        auto ready = request;
        if (auto* file = std::get_if<std::filesystem::path>(content.get())) {
          auto source = detail::file_source::open(*file);
          if (source.has_error()) return end(source.error());
          ready.source = std::move(*source);
        } else {
          ready.source = std::make_shared<detail::memory_source>(std::move(std::get<bytes>(*content)));
        }
        if (progress)
          ready.on_progress = [progress, flight](const net::http_progress& p) { progress->report(flight->door(), p.sent, p.send_total); };
        flight->send(std::move(ready), [end](const result<net::http_response>& response) { end(detail::read_upload_answer(response)); });
      },
      progress);
}

HULL_INLINE void file_storage::start_download(std::string url, download_options options,
                                              boost::asio::any_completion_handler<void(result<downloaded_bytes>)> handler) {
  const auto id = calls_->begin<downloaded_bytes>(std::move(handler));
  const auto progress = detail::relay_for(std::move(options.on_progress));
  detail::download::settings how{detail::transfer_request(calls_->options(), std::move(url)), options.max_bytes, options.max_resumes, progress};
  calls_->run(
      id,
      [calls = std::weak_ptr<detail::http_calls>(calls_), id, how = std::move(how)](const std::shared_ptr<detail::http_flight>& flight) {
        const auto target = std::make_shared<detail::memory_target>();
        const auto end = detail::completion<downloaded_bytes>(calls, id, flight);
        std::make_shared<detail::download>(flight, *target, how, [target, end](result<detail::download::facts> outcome) {
          if (outcome.has_error()) return end(outcome.error());
          end(downloaded_bytes{target->take(), std::move(outcome->content_type)});
        })->start();
      },
      progress);
}

HULL_INLINE void file_storage::start_download_file(std::string url, std::filesystem::path to, download_options options,
                                                   boost::asio::any_completion_handler<void(result<downloaded_file>)> handler) {
  const auto id = calls_->begin<downloaded_file>(std::move(handler));
  const auto progress = detail::relay_for(std::move(options.on_progress));
  detail::download::settings how{detail::transfer_request(calls_->options(), std::move(url)), options.max_bytes, options.max_resumes, progress};
  calls_->run(
      id,
      [calls = std::weak_ptr<detail::http_calls>(calls_), id, how = std::move(how), to = std::move(to)](const std::shared_ptr<detail::http_flight>& flight) {
        const auto target = std::make_shared<detail::file_target>(to);
        const auto end = detail::completion<downloaded_file>(calls, id, flight);
        std::make_shared<detail::download>(flight, *target, how, [target, end](result<detail::download::facts> outcome) {
          if (outcome.has_error()) return end(outcome.error());
          if (const auto kept = target->commit(); kept.has_error()) return end(kept.error());
          end(downloaded_file{outcome->size, std::move(outcome->content_type)});
        })->start();
      },
      progress);
}

}  // namespace hull
