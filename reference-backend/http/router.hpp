// Which handler answers which method and path.
#pragma once

#include "http/message.hpp"

#include <cstddef>
#include <functional>
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

struct route {
  std::string method;
  std::string path;        ///< Exact, or a prefix when it ends with "/*".
  where_to_run where = where_to_run::calls;
  std::size_t body_limit = 0;
  handler run;
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
