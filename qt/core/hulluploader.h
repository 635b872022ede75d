// Files to the storage of a deployment, with progress.
#pragma once

#include "hullclient.h"
#include "hullpendingcall.h"
#include "hullqtglobal.h"

#include <QtCore/QByteArray>
#include <QtCore/QObject>
#include <QtCore/QVariant>

#include <memory>

class HullUploaderPrivate;

/// Sends bytes or local files to an upload URL and gives their storage ids. Any number of uploads may be under way. May
/// be destroyed at any time, also inside its own signals: uploads under way then fail with HullError::Closed.
class HULL_QT_EXPORT HullUploader : public QObject {
  Q_OBJECT
  Q_PROPERTY(HullClient* client READ client WRITE setClient NOTIFY clientChanged)
  Q_PROPERTY(QString uploadUrl READ uploadUrl WRITE setUploadUrl NOTIFY uploadUrlChanged)
  Q_PROPERTY(QVariantMap args READ args WRITE setArgs NOTIFY argsChanged)
  Q_PROPERTY(double progress READ progress NOTIFY progressChanged)
  Q_PROPERTY(bool running READ isRunning NOTIFY runningChanged)

 public:
  explicit HullUploader(QObject* parent = nullptr);
  explicit HullUploader(HullClient* client, const QString& uploadUrl, QObject* parent = nullptr);
  ~HullUploader() override;

  /// Calls the mutation that makes the URL; certificates and proxy are as its options say when an upload begins.
  HullClient* client() const;
  void setClient(HullClient* client);
  /// A mutation that returns the URL, "files:generateUploadUrl", called anew for each upload; or the URL itself,
  /// "https://...", for one that was made elsewhere. A URL from generateUploadUrl serves once.
  QString uploadUrl() const;
  void setUploadUrl(const QString& pathOrUrl);
  /// Arguments of the mutation.
  QVariantMap args() const;
  void setArgs(const QVariantMap& args);

  /// Finishes with the storage id (QString). Fails with BadArgument for a file that cannot be read, as the mutation
  /// failed, with Network or TimedOut, or with FunctionFailed when the deployment refused the file. The call belongs to
  /// the uploader. Without a content type: "application/octet-stream".
  HullPendingCall* upload(const QByteArray& data, const QString& contentType = {});
  /// The same for a local file, which must not change meanwhile; it is read in small pieces. Without a content type:
  /// what its name and its beginning tell.
  HullPendingCall* uploadFile(const QString& file, const QString& contentType = {});

  /// From 0 to 1: bytes through of all bytes of the uploads under way. Stays at its last value when all are over.
  double progress() const;
  bool isRunning() const;
  /// Cancels all uploads under way; they fail with HullError::Cancelled, soon.
  Q_INVOKABLE void cancel();

 Q_SIGNALS:
  void clientChanged();
  void uploadUrlChanged();
  void argsChanged();
  void progressChanged();
  void runningChanged();

 private:
  friend class HullUploaderPrivate;
  const std::unique_ptr<HullUploaderPrivate> d;
};
