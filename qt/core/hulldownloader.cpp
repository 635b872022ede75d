// HullDownloader: one file_storage for each download, so that its end is the end of the transfer.
#include "hulldownloader.h"

#include "hullpendingcall_p.h"
#include "hulltransport_p.h"
#include "qobjectexecutor_p.h"

#include <hull/http/file_storage.hpp>

#include <QtCore/QPointer>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

class HullDownloaderPrivate {
 public:
  explicit HullDownloaderPrivate(HullDownloader* downloader)
      : q(downloader), home(std::make_shared<QObjectHome>(downloader)) {}

  HullPendingCall* start(const QUrl& url, const QString& file, qint64 maxBytes);
  void shutDown();

  QPointer<HullClient> client;
  double progress = 0;
  bool running = false;

 private:
  friend class HullDownloader;

  struct Transfer {
    QPointer<HullPendingCall> call;
    std::optional<hull::file_storage> storage;
    std::uint64_t done = 0;
    std::uint64_t total = 0;
  };
  using TransferPointer = std::shared_ptr<Transfer>;

  void abandon(const TransferPointer& transfer);
  void finish(const TransferPointer& transfer, hull::result<hull::value> outcome);
  void setProgress();
  void setRunning();

  HullDownloader* const q;
  const std::shared_ptr<QObjectHome> home;
  std::vector<TransferPointer> m_transfers;
};

HullDownloader::HullDownloader(QObject* parent) : QObject(parent), d(std::make_unique<HullDownloaderPrivate>(this)) {}

HullDownloader::HullDownloader(HullClient* client, QObject* parent) : HullDownloader(parent) { d->client = client; }

HullDownloader::~HullDownloader() { d->shutDown(); }

HullClient* HullDownloader::client() const { return d->client; }

void HullDownloader::setClient(HullClient* client) {
  if (d->client == client) return;
  d->client = client;
  Q_EMIT clientChanged();
}

HullPendingCall* HullDownloader::download(const QUrl& url, qint64 maxBytes) { return d->start(url, {}, maxBytes); }

HullPendingCall* HullDownloader::downloadFile(const QUrl& url, const QString& file, qint64 maxBytes) {
  return d->start(url, file, maxBytes);
}

double HullDownloader::progress() const { return d->progress; }
bool HullDownloader::isRunning() const { return d->running; }

void HullDownloader::cancel() {
  for (const auto& transfer : std::vector(d->m_transfers)) {
    if (transfer->call)
      transfer->call->cancel();
    else
      d->abandon(transfer);
  }
}

// `file` is empty for a download into memory.
HullPendingCall* HullDownloaderPrivate::start(const QUrl& url, const QString& file, qint64 maxBytes) {
  auto* const call = new HullPendingCall(q);
  const QPointer<HullPendingCall> callGuard(call);
  auto transfer = std::make_shared<Transfer>();
  transfer->call = call;
  const std::weak_ptr weak(transfer);
  HullPendingCallPrivate::get(call)->abandon = [this, guard = QPointer(q), weak] {
    if (const auto strong = weak.lock(); guard && strong) abandon(strong);
  };
  m_transfers.push_back(transfer);

  hull::download_options options;
  options.max_bytes = static_cast<std::uint64_t>(std::max<qint64>(maxBytes, 0));
  options.on_progress = [this, weak](std::uint64_t done, std::optional<std::uint64_t> total) {
    const auto strong = weak.lock();
    if (!strong) return;
    strong->done = done;
    strong->total = total.value_or(0);
    setProgress();
  };
  transfer->storage.emplace(QObjectExecutor(home), hullTransportOptions(client));
  std::string from = url.toString(QUrl::FullyEncoded).toStdString();
  if (file.isEmpty()) {
    transfer->storage->download(std::move(from), std::move(options),
                                [this, weak](hull::result<hull::downloaded_bytes> outcome) {
                                  const auto strong = weak.lock();
                                  if (!strong) return;
                                  if (outcome)
                                    finish(strong, hull::value(std::move(outcome->data)));
                                  else
                                    finish(strong, outcome.error());
                                });
  } else {
    transfer->storage->download_file(std::move(from), std::filesystem::path(file.toStdU16String()), std::move(options),
                                     [this, weak, file](hull::result<hull::downloaded_file> outcome) {
                                       const auto strong = weak.lock();
                                       if (!strong) return;
                                       if (outcome)
                                         finish(strong, hull::value(file.toStdString()));
                                       else
                                         finish(strong, outcome.error());
                                     });
  }
  const QPointer<HullDownloader> guard(q);
  setRunning();
  if (guard) setProgress();
  return callGuard;
}

void HullDownloaderPrivate::abandon(const TransferPointer& transfer) {
  transfer->storage.reset();
  QMetaObject::invokeMethod(
      q,
      [this, transfer] {
        finish(transfer, hull::error{hull::errc::cancelled, "The download was cancelled.", {}, {}});
      },
      Qt::QueuedConnection);
}

void HullDownloaderPrivate::finish(const TransferPointer& transfer, hull::result<hull::value> outcome) {
  const auto found = std::find(m_transfers.begin(), m_transfers.end(), transfer);
  if (found == m_transfers.end()) return;
  m_transfers.erase(found);
  const QPointer<HullDownloader> guard(q);
  if (transfer->call) HullPendingCallPrivate::finish(transfer->call, std::move(outcome));
  if (guard) setRunning();
}

void HullDownloaderPrivate::setProgress() {
  std::uint64_t done = 0;
  std::uint64_t total = 0;
  for (const TransferPointer& transfer : m_transfers) {
    done += transfer->done;
    total += transfer->total;
  }
  const double now = total == 0 ? 0 : std::min(1.0, static_cast<double>(done) / static_cast<double>(total));
  if (std::exchange(progress, now) != now) Q_EMIT q->progressChanged();
}

void HullDownloaderPrivate::setRunning() {
  const bool now = !m_transfers.empty();
  if (std::exchange(running, now) != now) Q_EMIT q->runningChanged();
}

void HullDownloaderPrivate::shutDown() {
  home->close();
  for (const TransferPointer& transfer : std::exchange(m_transfers, {})) {
    transfer->storage.reset();
    if (transfer->call)
      HullPendingCallPrivate::finish(transfer->call,
                                     hull::error{hull::errc::closed, "The downloader was destroyed.", {}, {}});
  }
}
