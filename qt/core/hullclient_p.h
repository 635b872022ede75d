// The engine behind a HullClient. With the other private headers, the only place that knows the SDK.
#pragma once

#include "hullclient.h"
#include "qobjectexecutor_p.h"

#include <hull/client/client.hpp>

#include <QtCore/QPointer>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

class HULL_QT_EXPORT HullClientPrivate {
 public:
  enum class Kind { Query, Mutation, Action };

  explicit HullClientPrivate(HullClient* client) : q(client), m_home(std::make_shared<QObjectHome>(client)) {}
  static HullClientPrivate* get(HullClient* client) { return client->d.get(); }

  /// Of HullCallOptions: negative stands for none.
  static std::optional<std::chrono::milliseconds> toDeadline(int deadline) {
    if (deadline < 0) return std::nullopt;
    return std::chrono::milliseconds(deadline);
  }

  /// Starts a call that `call` reports. Failures known at once are reported from the event loop.
  void start(Kind kind, HullPendingCall* call, const QString& path, hull::result<hull::value> args,
             hull::optimistic_update optimistic = {}, std::optional<std::chrono::milliseconds> deadline = {});
  /// A call of the client that something else carries out: finishes with Closed when the client goes.
  void adopt(HullPendingCall* call);

  /// Null while there is no usable url.
  hull::client* engine() { return m_engine ? &*m_engine : nullptr; }
  const std::optional<hull::error>& failure() const { return m_failure; }
  /// Where everything about this client happens.
  QObjectExecutor executor() const { return QObjectExecutor(m_home); }
  const HullClientOptions& options() const { return m_options; }

 private:
  friend class HullClient;

  /// As whom the client speaks: at most one of the three.
  struct Auth {
    QString adminKey;
    std::optional<hull::value> actingAs;
    QString token;
    std::shared_ptr<const HullTokenSource> source;
    bool isDecided = false;  ///< The program said something, be it that nobody is signed in.
  };
  struct Held {
    Kind kind;
    std::function<void()> begin;
  };

  void reopen();
  hull::client_options engineOptions();
  void tellRestored(const std::string& path, const hull::value& args, const hull::result<hull::value>& outcome);
  void closeEngine();
  void shutDown();
  void assertThread() const;
  void setState(const hull::connection_state& state);
  void setFailure(std::optional<hull::error> failure);
  void send(Kind kind, HullPendingCall* call, std::string path, hull::value args, hull::mutation_options options);
  HullPendingCall* call(Kind kind, const QString& path, const QVariantMap& args, const HullCallOptions& options);

  void setAuth(Auth auth);
  void applyAuth();
  hull::token_source engineTokenSource() const;
  void askTokenSource(int version, bool forceRefresh, const HullTokenReply& reply);
  void publishAuth();

  HullClient* const q;
  QUrl m_url;
  HullClientOptions m_options;
  Auth m_auth;
  int m_authVersion = 0;  ///< Tells questions to an earlier token source from those to the present one.
  HullAuthState m_authState;
  bool m_held = false;
  HullConnectionState m_state;
  std::optional<hull::error> m_failure;
  std::vector<Held> m_waiting;                     // Calls made while held.
  std::vector<QPointer<HullPendingCall>> m_calls;  // To be finished when the client goes.
  std::size_t m_compactAt = 64;                    // Size of m_calls at which those that are over are dropped.
  const std::shared_ptr<QObjectHome> m_home;
  std::optional<hull::client> m_engine;
  hull::subscription m_stateSubscription;
  hull::subscription m_authSubscription;
};
