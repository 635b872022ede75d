// MockDeployment: a hull::mock::fake_deployment in terms of QML.
#include "hulljsbridge_p.h"
#include "hullmockdeployment_p.h"
#include "hullvaluebridge_p.h"

#include <hull/function/path.hpp>
#include <hull/value/json.hpp>

#include <QtCore/QDeadlineTimer>
#include <QtCore/QEventLoop>
#include <QtCore/QPointer>
#include <QtCore/QTimer>
#include <QtQml/QJSValueIterator>
#include <QtQml/QQmlEngine>

#include <stdexcept>
#include <utility>

using hull::mock::fake_deployment;
using HullMock::guarded;
using HullMock::toObject;
using HullMock::toValue;

QJSEngine* HullMockDeploymentPrivate::engine() const { return qjsEngine(q); }

void HullMockDeploymentPrivate::start() {
  hull::mock::deployment_options options;
  auto deployment = std::make_shared<fake_deployment>(std::move(options));
  deployment->authenticate([users = m_identities](const std::string& token) -> std::optional<hull::value> {
    const std::lock_guard lock(users->mutex);
    const auto found = users->identities.find(token);
    if (found == users->identities.end()) return std::nullopt;
    return found->second;
  });
  if (m_offline) deployment->set_offline(true);
  m_deployment = std::move(deployment);
  m_desk = std::make_shared<HullMockDesk>(q, [this](const HullMockCallPtr& call) { handle(m_desk, call); });
}

void HullMockDeploymentPrivate::stop() {
  m_functions.clear();
  m_taken.clear();
  if (const auto desk = std::exchange(m_desk, nullptr)) desk->close();
  m_deployment.reset();
}

fake_deployment& HullMockDeploymentPrivate::running() {
  if (!m_wanted) throw std::logic_error("The MockDeployment does not run.");
  if (!m_deployment) start();
  return *m_deployment;
}

void HullMockDeploymentPrivate::away(const std::function<void(fake_deployment&)>& work) {
  running();
  const std::shared_ptr<fake_deployment> deployment = m_deployment;  // This object may go meanwhile.
  const std::shared_ptr<HullMockDesk> desk = m_desk;
  desk->away([&] { work(*deployment); });
}

QJSValue HullMockDeploymentPrivate::describe(const hull::mock::call_record& call) const {
  QJSEngine* const js = engine();
  QJSValue out = js->newObject();
  out.setProperty(QStringLiteral("kind"), HullValueBridge::toString(hull::mock::to_string(call.kind)));
  out.setProperty(QStringLiteral("path"), HullValueBridge::toString(call.path));
  out.setProperty(QStringLiteral("args"), HullJsBridge::toJs(*js, call.args));
  out.setProperty(QStringLiteral("user"),
                  call.user ? HullJsBridge::toJs(*js, *call.user) : QJSValue(QJSValue::NullValue));
  if (call.failure) out.setProperty(QStringLiteral("failure"), HullValueBridge::toString(*call.failure));
  return out;
}

QJSValue HullMockDeploymentPrivate::calls(const std::string& path) {
  QJSValue list = engine()->newArray();
  quint32 size = 0;
  for (const auto& call : running().calls())
    if (path.empty() || call.path == path) list.setProperty(size++, describe(call));
  return list;
}

HullMockDeployment::HullMockDeployment(QObject* parent)
    : QObject(parent), d(std::make_unique<HullMockDeploymentPrivate>(this)) {}

HullMockDeployment::~HullMockDeployment() { d->stop(); }

void HullMockDeployment::componentComplete() {
  if (d->m_wanted) d->running();
}

QUrl HullMockDeployment::url() { return d->m_wanted ? QUrl(QString::fromStdString(d->running().url())) : QUrl(); }

bool HullMockDeployment::isRunning() const { return d->m_wanted; }

void HullMockDeployment::setRunning(bool running) {
  if (d->m_wanted == running) return;
  d->m_wanted = running;
  const QPointer<HullMockDeployment> guard(this);
  if (!running) d->stop();
  Q_EMIT runningChanged();
  if (guard) Q_EMIT urlChanged();
}

