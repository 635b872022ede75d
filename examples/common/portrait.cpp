// The picture of a window.
#include "portrait.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QVariant>

#include <cstdio>
#include <cstdlib>

namespace {

constexpr int lookMilliseconds = 50;
constexpr int calmLooks = 16;  // Animations are shorter.

}  // namespace

bool savePicture(const QImage& picture, const QString& file) {
  if (file.isEmpty() || picture.save(file)) return true;
  std::fprintf(stderr, "%s: cannot write %s\n", qPrintable(QCoreApplication::applicationName()), qPrintable(file));
  return false;
}

Portrait::Portrait(QObject* window, std::function<QImage()> grab, QString file, int timeoutSeconds)
    : m_window(window),
      m_grab(std::move(grab)),
      m_file(std::move(file)),
      m_looksLeft(timeoutSeconds * 1000 / lookMilliseconds) {
  connect(&m_timer, &QTimer::timeout, this, &Portrait::look);
  m_timer.start(lookMilliseconds);
}

void Portrait::look() {
  m_calmLooks = m_window->property("settled").toBool() ? m_calmLooks + 1 : 0;
  const bool isCalm = m_calmLooks >= calmLooks;
  if (!isCalm && --m_looksLeft > 0) return;
  m_timer.stop();
  if (!isCalm)
    std::fprintf(stderr, "%s: the window did not settle. Is the deployment running, and the app deployed?\n",
                 qPrintable(QCoreApplication::applicationName()));
  const bool isWritten = savePicture(m_grab(), m_file);
  QCoreApplication::exit(isCalm && isWritten ? EXIT_SUCCESS : EXIT_FAILURE);
}
