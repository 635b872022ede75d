// Everything that can be set on the connection of a HullClient, with units and defaults.
#pragma once

#include "hullqtglobal.h"

#include <QtCore/QMetaType>
#include <QtCore/QObject>
#include <QtCore/QString>

/// Set it before the url, or at any time: a change makes the connection anew. Paths of files are native, not URLs.
class HULL_QT_EXPORT HullClientOptions {
  Q_GADGET
  Q_PROPERTY(int retention MEMBER retention)
  Q_PROPERTY(bool compression MEMBER compression)
  Q_PROPERTY(int inactivityTimeout MEMBER inactivityTimeout)
  Q_PROPERTY(int connectTimeout MEMBER connectTimeout)
  Q_PROPERTY(bool expectAuth MEMBER expectAuth)
  Q_PROPERTY(int tokenTimeout MEMBER tokenTimeout)
  Q_PROPERTY(QString caFile MEMBER caFile)
  Q_PROPERTY(QString clientCertificate MEMBER clientCertificate)
  Q_PROPERTY(QString clientKey MEMBER clientKey)
  Q_PROPERTY(QString clientKeyPassphrase MEMBER clientKeyPassphrase)
  Q_PROPERTY(QString proxyUrl MEMBER proxyUrl)
  Q_PROPERTY(QString outboxFile MEMBER outboxFile)
  Q_PROPERTY(QString resultsFile MEMBER resultsFile)

 public:
  int retention = 0;               ///< Milliseconds that a query stays live after its last user has gone.
  bool compression = false;        ///< Offer compression: a fifth of the bytes, several times the processor time.
  int inactivityTimeout = 60'000;  ///< Milliseconds without a message after which the client connects again.
  int connectTimeout = 15'000;     ///< Milliseconds for name resolution, TCP, TLS and handshake together.
  /// Say nothing at all before a token source, a token or an admin key was set and has answered. For programs that
  /// always sign in, so that no query runs unauthenticated first.
  bool expectAuth = false;
  int tokenTimeout = 20'000;    ///< Milliseconds after which a token source that has not answered has failed.
  QString caFile;               ///< PEM file of trusted certificates, used instead of those of the system.
  QString clientCertificate;    ///< PEM file: our certificate, for deployments that ask for one.
  QString clientKey;            ///< PEM file: its key; empty: it is in the file of the certificate.
  QString clientKeyPassphrase;  ///< For an encrypted key.
  QString proxyUrl;             ///< "http://user:password@host:port"; empty: as the environment says.
  /// File that keeps mutations which have not arrived when the program ends; the next run sends them, each exactly
  /// once. One file per user of one deployment, one client at a time. Empty: such mutations are lost.
  QString outboxFile;
  /// File that keeps results, shown as stale at the next start until the deployment speaks. One file per user of one
  /// deployment. Empty: a query begins with nothing.
  QString resultsFile;

  friend bool operator==(const HullClientOptions& a, const HullClientOptions& b) {
    return a.retention == b.retention && a.compression == b.compression && a.inactivityTimeout == b.inactivityTimeout &&
           a.connectTimeout == b.connectTimeout && a.expectAuth == b.expectAuth && a.tokenTimeout == b.tokenTimeout &&
           a.caFile == b.caFile && a.clientCertificate == b.clientCertificate && a.clientKey == b.clientKey &&
           a.clientKeyPassphrase == b.clientKeyPassphrase && a.proxyUrl == b.proxyUrl && a.outboxFile == b.outboxFile &&
           a.resultsFile == b.resultsFile;
  }
  friend bool operator!=(const HullClientOptions& a, const HullClientOptions& b) { return !(a == b); }
};

Q_DECLARE_METATYPE(HullClientOptions)
