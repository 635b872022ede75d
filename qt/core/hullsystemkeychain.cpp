// The keychain of the system, by QtKeychain.
#include "hullkeychain_p.h"

#include <QtCore/QObject>

#include <qt6keychain/keychain.h>

#include <utility>

namespace {

HullError toHull(const QKeychain::Job& job) {
  switch (job.error()) {
    case QKeychain::NoError:
    case QKeychain::EntryNotFound:  // Nothing to read, or to remove: both are fine.
      return {};
    case QKeychain::AccessDeniedByUser:
      return {HullError::Cancelled, QStringLiteral("The user refused access to the keychain: ") + job.errorString()};
    case QKeychain::NoBackendAvailable:
    case QKeychain::NotImplemented:
      return {HullError::StorageFailed,
              QStringLiteral("There is no keychain here that could be used: ") + job.errorString()};
    case QKeychain::CouldNotDeleteEntry:
    case QKeychain::AccessDenied:
    case QKeychain::OtherError:
      break;
  }
  return {HullError::StorageFailed, QStringLiteral("The keychain failed: ") + job.errorString()};
}

// Jobs delete themselves; they know no other place than the keychain, since the fallback in the clear is off.
class SystemKeychain final : public HullKeychainBackend {
 public:
  void read(const QString& service, const QString& key, Done done) override {
    auto* const job = new QKeychain::ReadPasswordJob(service);
    run(job, key, [job, done = std::move(done)] {
      const HullError error = toHull(*job);
      done(error, error ? QString() : job->textData());
    });
  }
  void write(const QString& service, const QString& key, const QString& secret, Done done) override {
    auto* const job = new QKeychain::WritePasswordJob(service);
    job->setTextData(secret);
    run(job, key, [job, done = std::move(done)] { done(toHull(*job), {}); });
  }
  void remove(const QString& service, const QString& key, Done done) override {
    auto* const job = new QKeychain::DeletePasswordJob(service);
    run(job, key, [job, done = std::move(done)] { done(toHull(*job), {}); });
  }

 private:
  template <class Finished>
  static void run(QKeychain::Job* job, const QString& key, Finished finished) {
    job->setKey(key);
    QObject::connect(job, &QKeychain::Job::finished, job, std::move(finished));
    job->start();
  }
};

}  // namespace

std::unique_ptr<HullKeychainBackend> systemKeychain() { return std::make_unique<SystemKeychain>(); }
