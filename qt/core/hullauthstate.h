// Where signing in stands, as a value.
#pragma once

#include "hullqtglobal.h"

#include <QtCore/QMetaType>
#include <QtCore/QObject>

class HULL_QT_EXPORT HullAuthState {
  Q_GADGET
  Q_PROPERTY(bool loading MEMBER loading)
  Q_PROPERTY(bool authenticated MEMBER authenticated)
  Q_PROPERTY(bool refreshing MEMBER refreshing)

 public:
  bool loading = false;        ///< A token source was set, and the deployment has not spoken about its token yet.
  bool authenticated = false;  ///< The deployment confirmed the token. Not said of an admin key.
  bool refreshing = false;     ///< It refused a token that it had confirmed; another one is being fetched.

  friend bool operator==(const HullAuthState& a, const HullAuthState& b) {
    return a.loading == b.loading && a.authenticated == b.authenticated && a.refreshing == b.refreshing;
  }
  friend bool operator!=(const HullAuthState& a, const HullAuthState& b) { return !(a == b); }
};

Q_DECLARE_METATYPE(HullAuthState)
