// HullUploader: first the URL, then the file.
#include "hulluploader_p.h"

#include "hullclient_p.h"
#include "hullpendingcall_p.h"
#include "hulltransport_p.h"
#include "hullvaluebridge_p.h"

#include <QtCore/QMimeDatabase>

#include <algorithm>
#include <filesystem>
#include <utility>

namespace {

hull::error makeError(hull::errc code, std::string message) { return {code, std::move(message), {}, {}}; }

bool isUrl(const QString& pathOrUrl) { return pathOrUrl.contains(QLatin1String("://")); }

}  // namespace

HullUploader::HullUploader(QObject* parent) : QObject(parent), d(std::make_unique<HullUploaderPrivate>(this)) {}

HullUploader::HullUploader(HullClient* client, const QString& uploadUrl, QObject* parent) : HullUploader(parent) {
  d->m_client = client;
  d->m_uploadUrl = uploadUrl;
}

HullUploader::~HullUploader() { d->shutDown(); }

HullClient* HullUploader::client() const { return d->m_client; }

void HullUploader::setClient(HullClient* client) {
  if (d->m_client == client) return;
  d->m_client = client;
  Q_EMIT clientChanged();
}

QString HullUploader::uploadUrl() const { return d->m_uploadUrl; }

void HullUploader::setUploadUrl(const QString& pathOrUrl) {
  if (d->m_uploadUrl == pathOrUrl) return;
  d->m_uploadUrl = pathOrUrl;
  Q_EMIT uploadUrlChanged();
}

QVariantMap HullUploader::args() const { return d->m_args; }

void HullUploader::setArgs(const QVariantMap& args) {
  if (d->m_args == args) return;
  d->m_args = args;
  Q_EMIT argsChanged();
}

HullPendingCall* HullUploader::upload(const QByteArray& data, const QString& contentType) {
  auto* call = new HullPendingCall(this);
  const QPointer<HullPendingCall> guard(call);
  d->start(call, data, contentType);
  return guard;
}

HullPendingCall* HullUploader::uploadFile(const QString& file, const QString& contentType) {
  auto* call = new HullPendingCall(this);
  const QPointer<HullPendingCall> guard(call);
  d->start(call, HullUploaderPrivate::File{file}, contentType);
  return guard;
}

double HullUploader::progress() const { return d->m_progress; }
bool HullUploader::isRunning() const { return d->m_running; }

void HullUploader::cancel() {
  for (const auto& transfer : std::vector(d->m_transfers)) {
    if (transfer->call)
      transfer->call->cancel();
    else
      d->abandon(transfer);
  }
}

void HullUploaderPrivate::start(HullPendingCall* call, Content content, const QString& contentType) {
  auto transfer = std::make_shared<Transfer>();
  transfer->call = call;
  QString type = contentType;
  if (const auto* file = std::get_if<File>(&content); file && type.isEmpty())
    type = QMimeDatabase().mimeTypeForFile(file->name).name();
  transfer->contentType = type.isEmpty() ? "application/octet-stream" : type.toStdString();
  transfer->content = std::move(content);
  HullPendingCallPrivate::get(call)->abandon = [this, guard = QPointer(q), weak = std::weak_ptr(transfer)] {
    if (const auto strong = weak.lock(); guard && strong) abandon(strong);
  };
  m_transfers.push_back(transfer);
  const QPointer<HullUploader> guard(q);
  setRunning();
  if (guard) setProgress();
  if (!guard) return;
  if (isUrl(m_uploadUrl))
    send(transfer, m_uploadUrl.toStdString());
  else
    askForUrl(transfer);
}

