// How the backend says that something did not work: as a value, until the edge turns it into HTTP or into a
// JavaScript error.
#pragma once

#include <hull/value/value.hpp>

#include <boost/system/result.hpp>

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

namespace hull::backend {

/// Whose fault it is decides who may see the text, and whether trying again can help.
enum class blame {
  user,  ///< Deterministic: the same call fails again. Becomes a catchable JavaScript error in a function.
  unauthenticated,
  forbidden,
  not_found,
  conflict,  ///< Another transaction got there first; run again on a newer snapshot.
  overload,  ///< Try again later.
  server,    ///< A fault of ours; the caller gets a text without detail.
};

/// What another transaction changed, and the function that did, if one did.
struct conflict_details {
  std::string table, source;
};

struct failure {
  blame who = blame::server;
  std::string code;                ///< Short and stable, CapitalCamelCase: "TooManyDocumentsRead".
  std::string message;             ///< For humans.
  std::optional<value> data;       ///< Payload of a ConvexError, where there is one.
  std::optional<int> status = {};  ///< Of HTTP, where it is another one than that of `who`.
  std::shared_ptr<const conflict_details> conflict = {};  ///< Null: not known, or no table of users.

  int http_status() const noexcept {
    if (status) return *status;
    switch (who) {
      case blame::user:
        return 400;
      case blame::unauthenticated:
        return 401;
      case blame::forbidden:
        return 403;
      case blame::not_found:
        return 404;
      case blame::conflict:
      case blame::overload:
        return 503;
      case blame::server:
        return 500;
    }
    return 500;
  }
  bool deterministic() const noexcept {
    return who == blame::user || who == blame::unauthenticated || who == blame::forbidden;
  }
};

inline failure bad_request(std::string code, std::string message) {
  return failure{blame::user, std::move(code), std::move(message), std::nullopt};
}
inline failure internal_failure(std::string message) {
  return failure{blame::server, "InternalServerError", std::move(message), std::nullopt};
}

class failure_exception : public std::runtime_error {
 public:
  explicit failure_exception(failure f) : std::runtime_error(f.message), failure_(std::move(f)) {}
  const failure& get() const noexcept { return failure_; }

 private:
  failure failure_;
};

[[noreturn]] inline void throw_exception_from_error(const failure& f, const boost::source_location&) {
  throw failure_exception(f);
}

/// A T or the reason why there is none.
template <class T>
using outcome = boost::system::result<T, failure>;

}  // namespace hull::backend
