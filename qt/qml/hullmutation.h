// A mutation to call from QML, with an optimistic update in JavaScript.
#pragma once

#include "hullcallable.h"

/// See HullCallable. Mutations of one client run in the order of the calls, and wait while there is no connection.
class HULL_QML_EXPORT HullMutation : public HullCallable {
  Q_OBJECT
  QML_ELEMENT
  Q_PROPERTY(QString mutation READ mutation WRITE setMutation NOTIFY mutationChanged REQUIRED)
  Q_PROPERTY(QJSValue optimisticUpdate READ optimisticUpdate WRITE setOptimisticUpdate NOTIFY optimisticUpdateChanged)

 public:
  explicit HullMutation(QObject* parent = nullptr) : HullCallable(parent) {}

  /// "messages:send".
  QString mutation() const { return m_mutation; }
  void setMutation(const QString& mutation);
  /// `(store, args) => { ... }`: runs at once and again whenever results change, until the deployment answered.
  /// Can be given once; a second one is ignored with a warning, since calls under way still use the first.
  QJSValue optimisticUpdate() const { return m_optimisticUpdate; }
  void setOptimisticUpdate(const QJSValue& update);

 Q_SIGNALS:
  void mutationChanged();
  void optimisticUpdateChanged();

 protected:
  void start(HullClient* client, HullQmlCall* call, const QJSValue& args) override;

 private:
  QString m_mutation;
  QJSValue m_optimisticUpdate;
};
