// Files of a deployment: sent to upload URLs, fetched from storage URLs, with progress.
//
// Both kinds of URL come from functions of the app (ctx.storage.generateUploadUrl, ctx.storage.getUrl). Home and
// threads are as with hull::http_client; files are read and written by the library's own thread, in small pieces.
#pragma once

#include <hull/config.hpp>
#include <hull/error.hpp>
#include <hull/http/http_options.hpp>
#include <hull/value/value.hpp>

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace hull {

namespace detail {
class http_calls;
}

/// How many bytes are through, of how many (nothing: the server does not say). On the home executor; in quick
/// succession only the newest is told. The last one before a successful end is the whole.
using transfer_progress = std::function<void(std::uint64_t done, std::optional<std::uint64_t> total)>;

/// What an upload may be given.
struct upload_options {
  /// The deployment keeps it with the file and serves it with downloads.
  std::string content_type = "application/octet-stream";
  transfer_progress on_progress;  ///< May be empty.
};

/// Limits of a download.
struct download_options {
  std::uint64_t max_bytes = 256u << 20;  ///< A longer file fails with errc::bad_message.
  /// How often a broken connection is made again to fetch the rest. Only when something had arrived; a server that
  /// cannot continue, or whose file has changed, is asked for the whole again.
  unsigned max_resumes = 3;
  transfer_progress on_progress;  ///< May be empty.
};

/// A file that was fetched into memory.
struct downloaded_bytes {
  bytes data;                ///< The whole file.
  std::string content_type;  ///< As the server says it; empty when it does not.
};

/// What is known of a file that was fetched to the disk.
struct downloaded_file {
  std::uint64_t size = 0;    ///< Bytes.
  std::string content_type;  ///< As the server says it; empty when it does not.
};

/// Errors: errc::bad_argument (a bad URL, a file that cannot be read or written), errc::network and errc::timed_out,
/// errc::function_failed and errc::unauthenticated (the deployment's answer is in the text; 404: there is no such file),
/// errc::cancelled through the cancellation slot of the completion token.
class file_storage {
 public:
  /// Sends nothing. `home` is where the completions and the progress arrive.
  explicit file_storage(boost::asio::any_io_executor home, http_client_options options = {});
  /// Transfers under way go on.
  file_storage(file_storage&&) noexcept;
  /// The transfers that were under way here end as by close().
  file_storage& operator=(file_storage&&) noexcept;
  file_storage(const file_storage&) = delete;
  file_storage& operator=(const file_storage&) = delete;
  ~file_storage();  ///< As close().

  /// Ends everything: pending transfers complete with errc::closed, unfinished files are removed. Idempotent.
  void close();

  /// Completes with result<std::string>: the storage id.
  template <class CompletionToken>
  auto upload(std::string url, bytes data, upload_options options, CompletionToken&& token) {
    return initiate_upload(std::move(url), upload_content(std::move(data)), std::move(options), std::forward<CompletionToken>(token));
  }
  /// The same for a file, which must not change meanwhile.
  template <class CompletionToken>
  auto upload_file(std::string url, std::filesystem::path file, upload_options options, CompletionToken&& token) {
    return initiate_upload(std::move(url), upload_content(std::move(file)), std::move(options), std::forward<CompletionToken>(token));
  }

  /// Completes with result<downloaded_bytes>.
  template <class CompletionToken>
  auto download(std::string url, download_options options, CompletionToken&& token) {
    return boost::asio::async_initiate<CompletionToken, void(result<downloaded_bytes>)>(
        [this](auto handler, std::string u, download_options o) { start_download(std::move(u), std::move(o), std::move(handler)); },
        token, std::move(url), std::move(options));
  }
  /// Completes with result<downloaded_file>. What arrives goes to a file beside `to` ("name.part-..."), which takes the
  /// name `to`, replacing what was there, when it is whole, and is removed when the transfer fails.
  template <class CompletionToken>
  auto download_file(std::string url, std::filesystem::path to, download_options options, CompletionToken&& token) {
    return boost::asio::async_initiate<CompletionToken, void(result<downloaded_file>)>(
        [this](auto handler, std::string u, std::filesystem::path f, download_options o) {
          start_download_file(std::move(u), std::move(f), std::move(o), std::move(handler));
        },
        token, std::move(url), std::move(to), std::move(options));
  }

 private:
  using upload_content = std::variant<bytes, std::filesystem::path>;
  template <class CompletionToken>
  auto initiate_upload(std::string url, upload_content content, upload_options options, CompletionToken&& token) {
    return boost::asio::async_initiate<CompletionToken, void(result<std::string>)>(
        [this](auto handler, std::string u, upload_content c, upload_options o) {
          start_upload(std::move(u), std::move(c), std::move(o), std::move(handler));
        },
        token, std::move(url), std::move(content), std::move(options));
  }
  void start_upload(std::string url, upload_content content, upload_options options,
                    boost::asio::any_completion_handler<void(result<std::string>)> handler);
  void start_download(std::string url, download_options options,
                      boost::asio::any_completion_handler<void(result<downloaded_bytes>)> handler);
  void start_download_file(std::string url, std::filesystem::path to, download_options options,
                           boost::asio::any_completion_handler<void(result<downloaded_file>)> handler);
  std::shared_ptr<detail::http_calls> calls_;
};

}  // namespace hull

#ifndef HULL_SEPARATE_COMPILATION
#include <hull/http/file_storage.ipp>
#endif
