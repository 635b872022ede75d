// Everything that can be set on a client, with its unit and default.
#pragma once

#include <hull/client/offline.hpp>
#include <hull/error.hpp>
#include <hull/log.hpp>
#include <hull/net/network_options.hpp>
#include <hull/sync/local_store.hpp>
#include <hull/value/value.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

namespace hull {

namespace net {
class websocket_factory;
}

/// How tokens of signed-in users are kept fresh; see client::set_auth.
struct auth_options {
  std::chrono::milliseconds refresh_leeway{10'000};   ///< How long before its end a token is replaced.
  std::chrono::milliseconds fetch_timeout{20'000};    ///< A token source that takes longer has failed.
  std::chrono::milliseconds fetch_retry{1000};        ///< Wait after the first failed fetch; doubles.
  std::chrono::milliseconds fetch_retry_max{60'000};  ///< Longest wait between fetches.
  bool reuse_initial_token = false;  ///< Trust the first token until shortly before its end; else replace it at once.
  bool expect_auth = false;          ///< Send nothing before a token source was set and has answered.
};

/// What can be set on a client, once, when it is made. The defaults suit most programs.
struct client_options {
  std::chrono::milliseconds inactivity_timeout{60'000};  ///< Reconnect when no message came for this long.
  std::chrono::milliseconds connect_timeout{15'000};     ///< For name resolution, TCP, TLS and upgrade together.
  std::chrono::milliseconds backoff_initial{1000};       ///< First wait after a close by the server.
  std::chrono::milliseconds backoff_own_close{100};      ///< First wait after a close of our own making.
  std::chrono::milliseconds backoff_overloaded{3000};    ///< First wait after the server said it was overloaded.
  std::chrono::milliseconds backoff_max{16'000};         ///< Longest wait between tries.
  std::size_t max_mutations_on_wire = 256;               ///< Unanswered mutations sent at once; more wait their turn.
  std::size_t max_message_bytes = 256u << 20;            ///< Largest frame that is read, after inflation.
  /// Text of long results that is kept, so that rows which come again are recognised instead of read again; a result
  /// beyond it is read anew each time. 0: none is kept.
  std::size_t max_remembered_bytes = 64u << 20;
  /// Offer compression of messages (permessage-deflate): a fifth of the bytes, several times the processor time.
  bool compression = false;
  std::chrono::milliseconds retention{0};  ///< How long a query stays live after its last watcher has gone.
  auth_options auth;                       ///< How tokens are kept fresh.
  tls_options tls;                         ///< Which certificates are trusted, for https addresses.
  proxy_options proxy;                     ///< The way through a proxy, if there is one.
  std::shared_ptr<result_store> results;  ///< Null: nothing is known at the start. See offline.hpp.
  std::shared_ptr<hull::outbox> outbox;   ///< Null: what was not sent when the process ends is lost. See offline.hpp.
  /// The optimistic update of a mutation that an earlier process called, by its path and arguments. May be empty.
  std::function<optimistic_update(const std::string& path, const value& args)> restored_update;
  /// What came of a mutation that an earlier process called. May be empty.
  std::function<void(const hull::outbox::entry& call, const result<value>& outcome)> on_restored;
  log_sink log;                                          ///< Empty: log nothing.
  std::shared_ptr<net::websocket_factory> sockets;       ///< Null: TCP and TLS. Tests put others here.
};

}  // namespace hull
