// A client of one deployment: calls, connection state, and the root of the live queries that use it.
#pragma once

#include "hullconnectionstate.h"
#include "hullerror.h"
#include "hulllocalstore.h"
#include "hullpendingcall.h"
#include "hullqtglobal.h"

#include <QtCore/QObject>
#include <QtCore/QString>
#include <QtCore/QUrl>
#include <QtCore/QVariant>

#include <memory>

class HullClientPrivate;

/// Lives on one thread: use it there, and everything it tells arrives there. Sockets, TLS and decoding work on a
/// thread of the library.
class HULL_QT_EXPORT HullClient : public QObject {
  Q_OBJECT
  Q_PROPERTY(QUrl url READ url WRITE setUrl NOTIFY urlChanged)
  Q_PROPERTY(QString adminKey READ adminKey WRITE setAdminKey NOTIFY adminKeyChanged)
  Q_PROPERTY(bool connected READ isConnected NOTIFY connectedChanged)
  Q_PROPERTY(HullConnectionState connectionState READ connectionState NOTIFY connectionStateChanged)
  Q_PROPERTY(HullError error READ error NOTIFY errorChanged)

 public:
  explicit HullClient(QObject* parent = nullptr);
  /// Connects at once, in the background.
  explicit HullClient(const QUrl& url, QObject* parent = nullptr);
  ~HullClient() override;

  /// "http://127.0.0.1:3210" or "https://name.convex.cloud". Setting another one ends all pending calls with
  /// HullError::Closed and moves every live query over; an empty one disconnects.
  QUrl url() const;
  void setUrl(const QUrl& url);

  /// Authenticates as administrator. Empty: nobody in particular.
  QString adminKey() const;
  void setAdminKey(const QString& key);

  bool isConnected() const;
  HullConnectionState connectionState() const;
  /// Set when the url is unusable.
  HullError error() const;

  /// Finishes once every live query of this client reflects the writes. Mutations run in the order of the calls.
  HullPendingCall* mutation(const QString& path, const QVariantMap& args = {}, HullOptimisticUpdate optimistic = {});
  HullPendingCall* action(const QString& path, const QVariantMap& args = {});
  /// One-shot: the first value or error.
  HullPendingCall* query(const QString& path, const QVariantMap& args = {});

 Q_SIGNALS:
  void urlChanged();
  void adminKeyChanged();
  void connectedChanged();
  void connectionStateChanged();
  void errorChanged();
  /// The connection was made anew, for another url: live queries start over.
  void reopened(QPrivateSignal);

 protected:
  /// While held, nothing goes out: for owners that are still being set up.
  void setHeld(bool held);

 private:
  friend class HullClientPrivate;
  const std::unique_ptr<HullClientPrivate> d;
};
