// Watches the chat without a display: prints rows as the model receives them, takes the picture, ends the program.
#pragma once

#include <QtCore/QObject>
#include <QtCore/QString>
#include <QtCore/QStringList>
#include <QtCore/QTimer>

class HullQueryModel;
QT_FORWARD_DECLARE_CLASS(QQuickWindow)

class Headless : public QObject {
  Q_OBJECT

 public:
  struct Options {
    int rows = 1;
    int timeoutSeconds = 30;
    QString screenshot;
    QStringList say;
  };

  Headless(QQuickWindow* window, Options options);

 private:
  void printRows(int first, int last);
  void speak();
  void check();
  void finish();
  void giveUp();
  bool takePicture();

  QQuickWindow* const m_window;
  HullQueryModel* const m_model;
  const Options m_options;
  bool m_hasSpoken = false;
  int m_printed = 0;
  QTimer m_deadline;
  QTimer m_settled;
};
