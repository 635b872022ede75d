// Takes the picture of a window once it has settled, and ends the program: the run without a display.
#pragma once

#include <QtCore/QObject>
#include <QtCore/QString>
#include <QtCore/QTimer>
#include <QtGui/QImage>

#include <functional>

/// Writes a picture; says so on stderr, and returns false, when that is impossible. No file, no picture: true.
bool savePicture(const QImage& picture, const QString& file);

class Portrait : public QObject {
  Q_OBJECT

 public:
  /// `window` has the property `settled` (bool): true when everything is there and no change is under way. After it
  /// has been true for a while, so that animations end, the picture is written to `file`, unless that is empty, and the
  /// program ends with status 0; with 1 when that has not happened within `timeoutSeconds`.
  Portrait(QObject* window, std::function<QImage()> grab, QString file, int timeoutSeconds);

 private:
  void look();

  QObject* const m_window;
  const std::function<QImage()> m_grab;
  const QString m_file;
  int m_looksLeft;
  int m_calmLooks = 0;
  QTimer m_timer;
};
