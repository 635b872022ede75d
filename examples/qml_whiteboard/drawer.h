// One simulated drawer: a client of its own that draws, and sees what all the others draw.
#pragma once

#include "hullclient.h"
#include "hullquerymodel.h"

#include <QtCore/QElapsedTimer>
#include <QtCore/QList>
#include <QtCore/QObject>
#include <QtCore/QPointF>
#include <QtCore/QRandomGenerator>
#include <QtCore/QTimer>
#include <QtCore/QUrl>

class Drawer : public QObject {
  Q_OBJECT

 public:
  /// Draws from now on, `rate` points in a second. The same number draws the same strokes.
  Drawer(const QUrl& deployment, int number, int rate, QObject* parent);

  /// Lifts the pen and draws no more.
  void rest();
  bool hasUnfinishedCalls() const { return m_unfinished > 0; }

  const HullQueryModel& pens() const { return m_pens; }
  const HullQueryModel& strokes() const { return m_strokes; }

 Q_SIGNALS:
  void moved();
  /// What the deployment took `milliseconds` for.
  void confirmed(double milliseconds);
  void refused(const QString& why);
  /// Rows that were new or changed in this client's live queries.
  void saw(int rows);

 private:
  void watch(HullQueryModel& model, const QString& query);
  void step();
  void draw(const QPointF& to, bool isDown);

  HullClient m_client;
  HullQueryModel m_pens;
  HullQueryModel m_strokes;
  QRandomGenerator m_chance;
  QString m_name;
  QString m_color;
  QTimer m_pace;
  QList<QPointF> m_way;  ///< Points still to draw; empty between two strokes.
  int m_pause = 0;       ///< Steps to wait before the next stroke.
  int m_unfinished = 0;
};
