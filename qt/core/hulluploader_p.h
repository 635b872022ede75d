// The transfers behind a HullUploader.
#pragma once

#include "hulluploader.h"
#include "qobjectexecutor_p.h"

#include <hull/error.hpp>
#include <hull/http/file_storage.hpp>

#include <QtCore/QPointer>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

class HULL_QT_EXPORT HullUploaderPrivate {
 public:
  /// Bytes, or the name of a local file.
  struct File {
    QString name;
  };
  using Content = std::variant<QByteArray, File>;

  explicit HullUploaderPrivate(HullUploader* uploader) : q(uploader), m_home(std::make_shared<QObjectHome>(uploader)) {}
  static HullUploaderPrivate* get(HullUploader* uploader) { return uploader->d.get(); }

  /// Begins an upload that `call` reports, as of now: later changes of the properties are for later uploads.
  void start(HullPendingCall* call, Content content, const QString& contentType);

 private:
  friend class HullUploader;

  struct Transfer {
    QPointer<HullPendingCall> call;
    QPointer<HullPendingCall> urlCall;  ///< While the mutation runs.
    Content content;
    std::string contentType;
    std::optional<hull::file_storage> storage;  ///< Its end is the end of the transfer.
    std::uint64_t done = 0;
    std::uint64_t total = 0;
  };
  using TransferPointer = std::shared_ptr<Transfer>;

  void askForUrl(const TransferPointer& transfer);
  void send(const TransferPointer& transfer, const std::string& url);
  void abandon(const TransferPointer& transfer);
  void finish(const TransferPointer& transfer, hull::result<hull::value> outcome);
  bool forget(const TransferPointer& transfer);
  void setProgress();
  void setRunning();
  void shutDown();

  HullUploader* const q;
  const std::shared_ptr<QObjectHome> m_home;
  QPointer<HullClient> m_client;
  QString m_uploadUrl;
  QVariantMap m_args;
  std::vector<TransferPointer> m_transfers;
  double m_progress = 0;
  bool m_running = false;
};
