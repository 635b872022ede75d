// Live pages: what is wanted is compared with what is listed, once per turn of the event loop.
#include "hulllivepages_p.h"

#include "hullclient_p.h"

HullLivePages::HullLivePages(QObject* owner, std::function<void()> changed)
    : m_owner(owner), m_changed(std::move(changed)), m_args(hull::value(hull::object{})) {}

HullLivePages::~HullLivePages() {
  QObject::disconnect(m_reopened);
  QObject::disconnect(m_destroyed);
}

void HullLivePages::setClient(HullClient* client) {
  if (m_client == client) return;
  QObject::disconnect(m_reopened);
  QObject::disconnect(m_destroyed);
  m_client = client;
  m_renew = true;
  if (client) {
    const auto renew = [this] {
      m_renew = true;
      schedule();
    };
    m_reopened = QObject::connect(client, &HullClient::reopened, m_owner, renew);
    m_destroyed = QObject::connect(client, &QObject::destroyed, m_owner, renew);
  }
  schedule();
}

void HullLivePages::setPath(const QString& path) {
  m_path = path;
  schedule();
}

void HullLivePages::setArgs(std::optional<hull::result<hull::value>> args) {
  m_args = std::move(args);
  schedule();
}

void HullLivePages::setActive(bool active) {
  m_active = active;
  schedule();
}

void HullLivePages::setComplaint(std::optional<hull::error> complaint) {
  m_complaint = std::move(complaint);
  schedule();
}

void HullLivePages::start() {
  m_started = true;
  schedule();
}

hull::paginated_state_ptr HullLivePages::state() const { return m_watch ? m_watch->current() : nullptr; }

bool HullLivePages::loadMore(int items) { return m_watch && m_watch->load_more(items); }

void HullLivePages::reset() {
  if (m_watch) m_watch->reset();
}

void HullLivePages::schedule() {
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

void HullLivePages::refresh() {
  if (m_complaint) return stop(m_complaint);
  if (!m_client || !m_active || !m_args || m_path.isEmpty()) return stop(std::nullopt);
  if (!*m_args) return stop(m_args->error());
  HullClientPrivate* client = HullClientPrivate::get(m_client);
  if (!client->engine()) return stop(client->failure());
  list(*client->engine(), m_path.toStdString(), **m_args);
}

void HullLivePages::list(hull::client& engine, const std::string& path, const hull::value& args) {
  if (m_watch && !m_renew && m_listedPath == path && m_listedArgs == args) return;
  m_renew = false;
  hull::pages_options options;
  options.initial_items = m_pageSize;
  options.keep_previous = true;  // When the deployment makes the list start over.
  options.queue_load_more = true;
  hull::paginated_watch watch = engine.watch_pages(path, args, options);
  hull::subscription next = watch.on_change([this](const hull::paginated_state_ptr&) { m_changed(); });
  m_subscription = std::move(next);
  m_watch = std::move(watch);
  m_listedPath = path;
  m_listedArgs = args;
  m_failure.reset();
  ++m_generation;
  m_changed();
}

void HullLivePages::stop(std::optional<hull::error> failure) {
  const bool same = !m_watch && !m_failure && !failure;
  m_subscription.reset();
  m_watch.reset();
  m_failure = std::move(failure);
  ++m_generation;
  if (!same) m_changed();
}
