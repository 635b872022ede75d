// One document as a QML object with a property for each field.
#pragma once

#include "hullclient.h"
#include "hullqmlglobal.h"

#include <QtQml/qqmlregistration.h>
#include <QtCore/QObject>
#include <QtCore/QVariant>
#include <QtQml/QJSValue>
#include <QtQml/QQmlParserStatus>
#include <QtQml/QQmlPropertyMap>

#include <memory>

class HullLiveQuery;

/// Shows a query that returns one document, or null. When the document changes, the properties of `document` that
/// changed notify, and no others.
class HULL_QML_EXPORT HullObjectModel : public QObject, public QQmlParserStatus {
  Q_OBJECT
  Q_INTERFACES(QQmlParserStatus)
  QML_ELEMENT
  Q_PROPERTY(HullClient* client READ client WRITE setClient NOTIFY clientChanged)
  Q_PROPERTY(QString query READ query WRITE setQuery NOTIFY queryChanged)
  Q_PROPERTY(QJSValue args READ args WRITE setArgs NOTIFY argsChanged)
  Q_PROPERTY(bool active READ isActive WRITE setActive NOTIFY activeChanged)
  Q_PROPERTY(bool keepPrevious READ keepsPrevious WRITE setKeepPrevious NOTIFY keepPreviousChanged)
  Q_PROPERTY(QVariant document READ documentVariant CONSTANT)
  Q_PROPERTY(bool missing READ isMissing NOTIFY missingChanged)
  Q_PROPERTY(Status status READ status NOTIFY statusChanged)
  Q_PROPERTY(bool loading READ isLoading NOTIFY statusChanged)
  Q_PROPERTY(HullError error READ error NOTIFY errorChanged)

 public:
  enum Status {
    Null,  ///< No query: switched off, or something is missing.
    Loading,
    Ready,
    Error,  ///< The document is the last good one; the next update may heal it.
  };
  Q_ENUM(Status)

  explicit HullObjectModel(QObject* parent = nullptr);
  ~HullObjectModel() override;

  /// As set, or else the nearest one above.
  HullClient* client() const;
  void setClient(HullClient* client);
  /// "tasks:get".
  QString query() const;
  void setQuery(const QString& query);
  /// {} when never set; undefined switches the query off.
  QJSValue args() const { return m_args; }
  void setArgs(const QJSValue& args);
  bool isActive() const;
  void setActive(bool active);
  /// Keep showing the last document while another one is loading.
  bool keepsPrevious() const { return m_keepPrevious; }
  void setKeepPrevious(bool keep);

  /// Always the same object. A field that the document does not have, or no longer has, is undefined. Read only:
  /// documents change by mutations. The names "keys", "valueChanged", "destroyed", "deleteLater" and "QObject" are
  /// taken; get() reads such a field.
  QQmlPropertyMap* document() const;
  /// The same as QML's tools like it: they know no properties that come and go.
  QVariant documentVariant() const { return QVariant::fromValue(document()); }
  /// The deployment said that there is no such document (null).
  bool isMissing() const;
  Status status() const;
  bool isLoading() const { return status() == Loading; }
  HullError error() const;
  /// A field as it is now; undefined when there is none.
  Q_INVOKABLE QVariant get(const QString& field) const;

  void classBegin() override {}
  void componentComplete() override;

 Q_SIGNALS:
  void clientChanged();
  void queryChanged();
  void argsChanged();
  void activeChanged();
  void keepPreviousChanged();
  void missingChanged();
  void statusChanged();
  void errorChanged();

 private:
  struct Shown;
  void onChanged();
  bool showFields();

  bool m_clientSet = false;
  bool m_keepPrevious = false;
  QJSValue m_args;
  const std::unique_ptr<Shown> m_shown;
  const std::unique_ptr<HullLiveQuery> m_live;
};