void HullUploaderPrivate::askForUrl(const TransferPointer& transfer) {
  if (!m_client || m_uploadUrl.isEmpty()) {
    const char* const why = m_client ? "HullUploader has no uploadUrl: name a mutation that makes one."
                                     : "HullUploader has no client to ask for an upload URL.";
    QMetaObject::invokeMethod(
        q, [this, transfer, why] { finish(transfer, makeError(hull::errc::bad_argument, why)); }, Qt::QueuedConnection);
    return;
  }
  HullPendingCall* const urlCall = m_client->mutation(m_uploadUrl, m_args);
  if (!urlCall) return;
  transfer->urlCall = urlCall;
  QObject::connect(urlCall, &HullPendingCall::finished, q, [this, transfer, urlCall, path = m_uploadUrl] {
    const auto& outcome = HullPendingCallPrivate::get(urlCall)->outcome;
    transfer->urlCall = nullptr;
    if (!*outcome) return finish(transfer, outcome->error());
    if (!(*outcome)->is_string())
      return finish(transfer,
                    makeError(hull::errc::bad_value, path.toStdString() + " returned no text, but must return a URL."));
    send(transfer, std::string((*outcome)->as_string()));
  });
}

void HullUploaderPrivate::send(const TransferPointer& transfer, const std::string& url) {
  if (std::find(m_transfers.begin(), m_transfers.end(), transfer) == m_transfers.end()) return;  // Cancelled.
  const std::weak_ptr weak(transfer);
  hull::upload_options options;
  options.content_type = transfer->contentType;
  options.on_progress = [this, weak](std::uint64_t done, std::optional<std::uint64_t> total) {
    const auto strong = weak.lock();
    if (!strong) return;
    strong->done = done;
    strong->total = total.value_or(done);
    setProgress();
  };
  const auto done = [this, weak](hull::result<std::string> id) {
    const auto strong = weak.lock();
    if (!strong) return;
    if (id)
      finish(strong, hull::value(*std::move(id)));
    else
      finish(strong, id.error());
  };
  transfer->storage.emplace(QObjectExecutor(m_home), hullTransportOptions(m_client));
  if (const auto* data = std::get_if<QByteArray>(&transfer->content))
    transfer->storage->upload(url, hull::bytes(data->begin(), data->end()), std::move(options), done);
  else
    transfer->storage->upload_file(url, std::filesystem::path(std::get<File>(transfer->content).name.toStdU16String()),
                                   std::move(options), done);
  transfer->content = QByteArray();
}

void HullUploaderPrivate::abandon(const TransferPointer& transfer) {
  transfer->storage.reset();
  if (transfer->urlCall) {
    QObject::disconnect(transfer->urlCall, nullptr, q, nullptr);
    transfer->urlCall->cancel();
  }
  QMetaObject::invokeMethod(
      q, [this, transfer] { finish(transfer, makeError(hull::errc::cancelled, "The upload was cancelled.")); },
      Qt::QueuedConnection);
}

bool HullUploaderPrivate::forget(const TransferPointer& transfer) {
  const auto found = std::find(m_transfers.begin(), m_transfers.end(), transfer);
  if (found == m_transfers.end()) return false;
  m_transfers.erase(found);
  return true;
}

void HullUploaderPrivate::finish(const TransferPointer& transfer, hull::result<hull::value> outcome) {
  if (!forget(transfer)) return;
  const QPointer<HullUploader> guard(q);
  if (transfer->call) HullPendingCallPrivate::finish(transfer->call, std::move(outcome));
  if (guard) setRunning();
}

void HullUploaderPrivate::setProgress() {
  std::uint64_t done = 0;
  std::uint64_t total = 0;
  for (const TransferPointer& transfer : m_transfers) {
    done += transfer->done;
    total += transfer->total;
  }
  const double progress = total == 0 ? 0 : static_cast<double>(done) / static_cast<double>(total);
  if (std::exchange(m_progress, progress) != progress) Q_EMIT q->progressChanged();
}

void HullUploaderPrivate::setRunning() {
  const bool running = !m_transfers.empty();
  if (std::exchange(m_running, running) != running) Q_EMIT q->runningChanged();
}

void HullUploaderPrivate::shutDown() {
  m_home->close();
  for (const TransferPointer& transfer : std::exchange(m_transfers, {})) {
    transfer->storage.reset();
    if (transfer->urlCall) transfer->urlCall->cancel();
    if (transfer->call)
      HullPendingCallPrivate::finish(transfer->call, makeError(hull::errc::closed, "The uploader was destroyed."));
  }
}
