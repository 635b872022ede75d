// HullClientPrivate: as whom the client speaks. What was set outlives the engine and goes over to the next one.
#include "hullclient_p.h"

#include "hulllogging_p.h"
#include "hulltokenreply_p.h"
#include "hullvaluebridge_p.h"

#include <QtCore/QFutureWatcher>

#include <exception>

namespace {

void answer(const HullTokenReply& reply, QFuture<QString> future) {
  try {
    future.waitForFinished();  // It is over: this throws what it holds.
    if (future.resultCount() == 0) return reply.failed(QStringLiteral("the future of the token source was cancelled"));
    reply.token(future.result());
  } catch (const std::exception& refused) {
    reply.failed(QString::fromUtf8(refused.what()));
  } catch (...) {
    reply.failed(QStringLiteral("the future of the token source holds something that is no std::exception"));
  }
}

// Starts fetching, in the context's thread, and answers when the future is over. A watcher, because the context of a
// continuation must not go before the future (Qt 6.4); the watcher goes with it, and drops the reply.
void fetchInContext(QObject* context, const std::function<QFuture<QString>(bool)>& fetch, bool forceRefresh,
                    const HullTokenReply& reply) {
  const QPointer<QObject> guard(context);
  QFuture<QString> future;
  try {
    future = fetch(forceRefresh);
  } catch (const std::exception& refused) {
    return reply.failed(QString::fromUtf8(refused.what()));
  } catch (...) {
    return reply.failed(QStringLiteral("the token source threw something that is no std::exception"));
  }
  if (!guard) return;
  auto* watcher = new QFutureWatcher<QString>(context);
  QObject::connect(watcher, &QFutureWatcherBase::finished, context, [watcher, reply] {
    watcher->deleteLater();
    answer(reply, watcher->future());
  });
  watcher->setFuture(future);
}

}  // namespace

void HullClient::setTokenSource(HullTokenSource source) {
  if (!source) return clearAuth();
  HullClientPrivate::Auth auth;
  auth.source = std::make_shared<const HullTokenSource>(std::move(source));
  d->setAuth(std::move(auth));
}

void HullClient::setTokenSource(QObject* context, std::function<QFuture<QString>(bool)> fetch) {
  if (!context || !fetch) return clearAuth();
  setTokenSource([context = QPointer(context), fetch = std::move(fetch)](bool force, const HullTokenReply& reply) {
    if (!context) return reply.failed(QStringLiteral("the context of the token source is gone"));
    QMetaObject::invokeMethod(
        context, [context, fetch, force, reply] { fetchInContext(context, fetch, force, reply); }, Qt::AutoConnection);
  });
}

void HullClient::setToken(const QString& token) {
  if (d->m_auth.token == token) return;
  if (token.isEmpty()) return clearAuth();
  HullClientPrivate::Auth auth;
  auth.token = token;
  d->setAuth(std::move(auth));
}

QString HullClient::token() const { return d->m_auth.token; }

void HullClient::setAdminKey(const QString& key) {
  if (d->m_auth.adminKey == key && !d->m_auth.actingAs) return;
  if (key.isEmpty()) return clearAuth();
  HullClientPrivate::Auth auth;
  auth.adminKey = key;
  d->setAuth(std::move(auth));
}

QString HullClient::adminKey() const { return d->m_auth.adminKey; }

void HullClient::setAdminAuth(const QString& key, const QVariantMap& actingAs) {
  if (key.isEmpty()) return clearAuth();
  auto attributes = HullValueBridge::fromVariant(actingAs);
  if (!attributes) {
    // Without the attributes it would speak as an administrator with all rights: nobody is the safer choice.
    qCWarning(lcHullAuth, "setAdminAuth: %s", attributes.error().message.c_str());
    return clearAuth();
  }
  HullClientPrivate::Auth auth;
  auth.adminKey = key;
  auth.actingAs = *std::move(attributes);
  d->setAuth(std::move(auth));
}

void HullClient::clearAuth() { d->setAuth({}); }

HullAuthState HullClient::authState() const { return d->m_authState; }

void HullClientPrivate::setAuth(Auth auth) {
  assertThread();
  const bool keyChanged = m_auth.adminKey != auth.adminKey;
  const bool tokenChanged = m_auth.token != auth.token;
  auth.isDecided = true;
  // A source may own whatever it likes, also things whose end comes back here.
  const Auth before = std::exchange(m_auth, std::move(auth));
  const QPointer<HullClient> guard(q);
  applyAuth();
  if (guard) publishAuth();
  if (guard && keyChanged) Q_EMIT q->adminKeyChanged();
  if (guard && tokenChanged) Q_EMIT q->tokenChanged();
}

void HullClientPrivate::applyAuth() {
  ++m_authVersion;
  if (!m_engine) return;
  if (!m_auth.adminKey.isEmpty())
    m_engine->set_admin_auth(m_auth.adminKey.toStdString(), m_auth.actingAs);
  else if (!m_auth.token.isEmpty())
    m_engine->set_auth(m_auth.token.toStdString());
  else if (m_auth.source)
    m_engine->set_auth(engineTokenSource());
  else
    m_engine->clear_auth();
}

// The engine asks in the middle of its work; the program's function runs later, from the event loop, where it may do
// as it likes with the client.
hull::token_source HullClientPrivate::engineTokenSource() const {
  return [guard = QPointer(q), version = m_authVersion](const hull::token_request& question,
                                                        hull::token_answer answer) {
    const HullTokenReply reply(std::make_shared<const HullTokenReplyPrivate>(std::move(answer)));
    if (!guard) return;
    QMetaObject::invokeMethod(
        guard.data(),
        [guard, version, force = question.force_refresh, reply] { guard->d->askTokenSource(version, force, reply); },
        Qt::QueuedConnection);
  };
}

void HullClientPrivate::askTokenSource(int version, bool forceRefresh, const HullTokenReply& reply) {
  if (version != m_authVersion || !m_auth.source) return;  // Signed out meanwhile: nobody waits for the answer.
  const std::shared_ptr<const HullTokenSource> ask = m_auth.source;  // It may replace itself while it runs.
  try {
    (*ask)(forceRefresh, reply);
  } catch (const std::exception& refused) {
    reply.failed(QString::fromUtf8(refused.what()));
  } catch (...) {
    reply.failed(QStringLiteral("the token source threw something that is no std::exception"));
  }
}

void HullClientPrivate::publishAuth() {
  HullAuthState next;
  if (m_engine) {
    const hull::auth_state now = m_engine->auth();
    next.loading = now.is_loading;
    next.authenticated = now.is_authenticated;
    next.refreshing = now.is_refreshing;
  } else {
    next.loading = m_auth.source != nullptr || !m_auth.token.isEmpty();  // It will be asked once there is a url.
  }
  if (m_authState == next) return;
  m_authState = next;
  Q_EMIT q->authStateChanged();
}
