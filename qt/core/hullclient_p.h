// The engine behind a HullClient. With the other private headers, the only place that knows the SDK.
#pragma once

#include "hullclient.h"
#include "qobjectexecutor_p.h"

#include <hull/client/client.hpp>

#include <QtCore/QPointer>

#include <functional>
#include <memory>
#include <optional>
#include <vector>

class HULL_QT_EXPORT HullClientPrivate {
 public:
  enum class Kind { Query, Mutation, Action };

  explicit HullClientPrivate(HullClient* client) : q(client) {}
  static HullClientPrivate* get(HullClient* client) { return client->d.get(); }

  /// Starts a call that `call` reports. Failures known at once are reported from the event loop.
  void start(Kind kind, HullPendingCall* call, const QString& path, hull::result<hull::value> args,
             hull::optimistic_update optimistic = {});

  /// Null while there is no usable url.
  hull::client* engine() { return m_engine ? &*m_engine : nullptr; }
  const std::optional<hull::error>& failure() const { return m_failure; }

 private:
  friend class HullClient;

  void reopen();
  void closeEngine();
  void shutDown();
  void assertThread() const;
  void setState(const hull::connection_state& state);
  void setFailure(std::optional<hull::error> failure);
  void send(Kind kind, HullPendingCall* call, std::string path, hull::value args, hull::optimistic_update optimistic);

  HullClient* const q;
  QUrl m_url;
  QString m_adminKey;
  bool m_held = false;
  HullConnectionState m_state;
  std::optional<hull::error> m_failure;
  std::vector<std::function<void()>> m_waiting;    // Calls made while held.
  std::vector<QPointer<HullPendingCall>> m_calls;  // To be finished when the client goes.
  std::shared_ptr<QObjectHome> m_home;
  std::optional<hull::client> m_engine;
  hull::subscription m_stateSubscription;
};
