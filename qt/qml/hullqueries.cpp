// HullQueries: reads always show the newest commit; signals follow for what changed.
#include "hullqueries_p.h"

#include "hullattached.h"
#include "hullclient_p.h"
#include "hulljsbridge_p.h"
#include "hullvaluebridge_p.h"

#include <QtQml/QJSEngine>
#include <QtQml/QJSValueIterator>

#include <algorithm>
#include <utility>

HullQueriesPrivate::~HullQueriesPrivate() {
  QObject::disconnect(m_reopened);
  QObject::disconnect(m_destroyed);
}

void HullQueriesPrivate::use(HullClient* next) {
  QObject::disconnect(m_reopened);
  QObject::disconnect(m_destroyed);
  client = next;
  m_renew = true;
  const auto renew = [this] {
    m_renew = true;
    schedule();
  };
  if (next) {
    m_reopened = QObject::connect(next, &HullClient::reopened, q, renew);
    m_destroyed = QObject::connect(next, &QObject::destroyed, q, renew);
  }
  schedule();
}

HullQueriesPrivate::Wanted HullQueriesPrivate::readOne(const QString& name, const QJSValue& query) const {
  Wanted wanted;
  const QJSValue path = query.property(QStringLiteral("query"));
  if (query.isUndefined() || query.isNull() || (query.isObject() && (path.isUndefined() || path.isNull())))
    return wanted;
  if (!path.isString()) {
    wanted.refusal = hull::error{
        hull::errc::bad_argument, name.toStdString() + ": write {query: \"module:function\", args: {...}}", {}, {}};
    return wanted;
  }
  const QJSValue args = query.property(QStringLiteral("args"));
  if (args.isUndefined() && query.hasProperty(QStringLiteral("args"))) return wanted;
  auto converted = HullJsBridge::argsFromJs(args);
  if (converted)
    wanted.args = *std::move(converted);
  else
    wanted.refusal = converted.error();
  wanted.path = path.toString().toStdString();
  if (const QJSValue keep = query.property(QStringLiteral("keepPrevious")); keep.isBool())
    wanted.keepPrevious = keep.toBool();
  return wanted;
}

void HullQueriesPrivate::read(const QJSValue& from) {
  m_wanted.clear();
  for (QJSValueIterator it(from); it.hasNext();) {
    it.next();
    m_wanted.insert_or_assign(it.name().toStdString(), readOne(it.name(), it.value()));
  }
}

void HullQueriesPrivate::schedule() {
  if (!started || std::exchange(m_scheduled, true)) return;
  QMetaObject::invokeMethod(
      q,
      [this] {
        m_scheduled = false;
        refresh();
      },
      Qt::QueuedConnection);
}

void HullQueriesPrivate::refresh() {
  HullClientPrivate* const host = client ? HullClientPrivate::get(client) : nullptr;
  hull::client* const engine = host ? host->engine() : nullptr;
  if (!engine) {
    m_subscription.reset();
    m_group.reset();
    return publish();
  }
  hull::group_queries asked;
  for (const auto& [name, wanted] : m_wanted)
    if (active && !wanted.refusal && !wanted.path.empty())
      asked[name] = hull::group_query{wanted.path, wanted.args, false, keeps(wanted)};
  if (!m_group) {
    m_group = engine->watch_queries();
    m_subscription = m_group->on_change([this](const std::vector<std::string>&) { publish(); });
  } else if (m_renew) {
    engine->take_over(*m_group);
  }
  m_renew = false;
  m_group->set_queries(std::move(asked));
  publish();
}

std::optional<hull::error> HullQueriesPrivate::complaint() const {
  if (!started) return std::nullopt;
  if (client) return HullClientPrivate::get(client)->failure();
  if (clientSet) return std::nullopt;
  return hull::error{
      hull::errc::bad_argument, "HullQueries has no client: put it inside a HullClient or set `client`.", {}, {}};
}

HullQueriesPrivate::Shown HullQueriesPrivate::look(const std::string& name, const Wanted& wanted) const {
  Shown shown;
  if (!active || !started) return shown;
  if (wanted.refusal) return Shown{Status::Error, {}, wanted.refusal};
  if (wanted.path.empty()) return shown;
  if (auto why = complaint()) return Shown{Status::Error, {}, std::move(why)};
  if (!m_group) return shown;
  const hull::group_result now = m_group->current(name);
  const bool mayShow = !now.is_previous || keeps(wanted);  // A group that changes its client keeps what it had.
  if (now.is_previous || now.state->state == hull::query_state::status::loading)
    shown.status = Status::Loading;
  else
    shown.status = now.state->state == hull::query_state::status::ready ? Status::Ready : Status::Error;
  if (mayShow && now.state->state != hull::query_state::status::loading) shown.value = now.state->last_value;
  if (shown.status == Status::Error && now.state->failure) shown.failure = *now.state->failure;
  return shown;
}

