// A 64-bit integer of Convex (JavaScript's bigint) inside a QVariant. A class of its own, because a JavaScript number
// cannot hold it and because Convex keeps Int64 1 and Float64 1 apart.
#pragma once

#include "hullqtglobal.h"

#include <QtCore/QMetaType>
#include <QtCore/QObject>
#include <QtCore/QString>

/// Converts to qlonglong and QString through QVariant, and in JavaScript to text: `"" + value`.
class HULL_QT_EXPORT HullInt64 {
  Q_GADGET
  Q_PROPERTY(QString text READ toString CONSTANT)

 public:
  HullInt64() = default;
  explicit HullInt64(qint64 value) : m_value(value) {}

  qint64 value() const { return m_value; }
  /// Exact decimal text.
  Q_INVOKABLE QString toString() const { return QString::number(m_value); }
  /// The nearest JavaScript number: exact up to 2^53.
  Q_INVOKABLE double toNumber() const { return static_cast<double>(m_value); }

  friend bool operator==(HullInt64 a, HullInt64 b) { return a.m_value == b.m_value; }
  friend bool operator!=(HullInt64 a, HullInt64 b) { return !(a == b); }

 private:
  qint64 m_value = 0;
};

Q_DECLARE_METATYPE(HullInt64)
