// One live query for C++: a value that stays current, with signals.
#pragma once

#include "hullclient.h"
#include "hullerror.h"
#include "hullqtglobal.h"

#include <QtCore/QObject>
#include <QtCore/QStringList>
#include <QtCore/QVariant>

#include <memory>

class HullWatcherPrivate;

/// Lives on the thread of its client. Everything may change at any time; changes made in one go lead to one new
/// subscription, from the event loop. Equal queries of one client share one subscription at the deployment. It may be
/// destroyed at any time, also inside its own signals, and may outlive its client: its status is then Null.
class HULL_QT_EXPORT HullWatcher : public QObject {
  Q_OBJECT
  Q_PROPERTY(HullClient* client READ client WRITE setClient NOTIFY clientChanged)
  Q_PROPERTY(QString query READ query WRITE setQuery NOTIFY queryChanged)
  Q_PROPERTY(QVariantMap args READ args WRITE setArgs NOTIFY argsChanged)
  Q_PROPERTY(bool active READ isActive WRITE setActive NOTIFY activeChanged)
  Q_PROPERTY(bool keepPrevious READ keepsPrevious WRITE setKeepPrevious NOTIFY keepPreviousChanged)
  Q_PROPERTY(QVariant value READ value NOTIFY valueChanged)
  Q_PROPERTY(Status status READ status NOTIFY statusChanged)
  Q_PROPERTY(HullError error READ error NOTIFY errorChanged)
  Q_PROPERTY(bool previous READ isPrevious NOTIFY previousChanged)
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

  explicit HullWatcher(QObject* parent = nullptr);
  HullWatcher(HullClient* client, const QString& query, const QVariantMap& args = {}, QObject* parent = nullptr);
  ~HullWatcher() override;

  HullClient* client() const;
  void setClient(HullClient* client);
  /// "messages:list".
  QString query() const;
  void setQuery(const QString& query);
  /// Arguments that are no Convex values show as an error that names the place.
  QVariantMap args() const;
  void setArgs(const QVariantMap& args);
  /// Off: no subscription, no value.
  bool isActive() const;
  void setActive(bool active);
  /// While a new query or new arguments load, the last value stays.
  bool keepsPrevious() const;
  void setKeepPrevious(bool keep);
  /// Shown while the first result loads. An invalid one: nothing.
  void setInitialValue(const QVariant& value);

  /// Invalid before the first result.
  QVariant value() const;
  Status status() const;
  /// Null (false) unless the status is Error.
  HullError error() const;
  /// The value answers an earlier question.
  bool isPrevious() const;
  /// From before a reconnect, not confirmed since.
  bool isStale() const;
  /// Contains what an optimistic update predicts.
  bool isOptimistic() const;
  /// What the function logged, "[LEVEL] text".
  QStringList logLines() const;

 Q_SIGNALS:
  void clientChanged();
  void queryChanged();
  void argsChanged();
  void activeChanged();
  void keepPreviousChanged();
  /// Signals of one change are told one after another; while they are, every property shows the newest state.
  void valueChanged();
  void statusChanged();
  void errorChanged();
  void previousChanged();
  void staleChanged();
  void optimisticChanged();
  void logLinesChanged();

 private:
  friend class HullWatcherPrivate;
  const std::unique_ptr<HullWatcherPrivate> d;
};
