// Results in, row operations out: what every model of Hull has inside.
//
// Short lists and small changes are shown at once, inside of the commit that brought them, and so is everything that an
// optimistic update did. What takes longer is worked out on another thread and shown when it is done, and a long series
// of row operations is shown over several turns of the event loop. Meanwhile the newest result waits; those between
// are never shown.
#pragma once

#include "hullqtglobal.h"
#include "hullrolemap_p.h"
#include "hullrowsplan_p.h"
#include "hullworker_p.h"

#include "qobjectexecutor_p.h"

#include <QtCore/QObject>
#include <QtCore/QPointer>

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

/// What a model does for its rows. Any of these may delete the model.
class HullRowsSink {
 public:
  virtual void beginReset() = 0;
  virtual void endReset() = 0;
  virtual void beginRemove(int first, int last) = 0;
  virtual void endRemove() = 0;
  virtual void beginMove(int first, int last, int to) = 0;
  virtual void endMove() = 0;
  virtual void beginInsert(int first, int last) = 0;
  virtual void endInsert() = 0;
  virtual void changed(int first, int last, const QList<int>& roles) = 0;
  /// Everything that was wanted is shown.
  virtual void settled() = 0;

 protected:
  ~HullRowsSink() = default;
};

class HULL_QT_EXPORT HullRowsMachine {
 public:
  /// Up to this many rows that were not seen before are looked into on the model's thread.
  static constexpr int smallChange = 1000;
  /// So many row operations are shown in one go; of longer series, as many as take less than sliceTime.
  static constexpr int shortSeries = 256;
  static constexpr int sliceTime = 2;  ///< Milliseconds.

  HullRowsMachine(QObject* owner, HullRowsSink& sink);
  ~HullRowsMachine();

  /// Names that become roles first; only before the first row.
  void setDeclared(const QStringList& names);
  bool hasFixedRoles() const { return m_roles != nullptr; }
  const HullRoleMap& roles() const { return m_roles ? *m_roles : m_declared; }

  void setKeyField(const QString& field);
  QString keyField() const { return m_keyField; }

  const HullRowList& rows() const { return *m_rows; }
  int count() const { return m_rows->size(); }
  /// Null when there is no such row.
  const HullRow* row(int at) const { return at >= 0 && at < count() ? &m_rows->at(at) : nullptr; }

  // The functions below return false when the owner was destroyed in one of its signals. Each ends in settled(), now
  // or later.

  /// `result` is one that HullRows::items takes.
  bool show(hull::value result, bool isLayered);
  /// No rows, and what was on its way to be shown is not.
  bool clear();
  /// As it is, once what is under way is shown.
  bool settle();

 private:
  struct Job;
  struct Series;

  bool run();
  bool step();
  bool takeJob(bool isPatient);
  bool begin(const HullRowsTarget& target);
  bool load(std::vector<HullRow> rows, std::shared_ptr<const HullRoleMap> roles);
  bool apply(HullRowsPlan plan, bool isPatient);
  bool proceed(bool isPatient);
  bool perform(const HullKeyedDiff::Run& run);
  void startJob(const HullRowsTarget& target);
  void forgetJob();
  void setShown(HullRowsTarget target);
  void goOnLater();

  HullRowsSink& m_sink;
  const QPointer<QObject> m_owner;
  QString m_keyField = QStringLiteral("_id");
  std::vector<std::string> m_declaredNames;
  HullRoleMap m_declared;
  std::shared_ptr<const HullRoleMap> m_roles;
  std::shared_ptr<HullRowList> m_rows = std::make_shared<HullRowList>();
  bool m_isLoaded = false;

  std::optional<HullRowsTarget> m_wanted;
  std::optional<HullRowsTarget> m_shown;  // By the plan last applied or under way.
  std::shared_ptr<Job> m_job;             // Under way on the worker, with m_rows.
  std::unique_ptr<Series> m_series;       // Row operations still to be shown.
  bool m_isRunning = false;
  bool m_isAgain = false;
  const std::shared_ptr<QObjectHome> m_home;  // For the worker, and for turns still to come.
};
