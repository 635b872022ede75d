// The operations of a HullKeychain, and what stands behind it.
#pragma once

#include "hullkeychain.h"

#include <deque>
#include <functional>
#include <memory>

/// Where secrets are. Used on one thread; `done` is called once, from its event loop. The one of the system is
/// systemKeychain(); tests bring their own.
class HULL_QT_EXPORT HullKeychainBackend {
 public:
  /// `secret` is of reads alone, and empty when there is none.
  using Done = std::function<void(const HullError& error, const QString& secret)>;

  virtual ~HullKeychainBackend();
  virtual void read(const QString& service, const QString& key, Done done) = 0;
  virtual void write(const QString& service, const QString& key, const QString& secret, Done done) = 0;
  virtual void remove(const QString& service, const QString& key, Done done) = 0;
};

/// By way of QtKeychain.
HULL_QT_EXPORT std::unique_ptr<HullKeychainBackend> systemKeychain();

class HULL_QT_EXPORT HullKeychainPrivate {
 public:
  using Done = HullKeychainBackend::Done;
  enum class Kind { Read, Write, Remove };

  explicit HullKeychainPrivate(HullKeychain* keychain) : q(keychain) {}
  static HullKeychainPrivate* get(HullKeychain* keychain) { return keychain->d.get(); }

  /// Instead of the system's. While nothing is under way.
  void setBackend(std::unique_ptr<HullKeychainBackend> backend) { m_backend = std::move(backend); }
  /// `done` is called once, from the event loop, or by the end of the keychain.
  void start(Kind kind, const QString& key, const QString& secret, Done done);

 private:
  friend class HullKeychain;
  struct Operation {
    Kind kind;
    QString service;
    QString key;
    QString secret;
    Done done;
  };

  void next();
  void finish(const HullError& error, const QString& secret);
  void shutDown();

  HullKeychain* const q;
  QString m_service;
  std::unique_ptr<HullKeychainBackend> m_backend;
  std::deque<Operation> m_operations;  // The first one is under way.
};
