// HullPaginatedModel as QML sees it: starts when it is complete, finds its client, takes JavaScript arguments.
#pragma once

#include "hullpaginatedmodel.h"
#include "hullqmlglobal.h"

#include <QtQml/qqmlregistration.h>
#include <QtQml/QJSValue>
#include <QtQml/QQmlParserStatus>

class HULL_QML_EXPORT HullQmlPaginatedModel : public HullPaginatedModel, public QQmlParserStatus {
  Q_OBJECT
  Q_INTERFACES(QQmlParserStatus)
  QML_NAMED_ELEMENT(HullPaginatedModel)
  Q_PROPERTY(QJSValue args READ jsArgs WRITE setJsArgs NOTIFY argsChanged)

 public:
  explicit HullQmlPaginatedModel(QObject* parent = nullptr) : HullPaginatedModel(Held, parent) {}

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
