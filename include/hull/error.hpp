// Errors as values: one code, one text, and what else the other side told us.
#pragma once

#include <hull/value/value.hpp>

#include <boost/system/result.hpp>

#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hull {

/// Why a call, a query or a decode failed. Classify with the predicates of `error`, never by text.
enum class errc {
  bad_value = 1,       ///< A value or its JSON text breaks the rules of Convex values.
  bad_message,         ///< The other side sent something that is no protocol message.
  bad_argument,        ///< The caller passed something unusable; nothing was sent.
  function_failed,     ///< The function threw, or its arguments were refused by the deployment.
  connection_lost,     ///< An action was in flight when the connection dropped; its fate is unknown.
  cancelled,           ///< The caller cancelled the call.
  closed,              ///< The client was closed.
  fatal,               ///< The deployment told the client to give up.
  network,             ///< Name resolution, connect, TLS or socket failure.
  timed_out,           ///< A deadline set by the caller passed.
  unauthenticated,     ///< The deployment refused the token.
};

/// Stable text for logs, for example "function_failed".
constexpr std::string_view to_string(errc code) noexcept {
  switch (code) {
    case errc::bad_value: return "bad_value";
    case errc::bad_message: return "bad_message";
    case errc::bad_argument: return "bad_argument";
    case errc::function_failed: return "function_failed";
    case errc::connection_lost: return "connection_lost";
    case errc::cancelled: return "cancelled";
    case errc::closed: return "closed";
    case errc::fatal: return "fatal";
    case errc::network: return "network";
    case errc::timed_out: return "timed_out";
    case errc::unauthenticated: return "unauthenticated";
  }
  return "unknown";
}

/// An expected failure. Cheap to move; copying shares the payload of `data`.
struct error {
  errc code = errc::bad_argument;      ///< The class of the failure, for programs to decide by.
  std::string message;                 ///< What happened, where, and what to do next.
  std::optional<value> data;           ///< The payload of a ConvexError; absent for plain errors.
  std::vector<std::string> log_lines;  ///< Lines that the failed function logged, "[LEVEL] text".

  /// The call itself is at fault: the function threw, or refused its arguments. The same call fails again.
  bool is_user_fault() const noexcept {
    return code == errc::function_failed || code == errc::bad_argument || code == errc::bad_value;
  }
  /// The token was refused: sign in again.
  bool is_auth() const noexcept { return code == errc::unauthenticated; }
  /// The call was ended from this side, or the client has given up: there is nothing to try again.
  bool is_closed() const noexcept { return code == errc::closed || code == errc::cancelled || code == errc::fatal; }
  /// The same call may succeed later. It may also have taken effect already: see the call whether it can be repeated.
  bool is_retryable() const noexcept {
    return code == errc::connection_lost || code == errc::network || code == errc::timed_out;
  }
};

/// What `result<T>::value()` throws when it holds an error.
class error_exception : public std::runtime_error {
 public:
  /// `what()` is the message of the error.
  explicit error_exception(error e) : std::runtime_error(e.message), error_(std::move(e)) {}
  /// The error, as long as the exception lives.
  const error& get() const noexcept { return error_; }

 private:
  error error_;
};

/// Found by boost::system::result through argument-dependent look-up.
[[noreturn]] inline void throw_exception_from_error(const error& e, const boost::source_location&) {
  throw error_exception(e);
}

/// A T or the reason why there is none.
template <class T>
using result = boost::system::result<T, error>;

}  // namespace hull
