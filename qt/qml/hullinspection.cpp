// Looks into a client, and what they show as rows.
#include "hullinspection.h"

#include "hullattached.h"
#include "hullclient_p.h"
#include "hullinspection_p.h"
#include "hullvaluebridge_p.h"
#include "hullvaluetext_p.h"

#include <algorithm>

namespace {

using HullValueBridge::toString;
using Row = HullInspectionModel::Row;

constexpr std::size_t argsLimit = 200;

int ms(const std::optional<std::chrono::milliseconds>& time) { return time ? static_cast<int>(time->count()) : -1; }

QString argsText(const hull::value& args) {
  return args.is_object() && args.as_object().empty() ? QString() : HullValueText::compact(args, argsLimit);
}

QString statusText(hull::query_state::status status) {
  switch (status) {
    case hull::query_state::status::loading:
      return QStringLiteral("loading");
    case hull::query_state::status::ready:
      return QStringLiteral("ready");
    case hull::query_state::status::error:
      break;
  }
  return QStringLiteral("error");
}

QString kindText(hull::call_kind kind) {
  return kind == hull::call_kind::mutation ? QStringLiteral("mutation") : QStringLiteral("action");
}

QString progressText(hull::inspected_call::progress progress) {
  switch (progress) {
    case hull::inspected_call::progress::waiting:
      return QStringLiteral("waiting");
    case hull::inspected_call::progress::sent:
      return QStringLiteral("sent");
    case hull::inspected_call::progress::answered:
      break;
  }
  return QStringLiteral("answered");
}

}  // namespace

HullInspectionPrivate::HullInspectionPrivate(HullInspection* inspection)
    : q(inspection),
      m_queries({"token", "path", "args", "status", "bytes", "subscribers", "optimistic", "stale", "retained", "layers",
                 "sinceChange", "error"},
                nullptr),
      m_calls({"number", "kind", "path", "args", "progress", "age", "optimistic"}, nullptr),
      m_layers({"number", "path", "writes", "reads"}, nullptr),
      m_finished({"number", "kind", "path", "args", "took", "ago", "error", "share"}, nullptr) {
  m_soon.setSingleShot(true);
  m_tick.setInterval(1000);
  QObject::connect(&m_soon, &QTimer::timeout, q, [this] { look(); });
  QObject::connect(&m_tick, &QTimer::timeout, q, [this] { look(); });
}

hull::client* HullInspectionPrivate::engine() const {
  return m_client ? HullClientPrivate::get(m_client)->engine() : nullptr;
}

void HullInspectionPrivate::use(HullClient* client) {
  if (m_client == client) return;
  detach();
  QObject::disconnect(m_reopened);
  QObject::disconnect(m_stateChanged);
  QObject::disconnect(m_destroyed);
  m_client = client;
  if (client) {
    m_reopened = QObject::connect(client, &HullClient::reopened, q, [this] { attach(); });
    m_stateChanged = QObject::connect(client, &HullClient::connectionStateChanged, q, [this] { later(); });
    m_destroyed = QObject::connect(client, &QObject::destroyed, q, [this] { attach(); });
  }
  attach();
  Q_EMIT q->clientChanged();
}

void HullInspectionPrivate::attach() {
  m_commits.reset();
  if (!m_complete || !m_active) return;
  if (hull::client* const now = engine()) {
    m_commits = now->on_commit([this](const hull::commit_info&) { later(); });
    now->keep_history(static_cast<std::size_t>(std::max(m_history, 0)));
  }
  m_tick.start();
  later();
}

void HullInspectionPrivate::detach() {
  m_commits.reset();
  m_soon.stop();
  m_tick.stop();
  if (hull::client* const now = engine()) now->keep_history(0);
}

void HullInspectionPrivate::later() {
  if (m_complete && m_active && !m_soon.isActive()) m_soon.start(m_interval);
}

void HullInspectionPrivate::look() {
  m_soon.stop();
  const QPointer<HullInspection> guard(q);
  hull::client* const now = m_active ? engine() : nullptr;
  m_seen = now ? now->inspect() : hull::inspection();
  if (now && !m_seen.keeps_history && m_history > 0) now->keep_history(static_cast<std::size_t>(m_history));
  m_slowest = 0;
  for (const auto& call : m_seen.finished) m_slowest = std::max(m_slowest, static_cast<int>(call.took.count()));
  fillQueries();
  if (guard) fillCalls();
  if (guard) fillLayers();
  if (guard) fillFinished();
  if (guard) Q_EMIT q->refreshed();
}

bool HullInspectionPrivate::passes(const QString& path, const QString& args) const {
  return m_filter.isEmpty() || path.contains(m_filter, Qt::CaseInsensitive) ||
         args.contains(m_filter, Qt::CaseInsensitive);
}

void HullInspectionPrivate::fillQueries() {
  QList<Row> rows;
  for (const hull::inspected_query& query : m_seen.queries) {
    const QString path = toString(query.path);
    const QString args = argsText(query.args);
    if (!passes(path, args)) continue;
    const QString token = toString(query.token);
    const hull::query_state& state = *query.state;
    rows.append({token,
                 {token, path, args, statusText(state.state), static_cast<int>(query.value_bytes),
                  static_cast<int>(query.subscribers), state.is_optimistic, state.is_stale, ms(query.retained_for),
                  static_cast<int>(query.layers.size()), ms(query.since_change),
                  state.failure ? toString(state.failure->message) : QString()}});
  }
  m_queries.setRows(rows);
}

