// Uploads of files from QML.
#pragma once

#include "hullclient.h"
#include "hullqmlcall.h"
#include "hullqmlglobal.h"

#include <QtQml/qqmlregistration.h>
#include <QtCore/QMetaObject>
#include <QtCore/QObject>
#include <QtCore/QPointer>
#include <QtCore/QString>
#include <QtQml/QJSValue>
#include <QtQml/QQmlParserStatus>

#include <memory>

class HullUploader;

/// Any number of uploads may be under way. They end with this object: what is not through by then fails with
/// HullError::Closed.
class HULL_QML_EXPORT HullUpload : public QObject, public QQmlParserStatus {
  Q_OBJECT
  Q_INTERFACES(QQmlParserStatus)
  QML_ELEMENT
  Q_PROPERTY(HullClient* client READ client WRITE setClient NOTIFY clientChanged)
  Q_PROPERTY(QString uploadUrl READ uploadUrl WRITE setUploadUrl NOTIFY uploadUrlChanged REQUIRED)
  Q_PROPERTY(QJSValue args READ args WRITE setArgs NOTIFY argsChanged)
  Q_PROPERTY(double progress READ progress NOTIFY progressChanged)
  Q_PROPERTY(bool running READ isRunning NOTIFY runningChanged)
  Q_PROPERTY(HullError error READ error NOTIFY errorChanged)

 public:
  explicit HullUpload(QObject* parent = nullptr);
  ~HullUpload() override;

  /// As set, or else the nearest one above; null stands for that one.
  HullClient* client() const;
  void setClient(HullClient* client);
  /// The mutation that makes a URL for one upload, "files:generateUploadUrl"; or a URL.
  QString uploadUrl() const;
  void setUploadUrl(const QString& pathOrUrl);
  /// Arguments of the mutation.
  QJSValue args() const { return m_args; }
  void setArgs(const QJSValue& args);

  /// From 0 to 1: of all bytes of the uploads under way.
  double progress() const;
  bool isRunning() const;
  /// Of the last upload that finished: null when it succeeded.
  HullError error() const { return m_error; }

  /// Sends a local file (a file: URL) or bytes (ArrayBuffer, typed array) or text, and finishes with its storage id.
  /// Without a content type: what the file's name and beginning tell; for bytes "application/octet-stream", for text
  /// "text/plain;charset=UTF-8".
  Q_INVOKABLE HullQmlCall* upload(const QJSValue& content, const QString& contentType = QString());
  /// All uploads under way.
  Q_INVOKABLE void cancel();

  void classBegin() override {}
  void componentComplete() override;

 Q_SIGNALS:
  void clientChanged();
  void uploadUrlChanged();
  void argsChanged();
  void progressChanged();
  void runningChanged();
  void errorChanged();
  void succeeded(const QString& storageId);
  void failed(const HullError& error);

 private:
  void start(HullQmlCall* call, const QJSValue& content, const QString& contentType);
  void onFinished(const HullQmlCall* call);

  QPointer<HullClient> m_wanted;
  bool m_complete = false;
  QJSValue m_args;
  QString m_argsRefused;
  HullError m_error;
  const std::unique_ptr<HullUploader> m_uploader;
};
