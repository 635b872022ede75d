// The place where people sign in: in a real app a service of its own, here an object that knows three names.
#pragma once

#include <QtQml/qqmlregistration.h>
#include <QtCore/QJsonObject>
#include <QtCore/QObject>
#include <QtCore/QString>
#include <QtCore/QVariant>
#include <QtQml/QJSValue>

class IdentityProvider : public QObject {
  Q_OBJECT
  QML_ELEMENT
  QML_SINGLETON
  Q_PROPERTY(QString user READ user NOTIFY userChanged)
  Q_PROPERTY(QString name READ name NOTIFY userChanged)
  Q_PROPERTY(QVariantList people READ people CONSTANT)
  Q_PROPERTY(int issued READ issued NOTIFY issuedChanged)

 public:
  explicit IdentityProvider(QObject* parent = nullptr) : QObject(parent) {}

  /// "ada"; empty when nobody is signed in here.
  QString user() const { return m_user; }
  QString name() const;
  /// Who could sign in: [{user, name, email}].
  QVariantList people() const;
  /// How many tokens have been handed out.
  int issued() const { return m_issued; }

  /// Unknown users are nobody.
  Q_INVOKABLE void signIn(const QString& user);
  Q_INVOKABLE void signOut() { signIn(QString()); }
  /// Calls `answer` with a token that is good for a minute, or with null when nobody is signed in; after a while, as
  /// over a network.
  Q_INVOKABLE void requestToken(const QJSValue& answer);

 Q_SIGNALS:
  void userChanged();
  void issuedChanged();

 private:
  QString m_user;
  int m_issued = 0;
};
