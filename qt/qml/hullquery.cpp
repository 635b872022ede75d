// HullQuery: reads always show the newest commit; signals follow for what changed.
#include "hullquery.h"

#include "hullattached.h"
#include "hulljsbridge_p.h"
#include "hulllivequery_p.h"
#include "hullvaluebridge_p.h"

#include <QtCore/QPointer>
#include <QtQml/QJSEngine>
#include <QtQml/QQmlInfo>

#include <optional>
#include <utility>

/// What the signals last told, and what is shown while there is no result.
struct HullQuery::Announced {
  std::optional<hull::value> value;
  bool previous = false;
  Status status = Null;
  HullError error;
  bool stale = false;
  bool optimistic = false;
  QStringList logLines;

  QJSValue initialJs;
  std::optional<hull::value> initial;

  // The initial value shows from the first frame on, before the query has begun.
  std::optional<hull::value> shown(const HullLiveQuery& live) const {
    return live.generation() == 0 ? initial : live.value();
  }

  // The newest value in JavaScript, so that bindings do not convert it at each reading.
  std::optional<hull::value> converted;
  QJSValue js;
};

HullQuery::HullQuery(QObject* parent)
    : QObject(parent),
      m_live(std::make_unique<HullLiveQuery>(this, [this] { onChanged(); })),
      m_announced(std::make_unique<Announced>()) {}

HullQuery::~HullQuery() = default;

HullClient* HullQuery::client() const { return m_live->client(); }

void HullQuery::setClient(HullClient* client) {
  m_clientSet = true;
  m_live->setComplaint(std::nullopt);
  if (this->client() == client) return;
  m_live->setClient(client);
  Q_EMIT clientChanged();
}

QString HullQuery::query() const { return m_live->path(); }

void HullQuery::setQuery(const QString& query) {
  if (this->query() == query) return;
  m_live->setPath(query);
  Q_EMIT queryChanged();
}

void HullQuery::setArgs(const QJSValue& args) {
  m_args = args;
  if (args.isUndefined())
    m_live->setArgs(std::nullopt);
  else
    m_live->setArgs(HullJsBridge::fromJs(args));
  Q_EMIT argsChanged();
}

bool HullQuery::isActive() const { return m_live->isActive(); }

void HullQuery::setActive(bool active) {
  if (isActive() == active) return;
  m_live->setActive(active);
  Q_EMIT activeChanged();
}

bool HullQuery::keepsPrevious() const { return m_live->keepsPrevious(); }

void HullQuery::setKeepPrevious(bool keep) {
  if (keepsPrevious() == keep) return;
  m_live->setKeepPrevious(keep);
  Q_EMIT keepPreviousChanged();
}

QJSValue HullQuery::initialValue() const { return m_announced->initialJs; }

void HullQuery::setInitialValue(const QJSValue& value) {
  if (m_announced->initialJs.strictlyEquals(value)) return;
  m_announced->initialJs = value;
  m_announced->initial.reset();
  if (!value.isUndefined()) {
    if (auto converted = HullJsBridge::fromJs(value))
      m_announced->initial = *std::move(converted);
    else
      qmlWarning(this) << "initialValue: " << HullValueBridge::toString(converted.error().message);
  }
  m_live->setInitialValue(m_announced->initial);
  const QPointer<HullQuery> guard(this);
  onChanged();
  if (guard) Q_EMIT initialValueChanged();
}

bool HullQuery::isPrevious() const { return m_live->isPrevious(); }

QJSValue HullQuery::value() const {
  const auto now = m_announced->shown(*m_live);
  QJSEngine* engine = HullJsBridge::engineOf(this);
  if (!now || !engine) return {};
  if (!m_announced->converted || !m_announced->converted->same_as(*now)) {
    m_announced->converted = now;
    m_announced->js = HullJsBridge::toJs(*engine, *now);
  }
  return m_announced->js;
}

HullQuery::Status HullQuery::status() const { return static_cast<Status>(m_live->status()); }

HullError HullQuery::error() const {
  const auto failure = m_live->error();
  return failure ? HullValueBridge::toError(*failure) : HullError();
}

bool HullQuery::isOptimistic() const { return m_live->isOptimistic(); }

bool HullQuery::isStale() const { return m_live->isStale(); }

QStringList HullQuery::logLines() const {
  QStringList lines;
  for (const std::string& line : m_live->logLines()) lines.append(HullValueBridge::toString(line));
  return lines;
}

void HullQuery::componentComplete() {
  if (!m_clientSet) {
    HullClient* found = HullAttached::nearestClient(this);
    m_live->setClient(found);
    if (found)
      Q_EMIT clientChanged();
    else
      m_live->setComplaint(hull::error{
          hull::errc::bad_argument, "HullQuery has no client: put it inside a HullClient or set `client`.", {}, {}});
  }
  m_live->start();
}

void HullQuery::onChanged() {
  const QPointer<HullQuery> guard(this);
  Announced& told = *m_announced;
  auto value = told.shown(*m_live);
  if (value != told.value) {
    told.value = std::move(value);
    Q_EMIT valueChanged();
  }
  if (guard && std::exchange(told.previous, isPrevious()) != isPrevious()) Q_EMIT previousChanged();
  if (guard && std::exchange(told.error, error()) != error()) Q_EMIT errorChanged();
  if (guard && std::exchange(told.optimistic, isOptimistic()) != isOptimistic()) Q_EMIT optimisticChanged();
  if (guard && std::exchange(told.stale, isStale()) != isStale()) Q_EMIT staleChanged();
  if (guard && std::exchange(told.logLines, logLines()) != logLines()) Q_EMIT logLinesChanged();
  if (guard && std::exchange(told.status, status()) != status()) Q_EMIT statusChanged();
}
