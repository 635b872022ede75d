// MockDeployment: a deployment in the process of a QML test. Functions are written in JavaScript, over tables in
// memory; clients talk to it over real sockets.
#pragma once

#include "hulltestglobal.h"

#include <QtQml/qqmlregistration.h>
#include <QtCore/QObject>
#include <QtCore/QString>
#include <QtCore/QUrl>
#include <QtQml/QJSValue>
#include <QtQml/QQmlParserStatus>

#include <memory>

class HullMockDeploymentPrivate;

/// Runs from completion on, or from the first use before it. Functions run on this object's thread, from the event
/// loop: while a test waits. Mistakes are JavaScript exceptions. May be destroyed at any time, in its functions too.
class HULL_QMLTEST_EXPORT HullMockDeployment : public QObject, public QQmlParserStatus {
  Q_OBJECT
  Q_INTERFACES(QQmlParserStatus)
  QML_NAMED_ELEMENT(MockDeployment)
  Q_PROPERTY(QUrl url READ url NOTIFY urlChanged)
  Q_PROPERTY(bool running READ isRunning WRITE setRunning NOTIFY runningChanged)
  Q_PROPERTY(bool offline READ isOffline WRITE setOffline NOTIFY offlineChanged)
  Q_PROPERTY(QJSValue users READ users WRITE setUsers NOTIFY usersChanged)
  Q_PROPERTY(QString adminKey READ adminKey CONSTANT)
  // These change on other threads, without signals: read them in tryVerify and tryCompare, or after them.
  Q_PROPERTY(QJSValue calls READ calls STORED false)
  Q_PROPERTY(int liveQueries READ liveQueries STORED false)
  Q_PROPERTY(int openConnections READ openConnections STORED false)

 public:
  explicit HullMockDeployment(QObject* parent = nullptr);
  ~HullMockDeployment() override;

  /// Where it listens; empty while it does not run.
  QUrl url();
  bool isRunning() const;
  /// Stopping forgets everything; starting again begins with nothing, at another url.
  void setRunning(bool running);
  /// While offline, connections are broken and new ones refused.
  bool isOffline() const;
  void setOffline(bool offline);
  /// Who each token belongs to: {token: identity}. Other tokens are refused.
  QJSValue users() const;
  void setUsers(const QJSValue& users);
  /// What a client has to show to act as admin.
  QString adminKey() const;

  /// The calls that came so far: [{kind, path, args, user, failure}], queries with each first subscription.
  QJSValue calls();
  /// Subscribed to, over all connections.
  int liveQueries();
  int openConnections();

  /// A new deployment that knows nothing, neither functions nor documents; users stay. Returns its url.
  Q_INVOKABLE QUrl restart();

  // ---- functions ----

  /// A query that returns this whatever the arguments. Live ones are told.
  Q_INVOKABLE void setResult(const QString& path, const QJSValue& value);
  /// The same from the JSON of the protocol, where {"$integer": "..."} is an Int64 and {"$bytes": "..."} is bytes.
  Q_INVOKABLE void setResultJson(const QString& path, const QString& json);
  /// A query that fails with this text.
  Q_INVOKABLE void failQuery(const QString& path, const QString& message);
  /// `run`: (args, db) => result. Runs again when a commit changes what it read. To fail, throw an Error, or any
  /// other value to fail with data.
  Q_INVOKABLE void query(const QString& path, const QJSValue& run);
  /// `run`: (args, db) => result, in a transaction that is rolled back when it throws.
  Q_INVOKABLE void mutation(const QString& path, const QJSValue& run);
  /// `run`: (args, ctx) => result or a promise of it.
  Q_INVOKABLE void action(const QString& path, const QJSValue& run);

  // ---- data ----

  /// The documents of a table as they are now, oldest first.
  Q_INVOKABLE QJSValue documents(const QString& table);
  /// Returns the new document's `_id`.
  Q_INVOKABLE QString insert(const QString& table, const QJSValue& document);
  /// `what`: (db) => anything. Changes tables in one transaction and shows the outcome to all clients in one step.
  Q_INVOKABLE void change(const QJSValue& what);
  /// A file in the storage, as text or ArrayBuffer; returns its id.
  Q_INVOKABLE QString addFile(const QJSValue& content, const QString& contentType);
  /// What was uploaded: {bytes, contentType}; null when there is no such file.
  Q_INVOKABLE QJSValue file(const QString& storageId);

  // ---- what clients do ----

  /// Those of `calls` that called this function.
  Q_INVOKABLE QJSValue callsTo(const QString& path);
  /// Waits, with the event loop turning, for a call of this function that no waitForCall has returned before, and
  /// returns it. Throws after `timeout` milliseconds.
  Q_INVOKABLE QJSValue waitForCall(const QString& path, int timeout = 5000);
  /// `calls` begins anew.
  Q_INVOKABLE void forgetCalls();

  // ---- trouble ----

  /// Mutations or actions of this path wait until released. Queries cannot be held.
  Q_INVOKABLE void hold(const QString& path);
  Q_INVOKABLE void release(const QString& path);
  /// Breaks every connection; new ones are taken.
  Q_INVOKABLE void dropConnections();
  /// Closes every connection with this code.
  Q_INVOKABLE void closeConnections(int code, const QString& reason = QString());
  /// Refuses the tokens of all who are signed in by now, as if they had expired.
  Q_INVOKABLE void expireTokens();

  void classBegin() override {}
  void componentComplete() override;

 Q_SIGNALS:
  void urlChanged();
  void runningChanged();
  void offlineChanged();
  void usersChanged();

 private:
  friend class HullMockDeploymentPrivate;
  const std::unique_ptr<HullMockDeploymentPrivate> d;
};
