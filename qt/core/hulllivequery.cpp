// Live queries: what is wanted is compared with what is subscribed, once per turn of the event loop.
#include "hulllivequery_p.h"

#include "hullclient_p.h"

#include <hull/function/path.hpp>

#include <utility>

HullLiveQuery::HullLiveQuery(QObject* owner, std::function<void()> changed)
    : m_owner(owner), m_changed(std::move(changed)), m_args(hull::value(hull::object{})) {}

HullLiveQuery::~HullLiveQuery() {
  QObject::disconnect(m_reopened);
  QObject::disconnect(m_destroyed);
  QObject::disconnect(m_connectionChanged);
}

void HullLiveQuery::setClient(HullClient* client) {
  if (m_client == client) return;
  QObject::disconnect(m_reopened);
  QObject::disconnect(m_destroyed);
  QObject::disconnect(m_connectionChanged);
  m_client = client;
  m_renew = true;
  if (client) {
    m_reopened = QObject::connect(client, &HullClient::reopened, m_owner, [this] {
      m_renew = true;
      schedule();
    });
    m_destroyed = QObject::connect(client, &QObject::destroyed, m_owner, [this] {
      m_renew = true;
      schedule();
    });
    // A value that goes stale, or is confirmed, without changing is no commit: it comes with the connection's state.
    m_connectionChanged = QObject::connect(client, &HullClient::connectionStateChanged, m_owner, [this] {
      if (m_stale != isStale()) onResult();
    });
  }
  schedule();
}

void HullLiveQuery::setPath(const QString& path) {
  m_path = path;
  schedule();
}

void HullLiveQuery::setArgs(std::optional<hull::result<hull::value>> args) {
  m_args = std::move(args);
  schedule();
}

void HullLiveQuery::setActive(bool active) {
  m_active = active;
  schedule();
}

void HullLiveQuery::setComplaint(std::optional<hull::error> complaint) {
  m_complaint = std::move(complaint);
  schedule();
}

void HullLiveQuery::setKeepPrevious(bool keep) {
  m_keepPrevious = keep;
  m_last.reset();
  if (keep && !isLoading()) m_last = value();
  if (keep || !m_previous) return;
  m_previous.reset();
  m_tell = true;
  schedule();
}

void HullLiveQuery::setInitialValue(std::optional<hull::value> value) {
  m_initial = std::move(value);
  m_tell = true;
  schedule();
}

void HullLiveQuery::start() {
  m_started = true;
  schedule();
}

HullLiveQuery::Status HullLiveQuery::status() const {
  if (m_failure) return Status::Error;
  const hull::query_state_ptr now = state();
  if (!now) return Status::Null;
  switch (now->state) {
    case hull::query_state::status::loading:
      return Status::Loading;
    case hull::query_state::status::ready:
      return Status::Ready;
    case hull::query_state::status::error:
      break;
  }
  return Status::Error;
}

std::optional<hull::value> HullLiveQuery::value() const {
  const hull::query_state_ptr now = state();
  if (!now) return std::nullopt;
  if (now->state == hull::query_state::status::loading) return m_previous ? m_previous : m_initial;
  return now->last_value;
}

std::optional<hull::error> HullLiveQuery::error() const {
  if (m_failure) return m_failure;
  const hull::query_state_ptr now = state();
  return now ? now->failure : std::nullopt;
}

void HullLiveQuery::schedule() {
  if (!m_started || m_scheduled) return;
  m_scheduled = true;
  QMetaObject::invokeMethod(
      m_owner,
      [this] {
        m_scheduled = false;
        refresh();
      },
      Qt::QueuedConnection);
}

void HullLiveQuery::refresh() {
  const QPointer<QObject> guard(m_owner);
  const int before = m_generation;
  refreshQuestion();
  if (!guard) return;
  if (std::exchange(m_tell, false) && before == m_generation && state()) m_changed();
}

void HullLiveQuery::refreshQuestion() {
  if (m_complaint) return stop(m_complaint);
  if (!m_client || !m_active || !m_args || m_path.isEmpty()) return stop(std::nullopt);
  if (!*m_args) return stop(m_args->error());
  HullClientPrivate* client = HullClientPrivate::get(m_client);
  if (!client->engine()) return stop(client->failure());
  std::string path = m_path.toStdString();
  if (const auto checked = hull::check_path(path); !checked) return stop(checked.error());
  subscribe(*client->engine(), std::move(path), **m_args);
}

void HullLiveQuery::subscribe(hull::client& engine, std::string path, const hull::value& args) {
  if (m_watch && !m_renew && m_watch->path() == path && m_watch->args() == args) return;
  m_renew = false;
  hull::watch watch = engine.watch_query(std::move(path), args);
  // The new subscription comes before the old one goes, so that a shared query stays alive in between.
  hull::subscription next = watch.on_change([this](const hull::query_state_ptr&) { onResult(); });
  if (m_keepPrevious) m_previous = m_last;
  m_subscription = std::move(next);
  m_watch = std::move(watch);
  m_failure.reset();
  ++m_generation;
  onResult();
}

void HullLiveQuery::onResult() {
  m_stale = isStale();
  if (!isLoading()) {
    m_previous.reset();
    m_initial.reset();
    if (m_keepPrevious) m_last = value();
  }
  m_changed();
}

void HullLiveQuery::stop(std::optional<hull::error> failure) {
  const bool same = !m_watch && !m_failure && !failure;
  m_subscription.reset();
  m_watch.reset();
  m_previous.reset();
  m_last.reset();
  m_failure = std::move(failure);
  ++m_generation;
  if (!same) m_changed();
}
