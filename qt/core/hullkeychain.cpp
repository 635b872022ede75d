// HullKeychain: one operation at a time, and a future for each.
#include "hullkeychain_p.h"

#include "hullpendingcall.h"

#include <QtCore/QPointer>
#include <QtCore/QPromise>

#include <utility>

HullKeychainBackend::~HullKeychainBackend() = default;

HullKeychain::HullKeychain(QObject* parent) : QObject(parent), d(std::make_unique<HullKeychainPrivate>(this)) {}

HullKeychain::HullKeychain(const QString& service, QObject* parent) : HullKeychain(parent) { d->m_service = service; }

HullKeychain::~HullKeychain() { d->shutDown(); }

QString HullKeychain::service() const { return d->m_service; }

void HullKeychain::setService(const QString& service) {
  if (d->m_service == service) return;
  d->m_service = service;
  Q_EMIT serviceChanged();
}

QFuture<QString> HullKeychain::read(const QString& key) {
  const auto promise = std::make_shared<QPromise<QString>>();
  promise->start();
  d->start(HullKeychainPrivate::Kind::Read, key, {}, [promise](const HullError& error, const QString& secret) {
    if (error)
      promise->setException(HullException(error));
    else
      promise->addResult(secret);
    promise->finish();
  });
  return promise->future();
}

namespace {

QFuture<void> startWithoutResult(HullKeychainPrivate* d, HullKeychainPrivate::Kind kind, const QString& key,
                                 const QString& secret) {
  const auto promise = std::make_shared<QPromise<void>>();
  promise->start();
  d->start(kind, key, secret, [promise](const HullError& error, const QString&) {
    if (error) promise->setException(HullException(error));
    promise->finish();
  });
  return promise->future();
}

}  // namespace

QFuture<void> HullKeychain::write(const QString& key, const QString& secret) {
  return startWithoutResult(d.get(), HullKeychainPrivate::Kind::Write, key, secret);
}

QFuture<void> HullKeychain::remove(const QString& key) {
  return startWithoutResult(d.get(), HullKeychainPrivate::Kind::Remove, key, {});
}

void HullKeychainPrivate::start(Kind kind, const QString& key, const QString& secret, Done done) {
  if (kind == Kind::Write && secret.isEmpty()) kind = Kind::Remove;
  m_operations.push_back({kind, m_service, key, secret, std::move(done)});
  if (m_operations.size() == 1)
    QMetaObject::invokeMethod(
        q, [this] { next(); }, Qt::QueuedConnection);
}

void HullKeychainPrivate::next() {
  const Operation& now = m_operations.front();
  if (now.service.isEmpty() || now.key.isEmpty()) {
    const QString missing = now.service.isEmpty() ? QStringLiteral("has no service: set it to the name of the program")
                                                  : QStringLiteral("was given an empty key");
    return finish(HullError(HullError::BadArgument, QStringLiteral("HullKeychain ") + missing), {});
  }
  if (!m_backend) m_backend = systemKeychain();
  auto done = [this, guard = QPointer(q)](const HullError& error, const QString& secret) {
    if (guard) finish(error, secret);
  };
  switch (now.kind) {
    case Kind::Read:
      return m_backend->read(now.service, now.key, std::move(done));
    case Kind::Write:
      return m_backend->write(now.service, now.key, now.secret, std::move(done));
    case Kind::Remove:
      return m_backend->remove(now.service, now.key, std::move(done));
  }
}

void HullKeychainPrivate::finish(const HullError& error, const QString& secret) {
  const Done done = std::move(m_operations.front().done);
  m_operations.pop_front();
  if (!m_operations.empty())
    QMetaObject::invokeMethod(
        q, [this] { next(); }, Qt::QueuedConnection);
  done(error, secret);
}

void HullKeychainPrivate::shutDown() {
  const HullError closed(HullError::Closed, QStringLiteral("The HullKeychain was destroyed."));
  for (const Operation& left : std::exchange(m_operations, {})) left.done(closed, {});
}
