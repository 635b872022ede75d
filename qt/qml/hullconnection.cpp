// Connection state in QML.
#include "hullconnection.h"

#include "hullattached.h"

#include <utility>

void HullConnection::setClient(HullClient* client) {
  m_wanted = client;
  if (client || m_complete) use(client ? client : HullAttached::nearestClient(this));
}

void HullConnection::componentComplete() {
  m_complete = true;
  if (!m_wanted) use(HullAttached::nearestClient(this));
}

void HullConnection::reconnectNow() {
  if (m_client) m_client->reconnectNow();
}

void HullConnection::use(HullClient* client) {
  if (m_client == client) return;
  disconnect(m_stateChanged);
  disconnect(m_destroyed);
  m_client = client;
  if (client) {
    m_stateChanged = connect(client, &HullClient::connectionStateChanged, this, &HullConnection::update);
    m_destroyed = connect(client, &QObject::destroyed, this, &HullConnection::update);
  }
  update();
  Q_EMIT clientChanged();
}

void HullConnection::update() {
  const HullConnectionState old =
      std::exchange(m_state, m_client ? m_client->connectionState() : HullConnectionState());
  const QPointer<HullConnection> guard(this);
  const auto tell = [&](auto member, auto signal) {
    if (guard && old.*member != m_state.*member) Q_EMIT(this->*signal)();
  };
  using State = HullConnectionState;
  tell(&State::hasEverConnected, &HullConnection::hasEverConnectedChanged);
  tell(&State::connectionCount, &HullConnection::connectionCountChanged);
  tell(&State::retries, &HullConnection::retriesChanged);
  tell(&State::inflightMutations, &HullConnection::inflightMutationsChanged);
  tell(&State::inflightActions, &HullConnection::inflightActionsChanged);
  tell(&State::nextRetryIn, &HullConnection::nextRetryInChanged);
  tell(&State::connected, &HullConnection::connectedChanged);
  if (guard) Q_EMIT oldestRequestAgeChanged();
}