QUrl HullMockDeployment::restart() {
  const QPointer<HullMockDeployment> guard(this);
  const bool wanted = std::exchange(d->m_wanted, true);
  d->stop();
  const QUrl address = url();
  if (!wanted) Q_EMIT runningChanged();
  if (guard) Q_EMIT urlChanged();
  return address;
}

bool HullMockDeployment::isOffline() const { return d->m_offline; }

void HullMockDeployment::setOffline(bool offline) {
  if (d->m_offline == offline) return;
  const QPointer<HullMockDeployment> guard(this);
  guarded(d->engine(), [&] {
    if (d->m_deployment) d->away([&](fake_deployment& deployment) { deployment.set_offline(offline); });
    return QJSValue();
  });
  if (!guard) return;
  d->m_offline = offline;
  Q_EMIT offlineChanged();
}

QJSValue HullMockDeployment::users() const { return d->m_users; }

void HullMockDeployment::setUsers(const QJSValue& users) {
  guarded(d->engine(), [&] {
    std::map<std::string, hull::value> identities;
    for (const auto& [token, identity] : toObject(users, "users")) identities.emplace(token, identity);
    const std::lock_guard lock(d->m_identities->mutex);
    d->m_identities->identities = std::move(identities);
    d->m_users = users;
    return QJSValue();
  });
  Q_EMIT usersChanged();
}

QString HullMockDeployment::adminKey() const {
  return QString::fromStdString(hull::mock::deployment_options().admin_key);
}

QJSValue HullMockDeployment::calls() {
  return guarded(d->engine(), [&] { return d->calls({}); });
}

QJSValue HullMockDeployment::callsTo(const QString& path) {
  return guarded(d->engine(), [&] { return d->calls(hull::canonical_path(path.toStdString())); });
}

int HullMockDeployment::liveQueries() {
  std::size_t count = 0;
  guarded(d->engine(), [&] {
    d->away([&](fake_deployment& deployment) { count = deployment.live_queries(); });
    return QJSValue();
  });
  return static_cast<int>(count);
}

int HullMockDeployment::openConnections() {
  std::size_t count = 0;
  guarded(d->engine(), [&] {
    d->away([&](fake_deployment& deployment) { count = deployment.open_connections(); });
    return QJSValue();
  });
  return static_cast<int>(count);
}

void HullMockDeployment::query(const QString& path, const QJSValue& run) {
  guarded(d->engine(), [&] { return d->addFunction(hull::mock::function_kind::query, path, run), QJSValue(); });
}

void HullMockDeployment::mutation(const QString& path, const QJSValue& run) {
  guarded(d->engine(), [&] { return d->addFunction(hull::mock::function_kind::mutation, path, run), QJSValue(); });
}

void HullMockDeployment::action(const QString& path, const QJSValue& run) {
  guarded(d->engine(), [&] { return d->addFunction(hull::mock::function_kind::action, path, run), QJSValue(); });
}

void HullMockDeployment::setResult(const QString& path, const QJSValue& value) {
  guarded(d->engine(), [&] {
    const hull::value result = toValue(value);
    d->away([&](fake_deployment& deployment) { deployment.query_result(path.toStdString(), result); });
    return QJSValue();
  });
}

void HullMockDeployment::setResultJson(const QString& path, const QString& json) {
  guarded(d->engine(), [&] {
    auto result = hull::read_json(json.toStdString());
    if (!result) throw std::invalid_argument(result.error().message);
    d->away([&](fake_deployment& deployment) { deployment.query_result(path.toStdString(), *result); });
    return QJSValue();
  });
}

void HullMockDeployment::failQuery(const QString& path, const QString& message) {
  guarded(d->engine(), [&] {
    d->away([&](fake_deployment& deployment) { deployment.query_error(path.toStdString(), message.toStdString()); });
    return QJSValue();
  });
}

QJSValue HullMockDeployment::documents(const QString& table) {
  return guarded(d->engine(), [&] {
    return HullJsBridge::toJs(*d->engine(), hull::value(d->running().documents(table.toStdString())));
  });
}

