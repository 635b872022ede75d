// Signing in from QML.
#include "hullauth.h"

#include "hullattached.h"
#include "hullauthreply_p.h"
#include "hulljsbridge_p.h"

#include <QtCore/QVariant>
#include <QtQml/QJSEngine>

#include <utility>

namespace {

// Which HullAuth signed a client in last: only that one may sign it out.
constexpr const char* signedInBy = "_hull_signedInBy";

}  // namespace

HullAuth::~HullAuth() {
  disconnect(m_stateChanged);
  disconnect(m_destroyed);
  release();
}

void HullAuth::setClient(HullClient* client) {
  if (std::exchange(m_wanted, client) == client) return;
  if (m_complete) use(client ? client : HullAttached::nearestClient(this));
}

void HullAuth::componentComplete() {
  m_complete = true;
  use(m_wanted ? m_wanted.data() : HullAttached::nearestClient(this));
}

void HullAuth::use(HullClient* client) {
  if (m_client == client && m_settled) return;
  disconnect(m_stateChanged);
  disconnect(m_destroyed);
  release();
  m_client = client;
  if (client) {
    m_stateChanged = connect(client, &HullClient::authStateChanged, this, &HullAuth::update);
    m_destroyed = connect(client, &QObject::destroyed, this, &HullAuth::update);
  }
  const QPointer<HullAuth> guard(this);
  apply();
  if (!guard) return;
  // The object that signs in may come after this one: "signed out" is believed once everything is there.
  const HullAuthState now = client ? client->authState() : HullAuthState();
  if (now.loading || now.authenticated || m_settled) {
    m_settled = true;
    update();
  } else {
    QMetaObject::invokeMethod(
        this,
        [this] {
          m_settled = true;
          update();
        },
        Qt::QueuedConnection);
  }
  if (guard) Q_EMIT clientChanged();
}

void HullAuth::setFetchToken(const QJSValue& fetchToken) {
  if (m_fetchToken.strictlyEquals(fetchToken)) return;
  m_fetchToken = fetchToken;
  const QPointer<HullAuth> guard(this);
  apply();
  if (guard) Q_EMIT fetchTokenChanged();
}

void HullAuth::setToken(const QString& token) {
  if (m_token == token) return;
  m_token = token;
  const QPointer<HullAuth> guard(this);
  apply();
  if (guard) Q_EMIT tokenChanged();
}

void HullAuth::apply() {
  if (!m_complete || !m_client) return;
  if (!m_fetchToken.isCallable() && m_token.isEmpty()) return release();
  m_applied = true;
  m_client->setProperty(signedInBy, QVariant::fromValue<QObject*>(this));
  if (!m_fetchToken.isCallable()) return m_client->setToken(m_token);
  m_client->setTokenSource([guard = QPointer<HullAuth>(this)](bool forceRefresh, const HullTokenReply& reply) {
    if (guard) guard->ask(forceRefresh, reply);
  });
}

void HullAuth::release() {
  if (!std::exchange(m_applied, false) || !m_client) return;
  if (m_client->property(signedInBy).value<QObject*>() != this) return;
  m_client->setProperty(signedInBy, QVariant());
  m_client->clearAuth();
}

void HullAuth::signOut() {
  if (m_client) m_client->clearAuth();
}

void HullAuth::signIn() { apply(); }

void HullAuth::ask(bool forceRefresh, const HullTokenReply& reply) {
  QJSEngine* const engine = HullJsBridge::engineOf(this);
  if (!engine) return reply.failed(QStringLiteral("the QML engine of HullAuth is gone"));
  const QJSValue run = engine->evaluate(
      QStringLiteral("((fetch, forceRefresh, reply) => {"
                     " const failed = error => reply.reject(`fetchToken: ${error}`);"
                     " try { Promise.resolve(fetch({forceRefresh})).then(token => reply.resolve(token), failed) }"
                     " catch (error) { failed(error) } })"));
  run.call({m_fetchToken, QJSValue(forceRefresh), engine->newQObject(new HullAuthReply(reply))});
}

void HullAuth::update() {
  if (!m_settled) {
    if (!m_client || m_client->authState() == HullAuthState()) return;
    m_settled = true;
  }
  const HullAuthState before = std::exchange(m_shown, m_client ? m_client->authState() : HullAuthState());
  const HullAuthState now = m_shown;
  const QPointer<HullAuth> guard(this);
  if (before.authenticated != now.authenticated) Q_EMIT authenticatedChanged();
  if (guard && before.refreshing != now.refreshing) Q_EMIT refreshingChanged();
  if (guard && before.loading != now.loading) Q_EMIT loadingChanged();
}
