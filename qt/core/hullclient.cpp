// HullClient: one engine on the object's thread.
#include "hullclient_p.h"

#include "hulllogging_p.h"
#include "hullpendingcall_p.h"
#include "hullvaluebridge_p.h"

#include <QtCore/QThread>

#include <algorithm>
#include <stdexcept>

namespace {

void logLine(hull::log_level level, std::string_view text) {
  const QByteArray line(text.data(), static_cast<qsizetype>(text.size()));
  if (line.startsWith("[CONVEX ")) {  // A failing function is news for the program's author, no fault of the client.
    qCInfo(lcHullFunctions, "%s", line.constData());
    return;
  }
  switch (level) {
    case hull::log_level::debug:
      qCDebug(lcHullSync, "%s", line.constData());
      break;
    case hull::log_level::info:
      qCInfo(lcHullSync, "%s", line.constData());
      break;
    case hull::log_level::warning:
      qCWarning(lcHullSync, "%s", line.constData());
      break;
    case hull::log_level::error:
      qCCritical(lcHullSync, "%s", line.constData());
      break;
  }
}

hull::error closedError() { return {hull::errc::closed, "The client was closed.", {}, {}}; }

HullConnectionState toQt(const hull::connection_state& state) {
  HullConnectionState out;
  out.connected = state.is_connected;
  out.hasEverConnected = state.has_ever_connected;
  out.connectionCount = static_cast<int>(state.connection_count);
  out.retries = static_cast<int>(state.connection_retries);
  out.inflightMutations = static_cast<int>(state.inflight_mutations);
  out.inflightActions = static_cast<int>(state.inflight_actions);
  if (state.next_retry_in) out.nextRetryIn = static_cast<int>(state.next_retry_in->count());
  return out;
}

}  // namespace

HullClient::HullClient(QObject* parent) : QObject(parent), d(std::make_unique<HullClientPrivate>(this)) {}

HullClient::HullClient(const QUrl& url, QObject* parent) : HullClient(parent) { setUrl(url); }

HullClient::~HullClient() { d->shutDown(); }

QUrl HullClient::url() const { return d->m_url; }

void HullClient::setUrl(const QUrl& url) {
  d->assertThread();
  if (d->m_url == url) return;
  d->m_url = url;
  d->reopen();
  Q_EMIT urlChanged();
}

QString HullClient::adminKey() const { return d->m_adminKey; }

void HullClient::setAdminKey(const QString& key) {
  d->assertThread();
  if (d->m_adminKey == key) return;
  d->m_adminKey = key;
  if (d->m_engine) d->m_engine->set_admin_auth(key.toStdString());
  Q_EMIT adminKeyChanged();
}

bool HullClient::isConnected() const { return d->m_state.connected; }
HullConnectionState HullClient::connectionState() const { return d->m_state; }
HullError HullClient::error() const { return d->m_failure ? HullValueBridge::toError(*d->m_failure) : HullError(); }

HullPendingCall* HullClient::mutation(const QString& path, const QVariantMap& args, HullOptimisticUpdate optimistic) {
  auto* call = new HullPendingCall(this);
  hull::optimistic_update update;
  if (optimistic)
    update = [optimistic = std::move(optimistic)](hull::local_store& store) {
      HullLocalStore view(store);
      optimistic(view);
    };
  d->start(HullClientPrivate::Kind::Mutation, call, path, HullValueBridge::fromVariant(args), std::move(update));
  return call;
}

HullPendingCall* HullClient::action(const QString& path, const QVariantMap& args) {
  auto* call = new HullPendingCall(this);
  d->start(HullClientPrivate::Kind::Action, call, path, HullValueBridge::fromVariant(args));
  return call;
}

HullPendingCall* HullClient::query(const QString& path, const QVariantMap& args) {
  auto* call = new HullPendingCall(this);
  d->start(HullClientPrivate::Kind::Query, call, path, HullValueBridge::fromVariant(args));
  return call;
}

void HullClient::setHeld(bool held) {
  if (d->m_held == held) return;
  d->m_held = held;
  if (!held) d->reopen();
}

void HullClientPrivate::assertThread() const {
  Q_ASSERT_X(QThread::currentThread() == q->thread(), "HullClient", "used from another thread than its own");
}

