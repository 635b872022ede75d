// An action to call from QML.
#pragma once

#include "hullcallable.h"

/// See HullCallable. An action that was sent when the connection dropped fails with HullError::ConnectionLost and is
/// not sent again: whether it had an effect is unknown.
class HULL_QML_EXPORT HullAction : public HullCallable {
  Q_OBJECT
  QML_ELEMENT
  Q_PROPERTY(QString action READ action WRITE setAction NOTIFY actionChanged REQUIRED)

 public:
  explicit HullAction(QObject* parent = nullptr) : HullCallable(parent) {}

  /// "messages:summarize".
  QString action() const { return m_action; }
  void setAction(const QString& action);

 Q_SIGNALS:
  void actionChanged();

 protected:
  void start(HullClient* client, HullQmlCall* call, const QJSValue& args) override;

 private:
  QString m_action;
};
