// All simulated drawers, and what they count.
#pragma once

#include "drawer.h"

#include <QtQml/qqmlregistration.h>
#include <QtCore/QObject>
#include <QtCore/QTimer>
#include <QtCore/QUrl>
#include <QtQml/QQmlParserStatus>

#include <memory>
#include <vector>

class Crowd : public QObject, public QQmlParserStatus {
  Q_OBJECT
  Q_INTERFACES(QQmlParserStatus)
  QML_ELEMENT
  Q_PROPERTY(QUrl deployment MEMBER m_deployment NOTIFY plansChanged)
  Q_PROPERTY(int size MEMBER m_size NOTIFY plansChanged)
  Q_PROPERTY(int rate MEMBER m_rate NOTIFY plansChanged)
  Q_PROPERTY(bool drawing READ isDrawing NOTIFY drawingChanged)
  Q_PROPERTY(int sent READ sent NOTIFY counted)
  Q_PROPERTY(int seen READ seen NOTIFY counted)
  Q_PROPERTY(double roundTrip READ roundTrip NOTIFY counted)

 public:
  explicit Crowd(QObject* parent = nullptr);
  ~Crowd() override;

  bool isDrawing() const { return m_isDrawing; }
  /// Movements sent in the last second, by all.
  int sent() const { return m_sent; }
  /// Rows that changed on the displays of all, in the last second.
  int seen() const { return m_seen; }
  /// Mean time in milliseconds from a movement to its confirmation, during the last second.
  double roundTrip() const { return m_roundTrip; }

  Q_INVOKABLE void start();
  /// All lift their pens; they go on watching.
  Q_INVOKABLE void rest();

  const std::vector<std::unique_ptr<Drawer>>& drawers() const { return m_drawers; }

  void classBegin() override {}
  void componentComplete() override { start(); }

 Q_SIGNALS:
  void plansChanged();
  void drawingChanged();
  void counted();
  /// A movement failed: the deployment's words.
  void refused(const QString& why);

 private:
  void count();

  QUrl m_deployment;
  int m_size = 0;
  int m_rate = 30;
  bool m_isDrawing = false;
  std::vector<std::unique_ptr<Drawer>> m_drawers;
  QTimer m_second;
  int m_sent = 0;
  int m_seen = 0;
  double m_roundTrip = 0;
  int m_nowSent = 0;
  int m_nowSeen = 0;
  int m_nowConfirmed = 0;
  double m_nowWaited = 0;
};
