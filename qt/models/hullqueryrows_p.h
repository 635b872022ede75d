// A live query as rows, with what a model tells of it: the part that list and table share.
#pragma once

#include "hullerror.h"
#include "hullqtglobal.h"
#include "hullrowsmachine_p.h"

#include "hulllivequery_p.h"

#include <QtCore/QString>
#include <QtCore/QStringList>

#include <functional>
#include <optional>

/// Count, status and error as a model tells them: after the rows that they speak of.
class HULL_QT_EXPORT HullModelNews {
 public:
  using Status = HullLiveQuery::Status;

  Status status() const { return m_status; }
  const HullError& error() const { return m_error; }

  /// Calls those whose matter changed. False when one of them destroyed the owner.
  bool tell(QObject* owner, int count, Status status, const std::optional<hull::error>& failure);

  std::function<void()> countChanged;
  std::function<void()> errorChanged;
  std::function<void()> statusChanged;

 private:
  int m_count = 0;
  Status m_status = Status::Null;
  HullError m_error;
};

class HULL_QT_EXPORT HullQueryRows {
 public:
  HullQueryRows(QObject* owner, HullRowsSink& sink);

  HullLiveQuery live;
  HullRowsMachine rows;
  HullModelNews news;
  bool keepPrevious = false;

  /// Takes names for roles; false (and a warning) when it is too late for that.
  bool setDeclared(const QStringList& names, const char* model);
  /// True when the key field is another one now.
  bool setKeyField(const QString& field);

  /// For the sink's settled().
  void announce();

 private:
  bool onChanged();

  QObject* const m_owner;
  int m_generation = -1;               // Of the question that the rows answer.
  std::optional<hull::error> m_shape;  // The result is no list.
};
