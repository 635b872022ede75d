// Shows the strokes of a model as lines.
#pragma once

#include <QtQml/qqmlregistration.h>
#include <QtCore/QAbstractItemModel>
#include <QtCore/QPointer>
#include <QtQuick/QQuickPaintedItem>

/// Paints one line for each row: `ink` is its points (x, y, x, y, ...) and `color` its colour. The item shows `board`
/// units of width and as many of height as fit. However often the model changes, it is painted once a frame.
class InkItem : public QQuickPaintedItem {
  Q_OBJECT
  QML_ELEMENT
  Q_PROPERTY(QAbstractItemModel* model READ model WRITE setModel NOTIFY modelChanged)
  Q_PROPERTY(qreal boardWidth MEMBER m_boardWidth NOTIFY boardWidthChanged)
  Q_PROPERTY(qreal lineWidth MEMBER m_lineWidth NOTIFY lineWidthChanged)
  /// Rows that were new or changed, ever.
  Q_PROPERTY(int changes READ changes NOTIFY changesChanged)

 public:
  explicit InkItem(QQuickItem* parent = nullptr);

  QAbstractItemModel* model() const { return m_model; }
  void setModel(QAbstractItemModel* model);
  int changes() const { return m_changes; }

  void paint(QPainter* painter) override;

 Q_SIGNALS:
  void modelChanged();
  void boardWidthChanged();
  void lineWidthChanged();
  void changesChanged();

 private:
  void changed(int rows);

  QPointer<QAbstractItemModel> m_model;
  qreal m_boardWidth = 1000;
  qreal m_lineWidth = 3;
  int m_changes = 0;
};
