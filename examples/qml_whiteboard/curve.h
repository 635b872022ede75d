// The curves that simulated drawers draw.
#pragma once

#include <QtCore/QList>
#include <QtCore/QPointF>
#include <QtCore/QRandomGenerator>

/// The size of the board, in its own units.
constexpr int boardWidth = 1000;
constexpr int boardHeight = 600;

/// The points of one handsome stroke somewhere on the board.
QList<QPointF> randomCurve(QRandomGenerator& chance);
