// Secrets in the keychain of the system: refresh tokens that outlive the program. Only where Hull was built with
// QtKeychain.
#pragma once

#include "hullerror.h"
#include "hullqtglobal.h"

#include <QtCore/QFuture>
#include <QtCore/QObject>
#include <QtCore/QString>

#include <memory>

class HullKeychainPrivate;

/// Keeps texts by name, in Secret Service, KWallet, the Keychain of macOS or the Credential Store of Windows. Never in
/// the clear: without such a service every operation fails.
///
/// Operations run one after another, in the order of the calls, and may take as long as a user needs to unlock the
/// keychain. Their futures throw HullException: HullError::StorageFailed when the keychain cannot be used,
/// HullError::Cancelled when the user refused, HullError::Closed when this object went first (a text that was to be
/// written may be written all the same). Never wait for them on this object's thread.
class HULL_QT_EXPORT HullKeychain : public QObject {
  Q_OBJECT
  Q_PROPERTY(QString service READ service WRITE setService NOTIFY serviceChanged)

 public:
  explicit HullKeychain(QObject* parent = nullptr);
  explicit HullKeychain(const QString& service, QObject* parent = nullptr);
  ~HullKeychain() override;

  /// Whose secrets these are, as the keychain shows it to the user: "org.example.chat". Must not be empty; operations
  /// that were called before a change keep the old one.
  QString service() const;
  void setService(const QString& service);

  /// The text; empty when there is none.
  QFuture<QString> read(const QString& key);
  /// Replaces what there is. An empty text removes it.
  QFuture<void> write(const QString& key, const QString& secret);
  /// Succeeds also when there is nothing.
  QFuture<void> remove(const QString& key);

 Q_SIGNALS:
  void serviceChanged();

 private:
  friend class HullKeychainPrivate;
  const std::unique_ptr<HullKeychainPrivate> d;
};
