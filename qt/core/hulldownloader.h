// Files from the storage of a deployment, with progress.
#pragma once

#include "hullclient.h"
#include "hullpendingcall.h"
#include "hullqtglobal.h"

#include <QtCore/QObject>
#include <QtCore/QString>
#include <QtCore/QUrl>

#include <memory>

class HullDownloaderPrivate;

/// Fetches storage URLs (what ctx.storage.getUrl returned) into memory or into files. A connection that breaks is made
/// again for the rest. Any number of downloads may be under way. May be destroyed at any time, also inside its own
/// signals: downloads under way then fail with HullError::Closed.
class HULL_QT_EXPORT HullDownloader : public QObject {
  Q_OBJECT
  Q_PROPERTY(HullClient* client READ client WRITE setClient NOTIFY clientChanged)
  Q_PROPERTY(double progress READ progress NOTIFY progressChanged)
  Q_PROPERTY(bool running READ isRunning NOTIFY runningChanged)

 public:
  explicit HullDownloader(QObject* parent = nullptr);
  explicit HullDownloader(HullClient* client, QObject* parent = nullptr);
  ~HullDownloader() override;

  /// Whose certificates and proxy are used; may be null.
  HullClient* client() const;
  void setClient(HullClient* client);

  /// Finishes with the bytes (QByteArray). Fails with BadArgument for a bad URL, with Network or TimedOut, with
  /// FunctionFailed when there is no such file, and with BadMessage for one longer than `maxBytes`. The call belongs to
  /// the downloader.
  HullPendingCall* download(const QUrl& url, qint64 maxBytes = 256 << 20);
  /// The same into a local file, and finishes with its name. The file appears, or is replaced, when all has arrived;
  /// what is unfinished is removed.
  HullPendingCall* downloadFile(const QUrl& url, const QString& file, qint64 maxBytes = 256 << 20);

  /// From 0 to 1: bytes through of all bytes of the downloads under way, as far as the server says how many they are.
  /// Stays at its last value when all are over.
  double progress() const;
  bool isRunning() const;
  /// Cancels all downloads under way; they fail with HullError::Cancelled, soon.
  Q_INVOKABLE void cancel();

 Q_SIGNALS:
  void clientChanged();
  void progressChanged();
  void runningChanged();

 private:
  friend class HullDownloaderPrivate;
  const std::unique_ptr<HullDownloaderPrivate> d;
};
