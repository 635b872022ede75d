// Values of the Qt library, made known to QML.
#pragma once

#include "hullauthstate.h"
#include "hullclient.h"
#include "hullclientoptions.h"
#include "hullconnectionstate.h"
#include "hullerror.h"
#include "hullint64.h"

#include <QtQml/qqmlregistration.h>
#include <QtCore/QObject>

/// What properties named `client` take: HullClient of QML and those that C++ made.
struct HullClientForeign {
  Q_GADGET
  QML_FOREIGN(HullClient)
  QML_ANONYMOUS
};

struct HullErrorForeign {
  Q_GADGET
  QML_FOREIGN(HullError)
  QML_VALUE_TYPE(hullError)
};

/// The kinds of errors by name: `error.kind === HullError.FunctionFailed`. QML wants a class for that beside the value.
class HullErrorKinds : public QObject {
  Q_OBJECT
  QML_NAMED_ELEMENT(HullError)
  QML_UNCREATABLE("HullError is what the property error holds")

 public:
  enum Kind {
    NoError = HullError::NoError,
    BadValue = HullError::BadValue,
    BadMessage = HullError::BadMessage,
    BadArgument = HullError::BadArgument,
    FunctionFailed = HullError::FunctionFailed,
    ConnectionLost = HullError::ConnectionLost,
    Cancelled = HullError::Cancelled,
    Closed = HullError::Closed,
    Fatal = HullError::Fatal,
    Network = HullError::Network,
    TimedOut = HullError::TimedOut,
    Unauthenticated = HullError::Unauthenticated,
    StorageFailed = HullError::StorageFailed,
  };
  Q_ENUM(Kind)
};

struct HullConnectionStateForeign {
  Q_GADGET
  QML_FOREIGN(HullConnectionState)
  QML_VALUE_TYPE(hullConnectionState)
};

struct HullAuthStateForeign {
  Q_GADGET
  QML_FOREIGN(HullAuthState)
  QML_VALUE_TYPE(hullAuthState)
};

struct HullClientOptionsForeign {
  Q_GADGET
  QML_FOREIGN(HullClientOptions)
  QML_VALUE_TYPE(hullClientOptions)
};

struct HullInt64Foreign {
  Q_GADGET
  QML_FOREIGN(HullInt64)
  QML_VALUE_TYPE(hullInt64)
};
