// What clients ask of the backend, one load after the other; each prints its rows.
#pragma once

#include "clients.hpp"
#include "deployment.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace hull::bench {

class loads {
 public:
  explicit loads(const deployment& backend) : backend_(backend) {}

  void queries(std::size_t clients);    ///< Over HTTP, each one executed.
  void mutations(std::size_t clients);  ///< Over sockets, each on disk before it is answered.
  /// From the call of a mutation until `watchers` sockets have its row; first of one query, then of one query each.
  void watchers(std::size_t watchers);
  void first_rows(std::size_t most);  ///< take(10) of tables with 1,000 rows up to `most`.
  /// What `connections` sockets cost, and then a subscription on each.
  void memory(std::size_t connections);

 private:
  using sockets = std::vector<std::unique_ptr<socket_client>>;

  sockets connect(std::size_t count);
  std::string fresh_text() { return "round " + std::to_string(++salt_); }
  std::string fresh_salt() { return std::to_string(++salt_); }
  /// Subscribes each; until all have their result.
  void subscribe(sockets& all, bool distinct_groups, bool distinct_salts);
  /// A row for group 1, again and again, until `expected` sockets have it. Milliseconds of each round.
  std::vector<double> rounds(int count, std::size_t expected);
  double query_once(http_client& asker, const std::string& path, const std::string& args);

  const deployment& backend_;
  asio::io_context io_{1};
  std::size_t salt_ = 0;
  std::size_t updated_ = 0;
};

}  // namespace hull::bench