void HullClientPrivate::start(Kind kind, HullPendingCall* call, const QString& path, hull::result<hull::value> args,
                              hull::optimistic_update optimistic) {
  assertThread();
  m_calls.erase(
      std::remove_if(m_calls.begin(), m_calls.end(), [](const auto& known) { return !known || !known->isRunning(); }),
      m_calls.end());
  m_calls.emplace_back(call);
  if (!args) {
    hull::error refused = args.error();
    refused.code = hull::errc::bad_argument;
    refused.message = "arguments of " + path.toStdString() + ": " + refused.message;
    HullPendingCallPrivate::finishLater(call, std::move(refused));
    return;
  }
  auto begin = [this, kind, guard = QPointer(call), path = path.toStdString(), args = *std::move(args),
                optimistic = std::move(optimistic)] {
    if (guard) send(kind, guard, path, args, optimistic);
  };
  if (m_held)
    m_waiting.push_back(std::move(begin));
  else
    begin();
}

void HullClientPrivate::send(Kind kind, HullPendingCall* call, std::string path, hull::value args,
                             hull::optimistic_update optimistic) {
  if (!m_engine) {
    HullPendingCallPrivate::finishLater(
        call, m_failure ? *m_failure : hull::error{hull::errc::bad_argument, "HullClient has no url.", {}, {}});
    return;
  }
  auto done = [guard = QPointer(call)](hull::result<hull::value> outcome) {
    if (guard) HullPendingCallPrivate::finish(guard, std::move(outcome));
  };
  switch (kind) {
    case Kind::Query:
      m_engine->query(std::move(path), std::move(args), std::move(done));
      break;
    case Kind::Action:
      m_engine->action(std::move(path), std::move(args), std::move(done));
      break;
    case Kind::Mutation:
      m_engine->mutation(std::move(path), std::move(args), hull::mutation_options{std::move(optimistic)},
                         std::move(done));
      break;
  }
}

void HullClientPrivate::reopen() {
  if (m_held) return;
  closeEngine();
  std::optional<hull::error> failure;
  if (!m_url.isEmpty()) {
    hull::client_options options;
    options.log = logLine;
    try {
      m_home = std::make_shared<QObjectHome>(q);
      m_engine.emplace(QObjectExecutor(m_home), m_url.toString().toStdString(), std::move(options));
    } catch (const std::invalid_argument& refused) {
      failure = hull::error{hull::errc::bad_argument, refused.what(), {}, {}};
      qCWarning(lcHull, "%s", refused.what());
    }
  }
  if (m_engine) {
    if (!m_adminKey.isEmpty()) m_engine->set_admin_auth(m_adminKey.toStdString());
    m_stateSubscription =
        m_engine->on_connection_state([this](const hull::connection_state& state) { setState(state); });
  }
  for (const auto& begin : std::exchange(m_waiting, {})) begin();
  setFailure(std::move(failure));
  setState(m_engine ? m_engine->state() : hull::connection_state{});
  Q_EMIT q->reopened(HullClient::QPrivateSignal());
}

void HullClientPrivate::closeEngine() {
  if (!m_engine) return;
  m_stateSubscription.reset();
  m_engine->close();
  m_engine.reset();
}

// Completions that the closing engine posts can no longer reach this object, so the calls are finished here.
void HullClientPrivate::shutDown() {
  closeEngine();
  if (m_home) m_home->close();
  for (const auto& call : std::exchange(m_calls, {}))
    if (call) HullPendingCallPrivate::finish(call, closedError());
}

void HullClientPrivate::setState(const hull::connection_state& state) {
  const HullConnectionState next = toQt(state);
  if (m_state == next) return;
  const bool connectedChanged = m_state.connected != next.connected;
  m_state = next;
  const QPointer<HullClient> guard(q);
  Q_EMIT q->connectionStateChanged();
  if (guard && connectedChanged) Q_EMIT q->connectedChanged();
}

void HullClientPrivate::setFailure(std::optional<hull::error> failure) {
  const bool same =
      m_failure.has_value() == failure.has_value() && (!failure || failure->message == m_failure->message);
  m_failure = std::move(failure);
  if (!same) Q_EMIT q->errorChanged();
}
