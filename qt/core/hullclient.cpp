// HullClient: what it is told and asked. Its engine is in hullclientengine.cpp, signing in in hullclientauth.cpp.
#include "hullclient_p.h"

#include "hulllogging_p.h"
#include "hullpendingcall_p.h"
#include "hullvaluebridge_p.h"

#include <QtCore/QThread>

#include <algorithm>

HullClient::HullClient(QObject* parent) : QObject(parent), d(std::make_unique<HullClientPrivate>(this)) {}

HullClient::HullClient(const QUrl& url, QObject* parent) : HullClient(parent) { setUrl(url); }

HullClient::~HullClient() { d->shutDown(); }

QUrl HullClient::url() const { return d->m_url; }

void HullClient::setUrl(const QUrl& url) {
  d->assertThread();
  if (d->m_url == url) return;
  d->m_url = url;
  const QPointer<HullClient> guard(this);
  d->reopen();
  if (guard) Q_EMIT urlChanged();
}

HullClientOptions HullClient::options() const { return d->m_options; }

void HullClient::setOptions(const HullClientOptions& options) {
  d->assertThread();
  if (d->m_options == options) return;
  d->m_options = options;
  const QPointer<HullClient> guard(this);
  if (!d->m_url.isEmpty()) d->reopen();
  if (guard) Q_EMIT optionsChanged();
}

bool HullClient::isConnected() const { return d->m_state.connected; }

HullConnectionState HullClient::connectionState() const {
  HullConnectionState state = d->m_state;
  if (!d->m_engine) return state;
  if (const auto age = d->m_engine->state().oldest_request_age) state.oldestRequestAge = static_cast<int>(age->count());
  return state;
}

HullError HullClient::error() const { return d->m_failure ? HullValueBridge::toError(*d->m_failure) : HullError(); }

bool HullClient::hasUnacknowledgedMutations() const {
  const auto isMutation = [](const auto& held) { return held.kind == HullClientPrivate::Kind::Mutation; };
  return (d->m_engine && d->m_engine->has_unacknowledged_mutations()) ||
         std::any_of(d->m_waiting.begin(), d->m_waiting.end(), isMutation);
}

void HullClient::reconnectNow() {
  d->assertThread();
  if (d->m_engine) d->m_engine->reconnect_now();
}

HullPendingCall* HullClient::mutation(const QString& path, const QVariantMap& args, HullOptimisticUpdate optimistic) {
  return d->call(HullClientPrivate::Kind::Mutation, path, args, {std::move(optimistic)});
}

HullPendingCall* HullClient::mutation(const QString& path, const QVariantMap& args, const HullCallOptions& options) {
  return d->call(HullClientPrivate::Kind::Mutation, path, args, options);
}

HullPendingCall* HullClient::action(const QString& path, const QVariantMap& args, const HullCallOptions& options) {
  return d->call(HullClientPrivate::Kind::Action, path, args, options);
}

HullPendingCall* HullClient::query(const QString& path, const QVariantMap& args, const HullCallOptions& options) {
  return d->call(HullClientPrivate::Kind::Query, path, args, options);
}

void HullClient::prewarm(const QString& path, const QVariantMap& args, int time) {
  d->assertThread();
  auto converted = HullValueBridge::fromVariant(args);
  if (!converted) {
    qCWarning(lcHull, "prewarm of %s: %s", qUtf8Printable(path), converted.error().message.c_str());
    return;
  }
  auto begin = [this, path = path.toStdString(), args = *std::move(converted), time] {
    if (d->m_engine) d->m_engine->prewarm(path, args, std::chrono::milliseconds(time));
  };
  if (d->m_held)
    d->m_waiting.push_back({HullClientPrivate::Kind::Query, std::move(begin)});
  else
    begin();
}

void HullClient::setHeld(bool held) {
  if (d->m_held == held) return;
  d->m_held = held;
  if (!held) d->reopen();
}

void HullClientPrivate::assertThread() const {
  Q_ASSERT_X(QThread::currentThread() == q->thread(), "HullClient", "used from another thread than its own");
}

HullPendingCall* HullClientPrivate::call(Kind kind, const QString& path, const QVariantMap& args,
                                         const HullCallOptions& options) {
  auto* call = new HullPendingCall(q);
  const QPointer<HullPendingCall> guard(call);
  hull::optimistic_update update;
  if (options.optimistic)
    update = [optimistic = options.optimistic](hull::local_store& store) {
      HullLocalStore view(store);
      optimistic(view);
    };
  start(kind, call, path, HullValueBridge::fromVariant(args), std::move(update), toDeadline(options.deadline));
  return guard;
}

void HullClientPrivate::adopt(HullPendingCall* call) {
  assertThread();
  if (m_calls.size() >= m_compactAt) {
    m_calls.erase(
        std::remove_if(m_calls.begin(), m_calls.end(), [](const auto& known) { return !known || !known->isRunning(); }),
        m_calls.end());
    m_compactAt = std::max<std::size_t>(64, 2 * m_calls.size());
  }
  m_calls.emplace_back(call);
}

void HullClientPrivate::start(Kind kind, HullPendingCall* call, const QString& path, hull::result<hull::value> args,
                              hull::optimistic_update optimistic, std::optional<std::chrono::milliseconds> deadline) {
  adopt(call);
  if (!args) {
    hull::error refused = args.error();
    refused.code = hull::errc::bad_argument;
    refused.message = "arguments of " + path.toStdString() + ": " + refused.message;
    HullPendingCallPrivate::finishLater(call, std::move(refused));
    return;
  }
  auto begin = [this, kind, guard = QPointer(call), path = path.toStdString(), args = *std::move(args),
                options = hull::mutation_options{std::move(optimistic), deadline}] {
    if (guard && !HullPendingCallPrivate::get(guard)->isCancelled) send(kind, guard, path, args, options);
  };
  if (m_held)
    m_waiting.push_back({kind, std::move(begin)});
  else
    begin();
}
