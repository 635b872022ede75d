// The headless run.
#include "headless.h"

#include "hullclient.h"
#include "hullquerymodel.h"
#include "portrait.h"

#include <QtCore/QCoreApplication>
#include <QtQuick/QQuickWindow>

#include <cstdio>
#include <cstdlib>

namespace {

constexpr int settleMilliseconds = 700;  // Animations end, and predictions are confirmed.

QByteArray textOf(const HullQueryModel& model, int row) {
  const QVariantMap message = model.get(row);
  return (message.value(QStringLiteral("author")).toString() + QStringLiteral(": ") +
          message.value(QStringLiteral("body")).toString())
      .toUtf8();
}

}  // namespace

Headless::Headless(QQuickWindow* window, Options options)
    : m_window(window),
      m_model(window->findChild<HullQueryModel*>(QStringLiteral("messages"))),
      m_options(std::move(options)) {
  connect(m_model, &QAbstractItemModel::modelReset, this, [this] { printRows(0, m_model->count() - 1); });
  connect(m_model, &QAbstractItemModel::rowsInserted, this,
          [this](const QModelIndex&, int first, int last) { printRows(first, last); });
  connect(m_model, &QAbstractItemModel::dataChanged, this, &Headless::check);
  connect(m_model, &HullQueryModel::statusChanged, this, &Headless::check);

  m_settled.setSingleShot(true);
  m_settled.setInterval(settleMilliseconds);
  connect(&m_settled, &QTimer::timeout, this, &Headless::finish);
  m_deadline.setSingleShot(true);
  m_deadline.start(m_options.timeoutSeconds * 1000);
  connect(&m_deadline, &QTimer::timeout, this, &Headless::giveUp);
  check();
}

void Headless::printRows(int first, int last) {
  for (int row = first; row <= last; ++row) std::printf("row %d: %s\n", ++m_printed, textOf(*m_model, row).constData());
  std::fflush(stdout);
  check();
}

void Headless::speak() {
  if (m_hasSpoken || m_model->status() != HullQueryModel::Ready) return;
  m_hasSpoken = true;
  for (const QString& text : m_options.say) QMetaObject::invokeMethod(m_window, "say", Q_ARG(QString, text));
}

void Headless::check() {
  speak();
  if (m_model->count() >= m_options.rows && m_model->status() == HullQueryModel::Ready) m_settled.start();
}

void Headless::finish() {
  const int optimistic = m_model->roleNames().key("isOptimistic");
  for (int row = 0; row < m_model->count(); ++row)
    if (m_model->index(row).data(optimistic).toBool()) return m_settled.start();
  if (m_model->count() < m_options.rows) return;  // A prediction was taken back; the deadline decides.
  if (!takePicture()) return QCoreApplication::exit(EXIT_FAILURE);
  std::printf("all %d rows arrived\n", m_model->count());
  QCoreApplication::exit(EXIT_SUCCESS);
}

void Headless::giveUp() {
  takePicture();
  const QByteArray error = m_model->error().message().toUtf8();
  std::fprintf(stderr, "qml_chat: %d of %d rows arrived within %d s%s%s\n", m_model->count(), m_options.rows,
               m_options.timeoutSeconds, error.isEmpty() ? ". Is the deployment running, and the app deployed?" : ": ",
               error.constData());
  QCoreApplication::exit(EXIT_FAILURE);
}

bool Headless::takePicture() { return savePicture(m_window->grabWindow(), m_options.screenshot); }
