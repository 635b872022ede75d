// Where a client stands with its deployment, one property each.
#pragma once

#include "hullclient.h"
#include "hullqmlglobal.h"

#include <QtQml/qqmlregistration.h>
#include <QtCore/QMetaObject>
#include <QtCore/QObject>
#include <QtCore/QPointer>
#include <QtQml/QQmlParserStatus>

class HULL_QML_EXPORT HullConnection : public QObject, public QQmlParserStatus {
  Q_OBJECT
  Q_INTERFACES(QQmlParserStatus)
  QML_ELEMENT
  Q_PROPERTY(HullClient* client READ client WRITE setClient NOTIFY clientChanged)
  Q_PROPERTY(bool connected READ isConnected NOTIFY connectedChanged)
  Q_PROPERTY(bool hasEverConnected READ hasEverConnected NOTIFY hasEverConnectedChanged)
  Q_PROPERTY(int connectionCount READ connectionCount NOTIFY connectionCountChanged)
  Q_PROPERTY(int retries READ retries NOTIFY retriesChanged)
  Q_PROPERTY(int inflightMutations READ inflightMutations NOTIFY inflightMutationsChanged)
  Q_PROPERTY(int inflightActions READ inflightActions NOTIFY inflightActionsChanged)
  Q_PROPERTY(int nextRetryIn READ nextRetryIn NOTIFY nextRetryInChanged)
  Q_PROPERTY(int oldestRequestAge READ oldestRequestAge NOTIFY oldestRequestAgeChanged)

 public:
  explicit HullConnection(QObject* parent = nullptr) : QObject(parent) {}

  /// As set, or else the nearest one above; null stands for that one.
  HullClient* client() const { return m_client; }
  void setClient(HullClient* client);

  bool isConnected() const { return m_state.connected; }
  bool hasEverConnected() const { return m_state.hasEverConnected; }
  /// Sockets opened so far.
  int connectionCount() const { return m_state.connectionCount; }
  /// Failed tries since the last good connection.
  int retries() const { return m_state.retries; }
  /// Called and not yet shown by the live queries.
  int inflightMutations() const { return m_state.inflightMutations; }
  int inflightActions() const { return m_state.inflightActions; }
  /// Milliseconds until the next try as of the last change; -1 when none is planned.
  int nextRetryIn() const { return m_state.nextRetryIn; }

  /// Milliseconds that the oldest unanswered mutation or action has waited by now; -1 when none does. The signal comes
  /// with the other changes, not with time: read it from a timer.
  int oldestRequestAge() const { return m_client ? m_client->connectionState().oldestRequestAge : -1; }

  /// Ends a wait for the next try to connect.
  Q_INVOKABLE void reconnectNow();

  void classBegin() override {}
  void componentComplete() override;

 Q_SIGNALS:
  void clientChanged();
  void connectedChanged();
  void hasEverConnectedChanged();
  void connectionCountChanged();
  void retriesChanged();
  void inflightMutationsChanged();
  void inflightActionsChanged();
  void nextRetryInChanged();
  void oldestRequestAgeChanged();

 private:
  void use(HullClient* client);
  void update();

  bool m_complete = false;
  QPointer<HullClient> m_wanted;
  QPointer<HullClient> m_client;
  QMetaObject::Connection m_stateChanged;
  QMetaObject::Connection m_destroyed;
  HullConnectionState m_state;
};
