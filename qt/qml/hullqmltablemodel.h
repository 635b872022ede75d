// HullTableModel as QML sees it: starts when it is complete, finds its client, takes JavaScript arguments.
#pragma once

#include "hullqmlglobal.h"
#include "hulltablemodel.h"

#include <QtQml/qqmlregistration.h>
#include <QtQml/QJSValue>
#include <QtQml/QQmlParserStatus>

class HULL_QML_EXPORT HullQmlTableModel : public HullTableModel, public QQmlParserStatus {
  Q_OBJECT
  Q_INTERFACES(QQmlParserStatus)
  QML_NAMED_ELEMENT(HullTableModel)
  Q_PROPERTY(QJSValue args READ jsArgs WRITE setJsArgs NOTIFY argsChanged)

 public:
  explicit HullQmlTableModel(QObject* parent = nullptr) : HullTableModel(Held, parent) {}

  void setClient(HullClient* client) override;
  /// {} when never set; undefined switches the query off.
  QJSValue jsArgs() const { return m_args; }
  void setJsArgs(const QJSValue& args);

  void classBegin() override {}
  void componentComplete() override;

 Q_SIGNALS:
  void argsChanged();

 private:
  bool m_clientSet = false;
  QJSValue m_args;
};
