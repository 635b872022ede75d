// Where a client stands with its deployment, as a value.
#pragma once

#include "hullqtglobal.h"

#include <QtCore/QMetaType>
#include <QtCore/QObject>

class HULL_QT_EXPORT HullConnectionState {
  Q_GADGET
  Q_PROPERTY(bool connected MEMBER connected)
  Q_PROPERTY(bool hasEverConnected MEMBER hasEverConnected)
  Q_PROPERTY(int connectionCount MEMBER connectionCount)
  Q_PROPERTY(int retries MEMBER retries)
  Q_PROPERTY(int inflightMutations MEMBER inflightMutations)
  Q_PROPERTY(int inflightActions MEMBER inflightActions)
  Q_PROPERTY(int nextRetryIn MEMBER nextRetryIn)
  Q_PROPERTY(int oldestRequestAge MEMBER oldestRequestAge)

 public:
  bool connected = false;  ///< The socket is open and the handshake was sent.
  bool hasEverConnected = false;
  int connectionCount = 0;    ///< Sockets opened so far.
  int retries = 0;            ///< Failed tries since the last good connection.
  int inflightMutations = 0;  ///< Called and not yet shown by the live queries.
  int inflightActions = 0;
  int nextRetryIn = -1;  ///< Milliseconds until the next try as of the last change; -1 when none is planned.
  /// Milliseconds that the oldest unanswered mutation or action has waited when the state was read; -1 when none
  /// does. Takes no part in comparison: it differs at every look.
  int oldestRequestAge = -1;

  friend bool operator==(const HullConnectionState& a, const HullConnectionState& b) {
    return a.connected == b.connected && a.hasEverConnected == b.hasEverConnected &&
           a.connectionCount == b.connectionCount && a.retries == b.retries &&
           a.inflightMutations == b.inflightMutations && a.inflightActions == b.inflightActions &&
           a.nextRetryIn == b.nextRetryIn;
  }
  friend bool operator!=(const HullConnectionState& a, const HullConnectionState& b) { return !(a == b); }
};

Q_DECLARE_METATYPE(HullConnectionState)
