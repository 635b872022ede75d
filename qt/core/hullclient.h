// A client of one deployment: calls, who is signed in, connection state, and the root of the live queries that use it.
#pragma once

#include "hullauthstate.h"
#include "hullcalloptions.h"
#include "hullclientoptions.h"
#include "hullconnectionstate.h"
#include "hullerror.h"
#include "hulllocalstore.h"
#include "hullpendingcall.h"
#include "hullqtglobal.h"
#include "hulltokenreply.h"

#include <QtCore/QFuture>
#include <QtCore/QObject>
#include <QtCore/QString>
#include <QtCore/QUrl>
#include <QtCore/QVariant>

#include <functional>
#include <memory>

class HullClientPrivate;

/// Lives on one thread: use it there, and everything it tells arrives there, from the event loop. Sockets, TLS and
/// decoding work on a thread of the library. Any number of clients may live on any number of threads. It may be
/// destroyed at any time, also inside its own signals and inside a token source; calls that are under way then fail
/// with HullError::Closed.
class HULL_QT_EXPORT HullClient : public QObject {
  Q_OBJECT
  Q_PROPERTY(QUrl url READ url WRITE setUrl NOTIFY urlChanged)
  Q_PROPERTY(HullClientOptions options READ options WRITE setOptions NOTIFY optionsChanged)
  Q_PROPERTY(QString adminKey READ adminKey WRITE setAdminKey NOTIFY adminKeyChanged)
  Q_PROPERTY(QString token READ token WRITE setToken NOTIFY tokenChanged)
  Q_PROPERTY(HullAuthState authState READ authState NOTIFY authStateChanged)
  Q_PROPERTY(bool connected READ isConnected NOTIFY connectedChanged)
  Q_PROPERTY(HullConnectionState connectionState READ connectionState NOTIFY connectionStateChanged)
  Q_PROPERTY(HullError error READ error NOTIFY errorChanged)

 public:
  explicit HullClient(QObject* parent = nullptr);
  /// Connects at once, in the background.
  explicit HullClient(const QUrl& url, QObject* parent = nullptr);
  ~HullClient() override;

  /// "http://127.0.0.1:3210" or "https://name.convex.cloud". Setting another one ends all pending calls with
  /// HullError::Closed and moves every live query over; who is signed in stays. An empty one disconnects.
  QUrl url() const;
  void setUrl(const QUrl& url);

  /// A change of the options makes the connection anew, like another url.
  HullClientOptions options() const;
  void setOptions(const HullClientOptions& options);

  /// Signs a user in with tokens from `source`, which is asked from the event loop: soon, whenever a token is about to
  /// end, and when the deployment refused one. Until its first answer nothing is sent, so that no query runs
  /// unauthenticated. A source that fails or does not answer is asked again, in growing intervals, while the client
  /// goes on with what it has. Replaces a token, an admin key or another source; an empty one signs out.
  void setTokenSource(HullTokenSource source);
  /// The same with a future: an empty text means that nobody is signed in, an exception that the source failed. `fetch`
  /// runs on the thread of `context`, which must not be destroyed on another thread than its own while the client
  /// lives; after its end the source fails.
  void setTokenSource(QObject* context, std::function<QFuture<QString>(bool forceRefresh)> fetch);
  /// Signs a user in with a token that cannot be renewed: when it ends, so does the sign-in. Empty: signs out, if a
  /// token had been set.
  void setToken(const QString& token);
  QString token() const;
  /// Authenticates as administrator. Empty: signs out, if a key had been set.
  void setAdminKey(const QString& key);
  QString adminKey() const;
  /// The same, acting as the user with these attributes ("subject", "issuer", ...). Attributes that are no Convex
  /// values are refused with a warning, and nobody is signed in.
  void setAdminAuth(const QString& key, const QVariantMap& actingAs);
  /// Signs out at once, whatever was set; a question to the token source that is open is forgotten.
  void clearAuth();
  HullAuthState authState() const;

  bool isConnected() const;
  /// As of the last connectionStateChanged, but for `oldestRequestAge`, which is as of now.
  HullConnectionState connectionState() const;
  /// Set when the url or a file of the options is unusable.
  HullError error() const;
  /// True while a mutation is not acknowledged: quitting now may lose it, unless there is an outbox file.
  Q_INVOKABLE bool hasUnacknowledgedMutations() const;
  /// Ends a wait for the next try to connect.
  Q_INVOKABLE void reconnectNow();

  /// Finishes once every live query of this client reflects the writes. Mutations run in the order of the calls.
  /// All three return null only when the client was destroyed meanwhile, by an object that the optimistic update
  /// reached.
  HullPendingCall* mutation(const QString& path, const QVariantMap& args = {}, HullOptimisticUpdate optimistic = {});
  HullPendingCall* mutation(const QString& path, const QVariantMap& args, const HullCallOptions& options);
  HullPendingCall* action(const QString& path, const QVariantMap& args = {}, const HullCallOptions& options = {});
  /// One-shot: the first value or error.
  HullPendingCall* query(const QString& path, const QVariantMap& args = {}, const HullCallOptions& options = {});

  /// Keeps a query live for a while (milliseconds) without a user, so that a view that opens soon finds its value.
  void prewarm(const QString& path, const QVariantMap& args = {}, int time = 5000);

 Q_SIGNALS:
  void urlChanged();
  void optionsChanged();
  void adminKeyChanged();
  void tokenChanged();
  void authStateChanged();
  void connectedChanged();
  void connectionStateChanged();
  void errorChanged();
  /// What came of a mutation that an earlier run had left in HullClientOptions::outboxFile: one for each, from the
  /// event loop. `error` is null when it succeeded; HullError::TimedOut when it had waited too long to be sent safely.
  void restoredMutationFinished(const QString& path, const QVariantMap& args, const QVariant& value,
                                const HullError& error);
  /// The connection was made anew, for another url or with other options: live queries start over.
  void reopened(QPrivateSignal);

 protected:
  /// While held, nothing goes out: for owners that are still being set up.
  void setHeld(bool held);

 private:
  friend class HullClientPrivate;
  const std::unique_ptr<HullClientPrivate> d;
};
