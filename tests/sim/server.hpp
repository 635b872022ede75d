// The deployment of a simulated world: one serve::session for each socket, over the database.
#pragma once

#include "database.hpp"
#include "stage.hpp"
#include "wire.hpp"

#include <hull/serve/session.hpp>

#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace hull::sim {

/// What the deployment thinks of a token.
struct token_info {
  std::string user;
  std::int64_t ends_at = 0;
  bool is_refused = false;
};

class connection;

class server {
 public:
  server(stage& s, database& db);
  ~server();

  void accept(const std::shared_ptr<wire>& socket);
  /// The database has a new version.
  void committed();
  /// Every session is lost; what is on disk, the memory of requests included, stays.
  void restart();
  /// A user's token is found to be expired while it serves: AuthError, and the socket is closed.
  void expire_token(const wire& socket);
  /// The server gives up on a socket: a code, and a reason.
  void close(const wire& socket, std::uint16_t code, const std::string& reason);
  /// Something that the server would never say, from a middlebox or a broken disk.
  void inject(wire& socket, std::string frame);
  std::size_t watched_queries() const;
  std::size_t connections() const noexcept { return connections_.size(); }
  const database& data() const noexcept { return database_; }
  std::int64_t wall_ms() const noexcept { return wall_base_ms + stage_.time.now(); }

  static constexpr std::int64_t wall_base_ms = 1'795'000'000'000;
  serve::session_options options;
  std::map<std::string, token_info> tokens;
  std::uint64_t refusals = 0;

 private:
  friend class connection;
  connection* find(const wire& socket) const;
  void forget(const connection* c);
  const value& parsed(const std::string& args_json);

  stage& stage_;
  database& database_;
  std::vector<std::shared_ptr<connection>> connections_;
  std::unordered_map<std::string, value> parsed_;
};

}  // namespace hull::sim