QString HullMockDeployment::insert(const QString& table, const QJSValue& document) {
  std::string id;
  guarded(d->engine(), [&] {
    const hull::object fields = toObject(document, "A document");
    d->away([&](fake_deployment& deployment) {
      deployment.change([&](hull::mock::tables& all) { id = all.table(table.toStdString()).insert(fields); });
    });
    return QJSValue();
  });
  return QString::fromStdString(id);
}

void HullMockDeployment::change(const QJSValue& what) {
  guarded(d->engine(), [&] {
    if (!what.isCallable()) throw std::invalid_argument("change needs a function.");
    d->running();
    const auto call = std::make_shared<HullMockCall>();
    call->path = "change";
    call->work = what;
    call->access = std::make_shared<HullMockAccess>();
    d->away([&, desk = d->m_desk](fake_deployment& deployment) {
      deployment.change([&](hull::mock::tables& all) {
        call->access->tables = &all;
        desk->run(call);
      });
    });
    return QJSValue();
  });
}

QString HullMockDeployment::addFile(const QJSValue& content, const QString& contentType) {
  std::string id;
  guarded(d->engine(), [&] {
    const hull::value converted = toValue(content);
    std::string bytes;
    if (converted.is_string())
      bytes = converted.as_string();
    else if (converted.kind() == hull::kind::bytes)
      bytes.assign(converted.as_bytes().begin(), converted.as_bytes().end());
    else
      throw std::invalid_argument("The content of a file is text or an ArrayBuffer.");
    d->away([&](fake_deployment& deployment) { id = deployment.add_file(bytes, contentType.toStdString()); });
    return QJSValue();
  });
  return QString::fromStdString(id);
}

QJSValue HullMockDeployment::file(const QString& storageId) {
  return guarded(d->engine(), [&] {
    const auto found = d->running().file(storageId.toStdString());
    if (!found) return QJSValue(QJSValue::NullValue);
    QJSValue out = d->engine()->newObject();
    const QByteArray bytes(found->bytes.data(), static_cast<qsizetype>(found->bytes.size()));
    out.setProperty(QStringLiteral("bytes"), d->engine()->toScriptValue(bytes));
    out.setProperty(QStringLiteral("contentType"), HullValueBridge::toString(found->content_type));
    return out;
  });
}

QJSValue HullMockDeployment::waitForCall(const QString& path, int timeout) {
  return guarded(d->engine(), [&] {
    const QPointer<HullMockDeployment> guard(this);
    const std::string name = hull::canonical_path(path.toStdString());
    const QDeadlineTimer deadline(timeout);
    for (;;) {
      std::size_t seen = 0;
      for (const auto& call : d->running().calls())
        if (call.path == name && seen++ == d->m_taken[name]) {
          ++d->m_taken[name];
          return d->describe(call);
        }
      if (deadline.hasExpired()) throw std::runtime_error("No call of " + name + " came.");
      QEventLoop loop;
      QTimer::singleShot(5, &loop, &QEventLoop::quit);
      loop.exec();
      if (!guard) throw std::runtime_error("The MockDeployment was destroyed while waitForCall waited.");
    }
  });
}

void HullMockDeployment::forgetCalls() {
  guarded(d->engine(), [&] {
    d->running().forget_calls();
    d->m_taken.clear();
    return QJSValue();
  });
}

void HullMockDeployment::hold(const QString& path) {
  guarded(d->engine(), [&] { return d->running().hold(path.toStdString()), QJSValue(); });
}

void HullMockDeployment::release(const QString& path) {
  guarded(d->engine(), [&] { return d->running().release(path.toStdString()), QJSValue(); });
}

void HullMockDeployment::dropConnections() {
  guarded(d->engine(), [&] { return d->away([](fake_deployment& one) { one.drop_connections(); }), QJSValue(); });
}

void HullMockDeployment::closeConnections(int code, const QString& reason) {
  guarded(d->engine(), [&] {
    d->away([&](fake_deployment& deployment) {
      deployment.close_connections(static_cast<std::uint16_t>(code), reason.toStdString());
    });
    return QJSValue();
  });
}

void HullMockDeployment::expireTokens() {
  guarded(d->engine(), [&] { return d->away([](fake_deployment& one) { one.expire_tokens(); }), QJSValue(); });
}
