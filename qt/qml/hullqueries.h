// Several live queries under names of one's own, as one QML object.
#pragma once

#include "hullclient.h"
#include "hullqmlglobal.h"

#include <QtQml/qqmlregistration.h>
#include <QtCore/QObject>
#include <QtQml/QJSValue>
#include <QtQml/QQmlParserStatus>

#include <memory>

class HullQueriesPrivate;

/// All of one commit shows at once: one result never belongs to another moment than its neighbours. Lives on the
/// thread of its client; may be destroyed inside its own signals.
class HULL_QML_EXPORT HullQueries : public QObject, public QQmlParserStatus {
  Q_OBJECT
  Q_INTERFACES(QQmlParserStatus)
  QML_ELEMENT
  Q_PROPERTY(HullClient* client READ client WRITE setClient NOTIFY clientChanged)
  Q_PROPERTY(QJSValue queries READ queries WRITE setQueries NOTIFY queriesChanged REQUIRED)
  Q_PROPERTY(bool active READ isActive WRITE setActive NOTIFY activeChanged)
  Q_PROPERTY(bool keepPrevious READ keepsPrevious WRITE setKeepPrevious NOTIFY keepPreviousChanged)
  Q_PROPERTY(QJSValue results READ results NOTIFY resultsChanged)
  Q_PROPERTY(QJSValue errors READ errors NOTIFY errorsChanged)
  Q_PROPERTY(QJSValue statuses READ statuses NOTIFY statusesChanged)
  Q_PROPERTY(Status status READ status NOTIFY statusChanged)

 public:
  enum Status {
    Null,     ///< Nothing is asked for.
    Loading,  ///< Of all: some query is, and none has failed.
    Ready,    ///< Of all: every query that is asked for.
    Error,    ///< Of all: some query has failed.
  };
  Q_ENUM(Status)

  explicit HullQueries(QObject* parent = nullptr);
  ~HullQueries() override;

  /// As set, or else the nearest one above. A change moves the queries over to the other client.
  HullClient* client() const;
  void setClient(HullClient* client);
  /// {name: {query: "messages:list", args: {...}, keepPrevious: false}}. A name that is undefined or null, or whose
  /// `args` are set to undefined, asks for nothing. Equal queries in another object stay as they are.
  QJSValue queries() const;
  void setQueries(const QJSValue& queries);
  bool isActive() const;
  void setActive(bool active);
  /// When a name gets another query, show the value of the one before until there is a result. For names that do not
  /// say it themselves.
  bool keepsPrevious() const;
  void setKeepPrevious(bool keep);

  /// {name: value}, undefined for those without one. The same object until something in it changes.
  QJSValue results() const;
  /// {name: HullError} of those that failed. Their last good values stay in `results`.
  QJSValue errors() const;
  /// {name: Status}.
  QJSValue statuses() const;
  Status status() const;

  void classBegin() override {}
  void componentComplete() override;

 Q_SIGNALS:
  void clientChanged();
  void queriesChanged();
  void activeChanged();
  void keepPreviousChanged();
  void resultsChanged();
  void errorsChanged();
  void statusesChanged();
  void statusChanged();

 private:
  friend class HullQueriesPrivate;
  const std::unique_ptr<HullQueriesPrivate> d;
};
