// Which handler answers which method and path.
#pragma once

#include "http/message.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hull::backend::http {

enum class where_to_run {
  here,     ///< At once, on the thread of the connection.
  calls,    ///< On a thread that may block for a moment.
  actions,  ///< On a thread that may block for minutes.
};

/// Runs once per request; returns the whole answer.
using handler = std::function<response(const request&)>;

/// One request whose body and answer go piece by piece: the source is the request's body. Safe from any thread.
class exchange : public byte_source {
 public:
  virtual const request& head() const = 0;  ///< The request without its body.
  virtual void respond(response r) = 0;     ///< Once.
  /// Calls `f` when the client goes away before it has the whole answer; at most once, on a thread that must not block.
  virtual void when_gone(std::function<void()> f) = 0;
};

/// Begins to answer; must not block. The body of the request may still be on its way when the answer is not.
using streaming_handler = std::function<void(const std::shared_ptr<exchange>&)>;

struct route {
  std::string method;      ///< "*": all of them.
  std::string path;        ///< Exact, or a prefix when it ends with "/*".
  where_to_run where = where_to_run::calls;
  std::size_t body_limit = 0;
  handler run;
  streaming_handler stream = {};  ///< Instead of `run`; `where` and `body_limit` do not apply.
};

class router {
 public:
  void add(route r) { routes_.push_back(std::move(r)); }
  /// What answers when no route fits.
  void otherwise(handler h) { otherwise_.run = std::move(h); }

  /// HEAD finds the route of GET. Never null once `otherwise` was called; a path that exists with other methods only
  /// answers 405.
  const route* find(std::string_view method, std::string_view path) const;

 private:
  std::vector<route> routes_;
  route otherwise_{"", "", where_to_run::here, 64 * 1024, {}};
  route wrong_method_{"", "", where_to_run::here, 64 * 1024, [](const request& r) {
                        return error_response(405, "MethodNotAllowed", r.path + " does not take " + r.method + ".");
                      }};
};

}  // namespace hull::backend::http
