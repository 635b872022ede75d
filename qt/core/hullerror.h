// Why a call or a live query failed, as a value for C++ and QML.
#pragma once

#include "hullqtglobal.h"

#include <QtCore/QMetaType>
#include <QtCore/QObject>
#include <QtCore/QString>
#include <QtCore/QStringList>
#include <QtCore/QVariant>

class HULL_QT_EXPORT HullError {
  Q_GADGET
  Q_PROPERTY(Kind kind READ kind CONSTANT)
  Q_PROPERTY(QString message READ message CONSTANT)
  Q_PROPERTY(QVariant data READ data CONSTANT)
  Q_PROPERTY(QStringList logLines READ logLines CONSTANT)
  Q_PROPERTY(bool retryable READ isRetryable CONSTANT)

 public:
  /// Classify by this, never by the text.
  enum Kind {
    NoError,
    BadValue,         ///< A value breaks the rules of Convex values.
    BadMessage,       ///< The deployment sent something that is no protocol message.
    BadArgument,      ///< The caller passed something unusable; nothing was sent.
    FunctionFailed,   ///< The function threw, or the deployment refused its arguments.
    ConnectionLost,   ///< An action was in flight when the connection dropped; its fate is unknown.
    Cancelled,        ///< The caller cancelled the call.
    Closed,           ///< The client was closed.
    Fatal,            ///< The deployment told the client to give up.
    Network,          ///< Name resolution, connect, TLS or socket failure.
    TimedOut,         ///< A deadline set by the caller passed.
    Unauthenticated,  ///< The deployment refused the token.
    StorageFailed,    ///< The keychain of the system cannot be used.
  };
  Q_ENUM(Kind)

  HullError() = default;
  HullError(Kind kind, QString message) : m_kind(kind), m_message(std::move(message)) {}
  HullError(Kind kind, QString message, QVariant data, QStringList logLines)
      : m_kind(kind), m_message(std::move(message)), m_data(std::move(data)), m_logLines(std::move(logLines)) {}

  explicit operator bool() const { return m_kind != NoError; }
  Kind kind() const { return m_kind; }
  /// What happened, where, and what to do next.
  QString message() const { return m_message; }
  /// The payload of a ConvexError; invalid (undefined) for plain errors.
  QVariant data() const { return m_data; }
  /// Lines that the failed function logged, "[LEVEL] text".
  QStringList logLines() const { return m_logLines; }
  bool isRetryable() const { return m_kind == ConnectionLost || m_kind == Network || m_kind == TimedOut; }

  friend bool operator==(const HullError& a, const HullError& b) {
    return a.m_kind == b.m_kind && a.m_message == b.m_message && a.m_data == b.m_data && a.m_logLines == b.m_logLines;
  }
  friend bool operator!=(const HullError& a, const HullError& b) { return !(a == b); }

 private:
  Kind m_kind = NoError;
  QString m_message;
  QVariant m_data;
  QStringList m_logLines;
};

Q_DECLARE_METATYPE(HullError)
