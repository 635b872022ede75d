// Results of a live query become rows.
#include "hullqueryrows_p.h"

#include "hulllogging_p.h"
#include "hullvaluebridge_p.h"

#include <QtCore/QPointer>

#include <utility>

bool HullModelNews::tell(QObject* owner, int count, Status status, const std::optional<hull::error>& failure) {
  const QPointer<QObject> guard(owner);
  HullError error = failure ? HullValueBridge::toError(*failure) : HullError();
  // Taken before the first signal: slots see all of it.
  const bool isOtherCount = std::exchange(m_count, count) != count;
  const bool isOtherError = m_error != error;
  const bool isOtherStatus = std::exchange(m_status, status) != status;
  if (isOtherError) m_error = std::move(error);
  if (isOtherCount) countChanged();
  if (guard && isOtherError) errorChanged();
  if (guard && isOtherStatus) statusChanged();
  return guard;
}

HullQueryRows::HullQueryRows(QObject* owner, HullRowsSink& sink)
    : live(owner, [this] { onChanged(); }), rows(owner, sink), m_owner(owner) {}

bool HullQueryRows::setDeclared(const QStringList& names, const char* model) {
  if (rows.hasFixedRoles()) {
    qCWarning(lcHullModels, "%s: roles are fixed once the first row was seen; set them before.", model);
    return false;
  }
  rows.setDeclared(names);
  return true;
}

bool HullQueryRows::setKeyField(const QString& field) {
  if (rows.keyField() == field) return false;
  rows.setKeyField(field);
  return true;
}

bool HullQueryRows::onChanged() {
  m_shape.reset();
  const bool isSameQuestion = m_generation == live.generation();
  const auto result = live.value();
  if (!result) {
    const bool isKept = isSameQuestion || (keepPrevious && live.status() != HullLiveQuery::Status::Null);
    return isKept ? rows.settle() : rows.clear();
  }
  m_generation = live.generation();
  if (const auto items = HullRows::items(*result); !items) {
    m_shape = items.error();
    m_shape->message = live.path().toStdString() + ": " + m_shape->message;
    return rows.settle();
  }
  return rows.show(*result, live.isOptimistic());
}

void HullQueryRows::announce() {
  const auto failure = live.error();
  news.tell(m_owner, rows.count(), m_shape && !failure ? HullLiveQuery::Status::Error : live.status(),
            failure ? failure : m_shape);
}
