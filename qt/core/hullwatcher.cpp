// HullWatcher: reads always show the newest commit; signals follow for what changed.
#include "hullwatcher.h"

#include "hulllivequery_p.h"
#include "hulllogging_p.h"
#include "hullvaluebridge_p.h"

#include <QtCore/QPointer>

#include <optional>
#include <utility>

class HullWatcherPrivate {
 public:
  explicit HullWatcherPrivate(HullWatcher* watcher) : live(watcher, [this] { onChanged(); }), q(watcher) {
    live.start();
  }

  void onChanged();

  HullLiveQuery live;
  QVariantMap args;

 private:
  /// Tells it when it is not what was told last. False when a slot deleted the watcher.
  template <class T>
  bool tell(T& told, T now, void (HullWatcher::*signal)()) {
    if (told == now) return true;
    told = std::move(now);
    const QPointer<HullWatcher> guard(q);
    (q->*signal)();
    return guard;
  }

  HullWatcher* const q;
  std::optional<hull::value> m_value;
  HullWatcher::Status m_status = HullWatcher::Null;
  HullError m_error;
  bool m_previous = false;
  bool m_stale = false;
  bool m_optimistic = false;
  QStringList m_logLines;
};

void HullWatcherPrivate::onChanged() {
  auto value = live.value();
  const bool isSame = value.has_value() == m_value.has_value() && (!value || *value == *m_value);
  if (!isSame) {
    m_value = std::move(value);
    const QPointer<HullWatcher> guard(q);
    Q_EMIT q->valueChanged();
    if (!guard) return;
  }
  tell(m_error, q->error(), &HullWatcher::errorChanged) &&
      tell(m_previous, q->isPrevious(), &HullWatcher::previousChanged) &&
      tell(m_stale, q->isStale(), &HullWatcher::staleChanged) &&
      tell(m_optimistic, q->isOptimistic(), &HullWatcher::optimisticChanged) &&
      tell(m_logLines, q->logLines(), &HullWatcher::logLinesChanged) &&
      tell(m_status, q->status(), &HullWatcher::statusChanged);
}

HullWatcher::HullWatcher(QObject* parent) : QObject(parent), d(std::make_unique<HullWatcherPrivate>(this)) {}

HullWatcher::HullWatcher(HullClient* client, const QString& query, const QVariantMap& args, QObject* parent)
    : HullWatcher(parent) {
  setClient(client);
  setQuery(query);
  setArgs(args);
}

HullWatcher::~HullWatcher() = default;

HullClient* HullWatcher::client() const { return d->live.client(); }

void HullWatcher::setClient(HullClient* client) {
  if (this->client() == client) return;
  d->live.setClient(client);
  Q_EMIT clientChanged();
}

QString HullWatcher::query() const { return d->live.path(); }

void HullWatcher::setQuery(const QString& query) {
  if (this->query() == query) return;
  d->live.setPath(query);
  Q_EMIT queryChanged();
}

QVariantMap HullWatcher::args() const { return d->args; }

void HullWatcher::setArgs(const QVariantMap& args) {
  if (d->args == args) return;
  d->args = args;
  d->live.setArgs(HullValueBridge::fromVariant(args));
  Q_EMIT argsChanged();
}

bool HullWatcher::isActive() const { return d->live.isActive(); }

void HullWatcher::setActive(bool active) {
  if (isActive() == active) return;
  d->live.setActive(active);
  Q_EMIT activeChanged();
}

bool HullWatcher::keepsPrevious() const { return d->live.keepsPrevious(); }

void HullWatcher::setKeepPrevious(bool keep) {
  if (keepsPrevious() == keep) return;
  d->live.setKeepPrevious(keep);
  Q_EMIT keepPreviousChanged();
}

void HullWatcher::setInitialValue(const QVariant& value) {
  if (!value.isValid()) return d->live.setInitialValue(std::nullopt);
  auto converted = HullValueBridge::fromVariant(value);
  if (!converted) {
    qCWarning(lcHull, "HullWatcher: initial value of %s: %s", qUtf8Printable(query()),
              converted.error().message.c_str());
    return;
  }
  d->live.setInitialValue(*std::move(converted));
}

QVariant HullWatcher::value() const {
  const auto now = d->live.value();
  return now ? HullValueBridge::toVariant(*now) : QVariant();
}

HullWatcher::Status HullWatcher::status() const { return static_cast<Status>(d->live.status()); }

HullError HullWatcher::error() const {
  const auto failure = d->live.error();
  return failure ? HullValueBridge::toError(*failure) : HullError();
}

bool HullWatcher::isPrevious() const { return d->live.isPrevious(); }
bool HullWatcher::isStale() const { return d->live.isStale(); }
bool HullWatcher::isOptimistic() const { return d->live.isOptimistic(); }

QStringList HullWatcher::logLines() const {
  QStringList lines;
  for (const std::string& line : d->live.logLines()) lines.append(HullValueBridge::toString(line));
  return lines;
}
