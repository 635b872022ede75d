// Uploads from QML: JavaScript's files and bytes for HullUploader.
#include "hullupload.h"

#include "hullattached.h"
#include "hulljsbridge_p.h"
#include "hullpendingcall_p.h"
#include "hulluploader_p.h"
#include "hullvaluebridge_p.h"

#include <QtCore/QUrl>

namespace {

hull::error refused(const QString& why) { return {hull::errc::bad_argument, "upload: " + why.toStdString(), {}, {}}; }

}  // namespace

HullUpload::HullUpload(QObject* parent) : QObject(parent), m_uploader(std::make_unique<HullUploader>()) {
  connect(m_uploader.get(), &HullUploader::clientChanged, this, &HullUpload::clientChanged);
  connect(m_uploader.get(), &HullUploader::uploadUrlChanged, this, &HullUpload::uploadUrlChanged);
  connect(m_uploader.get(), &HullUploader::progressChanged, this, &HullUpload::progressChanged);
  connect(m_uploader.get(), &HullUploader::runningChanged, this, &HullUpload::runningChanged);
}

HullUpload::~HullUpload() { m_uploader->disconnect(this); }

HullClient* HullUpload::client() const { return m_uploader->client(); }

void HullUpload::setClient(HullClient* client) {
  m_wanted = client;
  if (client || m_complete) m_uploader->setClient(client ? client : HullAttached::nearestClient(this));
}

void HullUpload::componentComplete() {
  m_complete = true;
  if (!m_wanted) m_uploader->setClient(HullAttached::nearestClient(this));
}

QString HullUpload::uploadUrl() const { return m_uploader->uploadUrl(); }
void HullUpload::setUploadUrl(const QString& pathOrUrl) { m_uploader->setUploadUrl(pathOrUrl); }

void HullUpload::setArgs(const QJSValue& args) {
  m_args = args;
  const auto converted = HullJsBridge::argsFromJs(args);
  m_argsRefused = converted ? QString() : HullValueBridge::toString(converted.error().message);
  m_uploader->setArgs(converted ? HullValueBridge::toVariant(*converted).toMap() : QVariantMap());
  Q_EMIT argsChanged();
}

double HullUpload::progress() const { return m_uploader->progress(); }
bool HullUpload::isRunning() const { return m_uploader->isRunning(); }
void HullUpload::cancel() { m_uploader->cancel(); }

HullQmlCall* HullUpload::upload(const QJSValue& content, const QString& contentType) {
  auto* call = new HullQmlCall(HullJsBridge::engineOf(this), m_uploader.get());
  connect(call, &HullPendingCall::finished, this, [this, call] { onFinished(call); });
  const QPointer<HullQmlCall> guard(call);
  start(call, content, contentType);
  return guard;
}

void HullUpload::start(HullQmlCall* call, const QJSValue& content, const QString& contentType) {
  const auto refuse = [call](const QString& why) { HullPendingCallPrivate::finishLater(call, refused(why)); };
  HullUploaderPrivate* const uploader = HullUploaderPrivate::get(m_uploader.get());
  if (!m_argsRefused.isEmpty()) return refuse(QStringLiteral("args: ") + m_argsRefused);
  const QVariant variant = content.toVariant(QJSValue::RetainJSObjects);
  QUrl url = variant.toUrl();
  if (content.isString()) url = QUrl(content.toString());
  if (url.isLocalFile()) return uploader->start(call, HullUploaderPrivate::File{url.toLocalFile()}, contentType);
  if (content.isString()) {
    const QString type = contentType.isEmpty() ? QStringLiteral("text/plain;charset=UTF-8") : contentType;
    return uploader->start(call, content.toString().toUtf8(), type);
  }
  const auto bytes = HullJsBridge::fromJs(content);
  if (!bytes) return refuse(HullValueBridge::toString(bytes.error().message));
  if (bytes->kind() != hull::kind::bytes)
    return refuse(QStringLiteral("what is sent is a file: URL, an ArrayBuffer, a typed array of bytes, or text"));
  uploader->start(call, HullValueBridge::toVariant(*bytes).toByteArray(), contentType);
}

void HullUpload::onFinished(const HullQmlCall* call) {
  const QPointer<HullUpload> guard(this);
  const HullError error = call->error();
  const QString storageId = call->value().toString();
  if (m_error != error) {
    m_error = error;
    Q_EMIT errorChanged();
  }
  if (!guard) return;
  if (error)
    Q_EMIT failed(error);
  else
    Q_EMIT succeeded(storageId);
}
