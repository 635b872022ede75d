// One live query as a QML object.
#pragma once

#include "hullclient.h"
#include "hullqmlglobal.h"

#include <QtQml/qqmlregistration.h>
#include <QtCore/QObject>
#include <QtQml/QJSValue>
#include <QtQml/QQmlParserStatus>

#include <memory>

class HullLiveQuery;

class HULL_QML_EXPORT HullQuery : public QObject, public QQmlParserStatus {
  Q_OBJECT
  Q_INTERFACES(QQmlParserStatus)
  QML_ELEMENT
  Q_PROPERTY(HullClient* client READ client WRITE setClient NOTIFY clientChanged)
  Q_PROPERTY(QString query READ query WRITE setQuery NOTIFY queryChanged REQUIRED)
  Q_PROPERTY(QJSValue args READ args WRITE setArgs NOTIFY argsChanged)
  Q_PROPERTY(bool active READ isActive WRITE setActive NOTIFY activeChanged)
  Q_PROPERTY(bool keepPrevious READ keepsPrevious WRITE setKeepPrevious NOTIFY keepPreviousChanged)
  Q_PROPERTY(QJSValue initialValue READ initialValue WRITE setInitialValue NOTIFY initialValueChanged)
  Q_PROPERTY(QJSValue value READ value NOTIFY valueChanged)
  Q_PROPERTY(bool previous READ isPrevious NOTIFY previousChanged)
  Q_PROPERTY(bool loading READ isLoading NOTIFY statusChanged)
  Q_PROPERTY(Status status READ status NOTIFY statusChanged)
  Q_PROPERTY(HullError error READ error NOTIFY errorChanged)
  Q_PROPERTY(bool stale READ isStale NOTIFY staleChanged)
  Q_PROPERTY(bool optimistic READ isOptimistic NOTIFY optimisticChanged)
  Q_PROPERTY(QStringList logLines READ logLines NOTIFY logLinesChanged)

 public:
  enum Status {
    Null,  ///< No query: switched off, or something is missing.
    Loading,
    Ready,
    Error,  ///< `value` is the last good one; the next update may heal it.
  };
  Q_ENUM(Status)

  explicit HullQuery(QObject* parent = nullptr);
  ~HullQuery() override;

  /// As set, or else the nearest one above.
  HullClient* client() const;
  void setClient(HullClient* client);
  /// "messages:list".
  QString query() const;
  void setQuery(const QString& query);
  /// {} when never set; undefined switches the query off.
  QJSValue args() const { return m_args; }
  void setArgs(const QJSValue& args);
  bool isActive() const;
  void setActive(bool active);

  /// When the query or its arguments change, go on showing the value until there is one for the new question.
  bool keepsPrevious() const;
  void setKeepPrevious(bool keep);
  /// Shown as `value` until there is a result; for what a program knows already, from a cache or an earlier page.
  QJSValue initialValue() const;
  void setInitialValue(const QJSValue& value);

  /// Undefined before the first result, unless there is an initial or a previous value.
  QJSValue value() const;
  /// `value` is that of the question before.
  bool isPrevious() const;
  Status status() const;
  bool isLoading() const { return status() == Loading; }
  HullError error() const;
  /// From before a reconnect, not confirmed since.
  bool isStale() const;
  /// Contains what an optimistic update predicts.
  bool isOptimistic() const;
  /// What the function logged, "[LEVEL] text".
  QStringList logLines() const;

  void classBegin() override {}
  void componentComplete() override;

 Q_SIGNALS:
  void clientChanged();
  void queryChanged();
  void argsChanged();
  void activeChanged();
  void keepPreviousChanged();
  void initialValueChanged();
  void valueChanged();
  void previousChanged();
  void statusChanged();
  void errorChanged();
  void staleChanged();
  void optimisticChanged();
  void logLinesChanged();

 private:
  struct Announced;
  void onChanged();

  bool m_clientSet = false;
  QJSValue m_args;
  const std::unique_ptr<HullLiveQuery> m_live;
  const std::unique_ptr<Announced> m_announced;
};
