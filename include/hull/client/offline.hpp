// What a client can keep beyond its own life: last known results, and mutations that have not arrived yet. Both are
// interfaces, both are off unless client_options names one. Implementations over files are in <hull/offline/...>.
#pragma once

#include <hull/error.hpp>
#include <hull/protocol/types.hpp>
#include <hull/value/value.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hull {

/// Last known results of queries, shown at the start and marked stale until the deployment speaks. A store belongs
/// to one user of one deployment: results of one user must never be shown to another, so give each a store of
/// its own. The client calls it from its home executor (`load`) and from the I/O thread (`save`), at the same time.
class result_store {
 public:
  virtual ~result_store() = default;
  /// The result stored under this canonical query token (see query_token). Called when the first watcher of a query
  /// comes, so it must be quick.
  virtual std::optional<value> load(std::string_view token) = 0;
  /// The deployment sent this result. Failures are the store's to bear: a lost result is asked for again.
  virtual void save(std::string_view token, const value& result) = 0;
};

/// Mutations that survive the process. The server executes each at most once per (session, request id) for as long
/// as it remembers the session (14 days), which is why session, ids and mutations are kept together.
/// One client at a time. `load` is called once per client, before all else, on the home executor; the others on the
/// I/O thread. `release` is the last call of a client; another client may follow then.
class outbox {
 public:
  /// A recorded mutation.
  struct entry {
    protocol::request_id request = 0;  ///< Its id within the session.
    std::string path;                  ///< As the caller wrote it.
    value args;                        ///< The one argument object.
    std::int64_t recorded_at_ms = 0;  ///< Time of day, milliseconds since the Unix epoch.
  };
  /// All that a client takes over when it starts.
  struct content {
    std::string session_id;                 ///< The session in which the mutations were called, and are sent again.
    protocol::request_id next_request = 0;  ///< Larger than any that was ever recorded in this session.
    std::vector<entry> entries;             ///< Not over yet, in the order of the calls.
    std::vector<entry> expired;             ///< Older than the server's memory: sending them could do them twice.
  };
  virtual ~outbox() = default;
  /// What an earlier client left. A new box begins the session `fresh_session_id`. Fails while the box is in use.
  virtual result<content> load(const std::string& fresh_session_id) = 0;
  /// Returns when the mutation will survive a crash of the machine; it is sent only afterwards.
  virtual result<void> record(const entry& e) = 0;
  /// The mutation is over.
  virtual void forget(protocol::request_id request) = 0;
  /// The client that loaded the box is gone.
  virtual void release() {}
};

}  // namespace hull
