// Who is signed in, in QML: where tokens come from, and where signing in stands.
#pragma once

#include "hullclient.h"
#include "hullqmlglobal.h"

#include <QtQml/qqmlregistration.h>
#include <QtCore/QMetaObject>
#include <QtCore/QObject>
#include <QtCore/QPointer>
#include <QtCore/QString>
#include <QtQml/QJSValue>
#include <QtQml/QQmlParserStatus>

/// With `fetchToken` or `token` it signs its client in, and out again when it goes; the last one that did so decides.
/// With neither it only watches. Lives on the thread of its client.
class HULL_QML_EXPORT HullAuth : public QObject, public QQmlParserStatus {
  Q_OBJECT
  Q_INTERFACES(QQmlParserStatus)
  QML_ELEMENT
  Q_PROPERTY(HullClient* client READ client WRITE setClient NOTIFY clientChanged)
  Q_PROPERTY(QJSValue fetchToken READ fetchToken WRITE setFetchToken NOTIFY fetchTokenChanged)
  Q_PROPERTY(QString token READ token WRITE setToken NOTIFY tokenChanged)
  Q_PROPERTY(bool loading READ isLoading NOTIFY loadingChanged)
  Q_PROPERTY(bool authenticated READ isAuthenticated NOTIFY authenticatedChanged)
  Q_PROPERTY(bool refreshing READ isRefreshing NOTIFY refreshingChanged)

 public:
  explicit HullAuth(QObject* parent = nullptr) : QObject(parent) {}
  /// Signs out what it signed in.
  ~HullAuth() override;

  /// As set, or else the nearest one above; null stands for that one.
  HullClient* client() const { return m_client; }
  void setClient(HullClient* client);

  /// `({forceRefresh}) => ...` returns a token, null when nobody is signed in, or a promise of either; what it throws
  /// means that no token can be had now, and it is asked again later. Asked when a token is needed: at the start,
  /// before one ends, and when the deployment refused one. With `forceRefresh` a token from a cache will not do.
  /// Another function signs in anew; null signs out.
  QJSValue fetchToken() const { return m_fetchToken; }
  void setFetchToken(const QJSValue& fetchToken);
  /// A token that cannot be renewed, instead of a function. Empty: none.
  QString token() const { return m_token; }
  void setToken(const QString& token);

  /// A token is on its way or the deployment has not confirmed it yet: neither of the two is known.
  bool isLoading() const { return m_shown.loading; }
  /// The deployment confirmed the token.
  bool isAuthenticated() const { return m_shown.authenticated; }
  /// It refused a token that it had confirmed, and another one is being fetched. Implies `authenticated`.
  bool isRefreshing() const { return m_shown.refreshing; }

  /// At once, also out of a sign-in under way. The token function is not asked again before signIn().
  Q_INVOKABLE void signOut();
  /// Asks for a token anew: after the program signed another user in.
  Q_INVOKABLE void signIn();

  void classBegin() override {}
  void componentComplete() override;

 Q_SIGNALS:
  void clientChanged();
  void fetchTokenChanged();
  void tokenChanged();
  void loadingChanged();
  void authenticatedChanged();
  void refreshingChanged();

 private:
  void use(HullClient* client);
  void apply();
  void release();
  void ask(bool forceRefresh, const HullTokenReply& reply);
  void update();

  QPointer<HullClient> m_wanted;
  QPointer<HullClient> m_client;
  QMetaObject::Connection m_stateChanged;
  QMetaObject::Connection m_destroyed;
  QJSValue m_fetchToken;
  QString m_token;
  HullAuthState m_shown{true, false, false};  // Not known before it is complete.
  bool m_complete = false;
  bool m_settled = false;
  bool m_applied = false;  // The client was signed in from here.
};
