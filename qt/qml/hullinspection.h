// What a client does, as models: live queries, calls under way, optimistic layers, and how long calls took.
#pragma once

#include "hullclient.h"
#include "hullinspectionmodel.h"
#include "hullqmlglobal.h"

#include <QtQml/qqmlregistration.h>
#include <QtCore/QObject>
#include <QtCore/QString>
#include <QtQml/QQmlParserStatus>

#include <memory>

class HullInspectionPrivate;

/// Looks after commits and changes of the connection, at most once in each interval, and once a second for the ages.
/// Costs nothing while it is not active.
class HULL_QML_EXPORT HullInspection : public QObject, public QQmlParserStatus {
  Q_OBJECT
  Q_INTERFACES(QQmlParserStatus)
  QML_ELEMENT
  Q_PROPERTY(HullClient* client READ client WRITE setClient NOTIFY clientChanged)
  Q_PROPERTY(bool active READ isActive WRITE setActive NOTIFY activeChanged)
  Q_PROPERTY(int interval READ interval WRITE setInterval NOTIFY intervalChanged)
  Q_PROPERTY(int history READ history WRITE setHistory NOTIFY historyChanged)
  Q_PROPERTY(QString filter READ filter WRITE setFilter NOTIFY filterChanged)
  Q_PROPERTY(HullInspectionModel* queries READ queries CONSTANT)
  Q_PROPERTY(HullInspectionModel* calls READ calls CONSTANT)
  Q_PROPERTY(HullInspectionModel* layers READ layers CONSTANT)
  Q_PROPERTY(HullInspectionModel* finished READ finished CONSTANT)
  Q_PROPERTY(qreal transitions READ transitions NOTIFY refreshed)
  Q_PROPERTY(qreal bytesReceived READ bytesReceived NOTIFY refreshed)
  Q_PROPERTY(qreal bytesSent READ bytesSent NOTIFY refreshed)
  Q_PROPERTY(int slowest READ slowest NOTIFY refreshed)

 public:
  explicit HullInspection(QObject* parent = nullptr);
  ~HullInspection() override;

  /// As set, or else the nearest one above.
  HullClient* client() const;
  void setClient(HullClient* client);
  bool isActive() const;
  void setActive(bool active);
  /// Milliseconds between two looks.
  int interval() const;
  void setInterval(int interval);
  /// How many calls that are over it remembers.
  int history() const;
  void setHistory(int history);
  /// Only rows whose path or arguments contain this text, in whatever case.
  QString filter() const;
  void setFilter(const QString& filter);

  /// Roles: token, path, args, status ("loading", "ready" or "error"), bytes, subscribers, optimistic, stale,
  /// retained (ms, or -1), layers (how many), sinceChange (ms, or -1), error.
  HullInspectionModel* queries() const;
  /// Roles: number, kind ("mutation" or "action"), path, args, progress ("waiting", "sent" or "answered"), age (ms),
  /// optimistic.
  HullInspectionModel* calls() const;
  /// Roles: number, path, writes (texts), reads (texts).
  HullInspectionModel* layers() const;
  /// The newest first. Roles: number, kind, path, args, took (ms), ago (ms), error, share (of `slowest`, 0 to 1).
  HullInspectionModel* finished() const;
  /// Messages with results so far.
  qreal transitions() const;
  qreal bytesReceived() const;
  qreal bytesSent() const;
  /// Milliseconds of the longest call in `finished`.
  int slowest() const;

  /// What a query shows, indented; empty while there is nothing. Cut at about `limit` characters.
  Q_INVOKABLE QString valueText(const QString& token, int limit = 20000) const;
  /// The same as rich text, in colours for a dark ground.
  Q_INVOKABLE QString valueHtml(const QString& token, int limit = 20000) const;

  void classBegin() override;
  void componentComplete() override;

 public Q_SLOTS:
  /// Looks now.
  void refresh();

 Q_SIGNALS:
  void clientChanged();
  void activeChanged();
  void intervalChanged();
  void historyChanged();
  void filterChanged();
  /// It has looked.
  void refreshed();

 private:
  friend class HullInspectionPrivate;
  const std::unique_ptr<HullInspectionPrivate> d;
};
