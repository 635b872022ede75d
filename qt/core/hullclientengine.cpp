// HullClientPrivate: one engine at a time on the object's thread, made anew for another url or other options.
#include "hullclient_p.h"

#include "hulllogging_p.h"
#include "hullpendingcall_p.h"
#include "hullvaluebridge_p.h"

#include <hull/offline/file_outbox.hpp>
#include <hull/offline/file_result_store.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include <stdexcept>

namespace {

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
  if (state.oldest_request_age) out.oldestRequestAge = static_cast<int>(state.oldest_request_age->count());
  return out;
}

void logProblem(const std::string& what) { qCWarning(lcHullSync, "%s", what.c_str()); }

}  // namespace

hull::client_options HullClientPrivate::engineOptions() {
  using std::chrono::milliseconds;
  hull::client_options options;
  options.log = hullLog;
  options.retention = milliseconds(m_options.retention);
  options.compression = m_options.compression;
  options.inactivity_timeout = milliseconds(m_options.inactivityTimeout);
  options.connect_timeout = milliseconds(m_options.connectTimeout);
  options.auth.expect_auth = m_options.expectAuth;
  options.auth.fetch_timeout = milliseconds(m_options.tokenTimeout);
  options.tls.ca_file = m_options.caFile.toStdString();
  options.tls.certificate_file = m_options.clientCertificate.toStdString();
  options.tls.private_key_file = m_options.clientKey.toStdString();
  options.tls.private_key_passphrase = m_options.clientKeyPassphrase.toStdString();
  options.proxy.url = m_options.proxyUrl.toStdString();
  if (!m_options.outboxFile.isEmpty()) {
    options.outbox = std::make_shared<hull::file_outbox>(m_options.outboxFile.toStdString());
    // Later, as with calls: a slot may run an event loop or destroy the client. This object closes its home as it goes.
    options.on_restored = [this](const hull::outbox::entry& call, const hull::result<hull::value>& outcome) {
      m_home->post([this, path = call.path, args = call.args, outcome] { tellRestored(path, args, outcome); });
    };
  }
  if (!m_options.resultsFile.isEmpty()) {
    hull::file_result_store_options how;
    how.on_problem = logProblem;
    auto store = hull::file_result_store::open(m_options.resultsFile.toStdString(), std::move(how));
    if (!store) throw std::runtime_error("the results file cannot be used: " + store.error().message);
    options.results = *std::move(store);
  }
  return options;
}

void HullClientPrivate::reopen() {
  if (m_held) return;
  const QPointer<HullClient> guard(q);
  closeEngine();
  std::optional<hull::error> failure;
  if (!m_url.isEmpty()) {
    try {
      m_engine.emplace(executor(), m_url.toString().toStdString(), engineOptions());
    } catch (const std::exception& refused) {
      failure = hull::error{hull::errc::bad_argument, refused.what(), {}, {}};
      qCWarning(lcHull, "%s", refused.what());
    }
  }
  if (m_engine) {
    m_stateSubscription =
        m_engine->on_connection_state([this](const hull::connection_state& state) { setState(state); });
    m_authSubscription = m_engine->on_auth_state([this](const hull::auth_state&) { publishAuth(); });
    if (m_auth.isDecided) applyAuth();
  }
  for (const Held& held : std::exchange(m_waiting, {})) {
    if (guard) held.begin();
  }
  if (guard) setFailure(std::move(failure));
  if (guard) publishAuth();
  if (guard) setState(m_engine ? m_engine->state() : hull::connection_state{});
  if (guard) Q_EMIT q->reopened(HullClient::QPrivateSignal());
}

void HullClientPrivate::closeEngine() {
  if (!m_engine) return;
  m_stateSubscription.reset();
  m_authSubscription.reset();
  m_engine->close();
  m_engine.reset();
}

// Completions that the closing engine posts can no longer reach this object, so the calls are finished here.
void HullClientPrivate::shutDown() {
  closeEngine();
  m_home->close();
  for (const auto& call : std::exchange(m_calls, {}))
    if (call) HullPendingCallPrivate::finish(call, closedError());
}

void HullClientPrivate::send(Kind kind, HullPendingCall* call, std::string path, hull::value args,
                             hull::mutation_options options) {
  if (!m_engine) {
    HullPendingCallPrivate::finishLater(
        call, m_failure ? *m_failure : hull::error{hull::errc::bad_argument, "HullClient has no url.", {}, {}});
    return;
  }
  // The handler keeps the signal: the engine looks at the slot until the call is over.
  const auto signal = std::make_shared<boost::asio::cancellation_signal>();
  HullPendingCallPrivate::get(call)->abandon = [signal] { signal->emit(boost::asio::cancellation_type::terminal); };
  auto done = boost::asio::bind_cancellation_slot(signal->slot(),
                                                  [signal, guard = QPointer(call)](hull::result<hull::value> outcome) {
                                                    if (guard)
                                                      HullPendingCallPrivate::finish(guard, std::move(outcome));
                                                  });
  switch (kind) {
    case Kind::Query:
      m_engine->query(std::move(path), std::move(args), hull::call_options{options.deadline}, std::move(done));
      break;
    case Kind::Action:
      m_engine->action(std::move(path), std::move(args), hull::call_options{options.deadline}, std::move(done));
      break;
    case Kind::Mutation:
      m_engine->mutation(std::move(path), std::move(args), std::move(options), std::move(done));
      break;
  }
}

void HullClientPrivate::tellRestored(const std::string& path, const hull::value& args,
                                     const hull::result<hull::value>& outcome) {
  const QVariant value = outcome ? HullValueBridge::toVariant(*outcome) : QVariant();
  const HullError error = outcome ? HullError() : HullValueBridge::toError(outcome.error());
  Q_EMIT q->restoredMutationFinished(HullValueBridge::toString(path), HullValueBridge::toVariant(args).toMap(), value,
                                     error);
}

void HullClientPrivate::setState(const hull::connection_state& state) {
  const HullConnectionState next = toQt(state);
  if (m_state == next) return;
  const bool connectedChanged = m_state.connected != next.connected;
  m_state = next;
  if (connectedChanged)
    qCDebug(lcHullLink, "%s %s", next.connected ? "connected to" : "not connected to", qUtf8Printable(m_url.host()));
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
