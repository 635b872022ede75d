// Lines of ink.
#include "inkitem.h"

#include <QtCore/QHash>
#include <QtGui/QColor>
#include <QtGui/QPainter>
#include <QtGui/QPainterPath>
#include <QtGui/QPen>

namespace {

QPainterPath pathOf(const QVariantList& ink) {
  QPainterPath path;
  for (int i = 0; i + 1 < ink.size(); i += 2) {
    const QPointF point(ink[i].toDouble(), ink[i + 1].toDouble());
    if (i == 0)
      path.moveTo(point);
    else
      path.lineTo(point);
  }
  return path;
}

}  // namespace

InkItem::InkItem(QQuickItem* parent) : QQuickPaintedItem(parent) {
  setAntialiasing(true);
  connect(this, &InkItem::boardWidthChanged, this, [this] { update(); });
  connect(this, &InkItem::lineWidthChanged, this, [this] { update(); });
}

void InkItem::setModel(QAbstractItemModel* model) {
  if (m_model == model) return;
  if (m_model) disconnect(m_model, nullptr, this, nullptr);
  m_model = model;
  if (model) {
    connect(model, &QAbstractItemModel::modelReset, this, [this] { changed(m_model->rowCount()); });
    connect(model, &QAbstractItemModel::rowsInserted, this,
            [this](const QModelIndex&, int first, int last) { changed(last - first + 1); });
    connect(model, &QAbstractItemModel::rowsRemoved, this, [this] { update(); });
    connect(model, &QAbstractItemModel::rowsMoved, this, [this] { update(); });
    connect(model, &QAbstractItemModel::dataChanged, this,
            [this](const QModelIndex& first, const QModelIndex& last) { changed(last.row() - first.row() + 1); });
  }
  Q_EMIT modelChanged();
  update();
}

void InkItem::changed(int rows) {
  m_changes += rows;
  Q_EMIT changesChanged();
  update();
}

void InkItem::paint(QPainter* painter) {
  if (!m_model || m_boardWidth <= 0) return;
  const QHash<int, QByteArray> roles = m_model->roleNames();
  const int inkRole = roles.key("ink", -1);
  const int colorRole = roles.key("color", -1);
  if (inkRole < 0 || colorRole < 0) return;
  painter->setRenderHint(QPainter::Antialiasing);
  painter->scale(width() / m_boardWidth, width() / m_boardWidth);
  for (int row = 0; row < m_model->rowCount(); ++row) {
    const QModelIndex index = m_model->index(row, 0);
    const QColor color(index.data(colorRole).toString());
    painter->setPen(QPen(color, m_lineWidth, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter->drawPath(pathOf(index.data(inkRole).toList()));
  }
}
