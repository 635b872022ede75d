// The fake deployment as a QML singleton: `Deployment` of the module HullTest.
#pragma once

#include <QtQml/qqmlregistration.h>
#include <QtCore/QObject>
#include <QtCore/QString>
#include <QtCore/QStringList>

#include <memory>

class FakeDeployment;

class Deployment : public QObject {
  Q_OBJECT
  QML_ELEMENT
  QML_SINGLETON

 public:
  explicit Deployment(QObject* parent = nullptr);
  ~Deployment() override;

  /// A new deployment that knows nothing; returns its address.
  Q_INVOKABLE QString restart();
  Q_INVOKABLE void setResult(const QString& path, const QString& json);
  Q_INVOKABLE void failQuery(const QString& path, const QString& message);
  Q_INVOKABLE void holdMutations(bool hold);
  Q_INVOKABLE void failMutations(const QString& message);
  Q_INVOKABLE void goOffline(bool offline);
  Q_INVOKABLE QStringList subscriptions() const;
  Q_INVOKABLE int liveQueries() const;

 private:
  std::unique_ptr<FakeDeployment> m_deployment;
};
