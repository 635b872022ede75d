// Carries what came of a token function from JavaScript to the client.
#pragma once

#include "hulltokenreply.h"

#include <QtCore/QObject>
#include <QtQml/QJSValue>

/// Belongs to JavaScript. When nothing refers to it any more, the reply goes unanswered and the fetch has failed.
class HullAuthReply : public QObject {
  Q_OBJECT

 public:
  explicit HullAuthReply(const HullTokenReply& reply) : m_reply(reply) {}

  Q_INVOKABLE void resolve(const QJSValue& token) {
    if (token.isString())
      m_reply.token(token.toString());
    else if (token.isNull() || token.isUndefined())
      m_reply.signedOut();
    else
      m_reply.failed(
          QStringLiteral("fetchToken returned something that is no text: %1").arg(token.toString().left(80)));
  }
  Q_INVOKABLE void reject(const QString& why) { m_reply.failed(why); }

 private:
  const HullTokenReply m_reply;
};