HullQueriesPrivate::All HullQueriesPrivate::look() const {
  All all;
  for (const auto& [name, wanted] : m_wanted) all.emplace_hint(all.end(), name, look(name, wanted));
  return all;
}

QJSValue HullQueriesPrivate::results(QJSEngine& engine) {
  const All all = look();
  bool same = m_results.isObject() && all.size() == m_converted.size();
  std::map<std::string, Converted> converted;
  for (const auto& [name, shown] : all) {
    const auto known = m_converted.find(name);
    if (known != m_converted.end() && known->second.value == shown.value) {
      converted.emplace(name, known->second);
      continue;
    }
    same = false;
    converted.emplace(name,
                      Converted{shown.value, shown.value ? HullJsBridge::toJs(engine, *shown.value) : QJSValue()});
  }
  if (same) return m_results;
  m_converted = std::move(converted);
  m_results = engine.newObject();
  for (const auto& [name, one] : m_converted) m_results.setProperty(QString::fromStdString(name), one.js);
  return m_results;
}

QJSValue HullQueriesPrivate::errors(QJSEngine& engine) const {
  QJSValue js = engine.newObject();
  for (const auto& [name, shown] : look())
    if (shown.failure)
      js.setProperty(QString::fromStdString(name), engine.toScriptValue(HullValueBridge::toError(*shown.failure)));
  return js;
}

QJSValue HullQueriesPrivate::statuses(QJSEngine& engine) const {
  QJSValue js = engine.newObject();
  for (const auto& [name, shown] : look()) js.setProperty(QString::fromStdString(name), static_cast<int>(shown.status));
  return js;
}

HullQueriesPrivate::Status HullQueriesPrivate::status() const {
  const All all = look();
  const auto any = [&all](Status status) {
    return std::any_of(all.begin(), all.end(), [status](const auto& one) { return one.second.status == status; });
  };
  for (const Status status : {Status::Error, Status::Loading, Status::Ready})
    if (any(status)) return status;
  return Status::Null;
}

void HullQueriesPrivate::publish() {
  const All before = std::exchange(m_told, look());
  const auto differ = [&](const auto& same) {
    return !std::equal(before.begin(), before.end(), m_told.begin(), m_told.end(),
                       [&](const auto& a, const auto& b) { return a.first == b.first && same(a.second, b.second); });
  };
  const bool results = differ([](const Shown& a, const Shown& b) { return a.value == b.value; });
  const bool statuses = differ([](const Shown& a, const Shown& b) { return a.status == b.status; });
  const auto failures = [](const All& all) {
    std::map<std::string, HullError> failed;
    for (const auto& [name, shown] : all)
      if (shown.failure) failed.emplace(name, HullValueBridge::toError(*shown.failure));
    return failed;
  };
  const bool errors = failures(before) != failures(m_told);
  const QPointer<HullQueries> guard(q);
  HullQueries* const queries = q;
  if (results) Q_EMIT queries->resultsChanged();
  if (guard && errors) Q_EMIT queries->errorsChanged();
  if (guard && statuses) Q_EMIT queries->statusesChanged();
  if (guard && statuses) Q_EMIT queries->statusChanged();
}

HullQueries::HullQueries(QObject* parent) : QObject(parent), d(std::make_unique<HullQueriesPrivate>(this)) {}
HullQueries::~HullQueries() = default;

HullClient* HullQueries::client() const { return d->client; }

void HullQueries::setClient(HullClient* client) {
  d->clientSet = true;
  if (d->client == client) return;
  d->use(client);
  Q_EMIT clientChanged();
}

QJSValue HullQueries::queries() const { return d->queries; }

void HullQueries::setQueries(const QJSValue& queries) {
  d->queries = queries;
  d->read(queries);
  d->schedule();
  Q_EMIT queriesChanged();
}

bool HullQueries::isActive() const { return d->active; }

void HullQueries::setActive(bool active) {
  if (d->active == active) return;
  d->active = active;
  d->schedule();
  Q_EMIT activeChanged();
}

bool HullQueries::keepsPrevious() const { return d->keepPrevious; }

void HullQueries::setKeepPrevious(bool keep) {
  if (d->keepPrevious == keep) return;
  d->keepPrevious = keep;
  d->schedule();
  Q_EMIT keepPreviousChanged();
}

QJSValue HullQueries::results() const {
  QJSEngine* engine = HullJsBridge::engineOf(this);
  return engine ? d->results(*engine) : QJSValue();
}

QJSValue HullQueries::errors() const {
  QJSEngine* engine = HullJsBridge::engineOf(this);
  return engine ? d->errors(*engine) : QJSValue();
}

QJSValue HullQueries::statuses() const {
  QJSEngine* engine = HullJsBridge::engineOf(this);
  return engine ? d->statuses(*engine) : QJSValue();
}

HullQueries::Status HullQueries::status() const { return d->status(); }

void HullQueries::componentComplete() {
  if (!d->clientSet) {
    d->use(HullAttached::nearestClient(this));
    if (d->client) Q_EMIT clientChanged();
  }
  d->started = true;
  d->schedule();
}