void HullInspectionPrivate::fillCalls() {
  QList<Row> rows;
  for (const hull::inspected_call& call : m_seen.calls) {
    const QString path = toString(call.path);
    const QString args = argsText(call.args);
    if (!passes(path, args)) continue;
    rows.append({QString::number(call.number),
                 {static_cast<int>(call.number), kindText(call.kind), path, args, progressText(call.state),
                  ms(call.age), call.has_layer}});
  }
  m_calls.setRows(rows);
}

void HullInspectionPrivate::fillLayers() {
  const auto names = [this](const std::vector<std::string>& tokens) {
    QStringList out;
    for (const std::string& token : tokens) {
      const auto* query = find(toString(token));
      const QString args = query ? argsText(query->args) : QString();
      out.append(query ? toString(query->path) + (args.isEmpty() ? args : QLatin1Char(' ') + args) : toString(token));
    }
    return out;
  };
  QList<Row> rows;
  for (const hull::inspected_layer& layer : m_seen.layers) {
    const QString path = toString(layer.path);
    const QStringList writes = names(layer.writes);
    if (!passes(path, writes.join(QLatin1Char(' ')))) continue;
    rows.append({QString::number(layer.number), {static_cast<int>(layer.number), path, writes, names(layer.reads)}});
  }
  m_layers.setRows(rows);
}

void HullInspectionPrivate::fillFinished() {
  QList<Row> rows;
  for (auto call = m_seen.finished.rbegin(); call != m_seen.finished.rend(); ++call) {
    const QString path = toString(call->path);
    const QString args = argsText(call->args);
    if (!passes(path, args)) continue;
    const qreal share = m_slowest > 0 ? static_cast<qreal>(call->took.count()) / m_slowest : 0;
    rows.append({QString::number(call->number),
                 {static_cast<int>(call->number), kindText(call->kind), path, args, ms(call->took), ms(call->ago),
                  call->failure ? toString(call->failure->message) : QString(), share}});
  }
  m_finished.setRows(rows);
}

const hull::inspected_query* HullInspectionPrivate::find(const QString& token) const {
  const std::string wanted = token.toStdString();
  for (const hull::inspected_query& query : m_seen.queries)
    if (query.token == wanted) return &query;
  return nullptr;
}

HullInspection::HullInspection(QObject* parent) : QObject(parent), d(std::make_unique<HullInspectionPrivate>(this)) {}

HullInspection::~HullInspection() { d->detach(); }

HullClient* HullInspection::client() const { return d->m_client; }

void HullInspection::setClient(HullClient* client) {
  d->m_clientSet = true;
  d->use(client);
}

bool HullInspection::isActive() const { return d->m_active; }

void HullInspection::setActive(bool active) {
  if (d->m_active == active) return;
  d->m_active = active;
  const QPointer<HullInspection> guard(this);
  if (active) {
    d->attach();
  } else {
    d->detach();
    d->look();
  }
  if (guard) Q_EMIT activeChanged();
}

int HullInspection::interval() const { return d->m_interval; }

void HullInspection::setInterval(int interval) {
  if (d->m_interval == interval) return;
  d->m_interval = interval;
  Q_EMIT intervalChanged();
}

int HullInspection::history() const { return d->m_history; }

void HullInspection::setHistory(int history) {
  if (d->m_history == history) return;
  d->m_history = history;
  d->attach();
  Q_EMIT historyChanged();
}

QString HullInspection::filter() const { return d->m_filter; }

void HullInspection::setFilter(const QString& filter) {
  if (d->m_filter == filter) return;
  d->m_filter = filter;
  const QPointer<HullInspection> guard(this);
  if (d->m_complete) d->look();
  if (guard) Q_EMIT filterChanged();
}

HullInspectionModel* HullInspection::queries() const { return &d->m_queries; }
HullInspectionModel* HullInspection::calls() const { return &d->m_calls; }
HullInspectionModel* HullInspection::layers() const { return &d->m_layers; }
HullInspectionModel* HullInspection::finished() const { return &d->m_finished; }
qreal HullInspection::transitions() const { return static_cast<qreal>(d->m_seen.transitions); }
qreal HullInspection::bytesReceived() const { return static_cast<qreal>(d->m_seen.bytes_received); }
qreal HullInspection::bytesSent() const { return static_cast<qreal>(d->m_seen.bytes_sent); }
int HullInspection::slowest() const { return d->m_slowest; }

QString HullInspection::valueText(const QString& token, int limit) const {
  const auto* query = d->find(token);
  if (!query || !query->state->last_value) return {};
  return HullValueText::pretty(*query->state->last_value, static_cast<std::size_t>(std::max(limit, 0)));
}

QString HullInspection::valueHtml(const QString& token, int limit) const {
  const auto* query = d->find(token);
  if (!query || !query->state->last_value) return {};
  return HullValueText::html(*query->state->last_value, static_cast<std::size_t>(std::max(limit, 0)));
}

void HullInspection::classBegin() { d->m_complete = false; }

void HullInspection::componentComplete() {
  d->m_complete = true;
  if (!d->m_clientSet) d->use(HullAttached::nearestClient(this));
  d->attach();
}

void HullInspection::refresh() { d->look(); }
