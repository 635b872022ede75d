// Convex values to and from QVariant.
//
//   Convex    to QVariant            from QVariant
//   Null      std::nullptr_t         std::nullptr_t; QJsonValue null
//   Int64     HullInt64              HullInt64, qlonglong, long; qulonglong and ulong that fit
//   Float64   double                 double, float, int, uint, short, ushort and smaller; JSON numbers
//   Boolean   bool                   bool
//   String    QString                QString
//   Bytes     QByteArray             QByteArray
//   Array     QVariantList           QVariantList, QStringList, QJsonArray
//   Object    QVariantMap            QVariantMap, QVariantHash, QJsonObject
//
// An invalid QVariant is JavaScript's undefined: a field that holds it is left out, anywhere else it is an error.
// Everything else is refused, and the error names the place: "arguments.when: ...". So are dates (QDateTime, QDate,
// QTime), because a number does not say that it was one: store milliseconds since the epoch,
// double(when.toMSecsSinceEpoch()), and read them with QDateTime::fromMSecsSinceEpoch. Texts that are no valid UTF-16
// are refused too. NaN, the infinities and -0 are Float64 like others.
#pragma once

#include "hullerror.h"
#include "hullqtglobal.h"

#include <hull/error.hpp>
#include <hull/value/value.hpp>

#include <QtCore/QString>
#include <QtCore/QVariant>

#include <string_view>

namespace HullValueBridge {

HULL_QT_EXPORT QVariant toVariant(const hull::value& value);
HULL_QT_EXPORT hull::result<hull::value> fromVariant(const QVariant& variant);

HULL_QT_EXPORT HullError toError(const hull::error& error);
HULL_QT_EXPORT QString toString(std::string_view text);

/// An error of errc::bad_value that names the place. `path` is empty for the value itself.
HULL_QT_EXPORT hull::error refusal(const std::string& path, const std::string& why);
HULL_QT_EXPORT std::string fieldPath(const std::string& path, const std::string& name);
HULL_QT_EXPORT std::string itemPath(const std::string& path, std::size_t index);

/// Deeper nesting is refused on the way in: it could only be a cycle or a mistake.
inline constexpr int maxDepth = 64;

}  // namespace HullValueBridge
