// Spirals, flowers, stars, hearts and waves.
#include "curve.h"

#include <QtCore/QtMath>

#include <array>
#include <cmath>

namespace {

// Each maps [0, 1] to a figure about the origin, not farther than about 1 from it.
QPointF spiral(double t) {
  const double turn = t * 3 * 2 * M_PI;
  return {t * std::cos(turn), t * std::sin(turn)};
}

QPointF flower(double t) {
  const double turn = t * 2 * M_PI;
  const double reach = 0.62 + 0.38 * std::cos(5 * turn);
  return {reach * std::cos(turn), reach * std::sin(turn)};
}

QPointF star(double t) {
  const int corner = static_cast<int>(t * 5);
  const auto at = [](int i) { return QPointF(std::sin(i * 4 * M_PI / 5), -std::cos(i * 4 * M_PI / 5)); };
  return at(corner) + (at(corner + 1) - at(corner)) * (t * 5 - corner);
}

QPointF heart(double t) {
  const double turn = t * 2 * M_PI;
  return {std::pow(std::sin(turn), 3),
          -(13 * std::cos(turn) - 5 * std::cos(2 * turn) - 2 * std::cos(3 * turn) - std::cos(4 * turn)) / 16};
}

QPointF wave(double t) { return {2 * t - 1, 0.35 * std::sin(t * 3 * 2 * M_PI)}; }

QPointF knot(double t) {
  const double turn = t * 2 * M_PI;
  return {std::sin(3 * turn + M_PI / 2), std::sin(2 * turn)};
}

}  // namespace

QList<QPointF> randomCurve(QRandomGenerator& chance) {
  static constexpr std::array figures{spiral, flower, star, heart, wave, knot};
  const auto figure = figures[chance.bounded(static_cast<quint32>(figures.size()))];
  const double size = 26 + chance.bounded(44.0);
  const QPointF middle(size + 12 + chance.bounded(boardWidth - 2 * size - 24),
                       size + 12 + chance.bounded(boardHeight - 2 * size - 24));
  const int steps = 40 + static_cast<int>(size / 3);
  QList<QPointF> points;
  for (int i = 0; i <= steps; ++i) {
    const QPointF at = middle + figure(static_cast<double>(i) / steps) * size;
    points.append(QPointF(std::round(at.x()), std::round(at.y())));
  }
  return points;
}
