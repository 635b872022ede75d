// Convex values to and from JavaScript.
//
//   Convex    to JavaScript     from JavaScript
//   Int64     HullInt64         HullInt64 (Hull's own: QML has no bigint)
//   Float64   number            number
//   Bytes     ArrayBuffer       ArrayBuffer
//   the rest as themselves
//
// Fields that are undefined are left out; undefined anywhere else is refused, and so are functions, dates and
// objects of classes. The error names the place.
#pragma once

#include "hullqmlglobal.h"

#include <hull/error.hpp>
#include <hull/value/value.hpp>

#include <QtQml/QJSEngine>
#include <QtQml/QJSValue>

namespace HullJsBridge {

HULL_QML_EXPORT QJSValue toJs(QJSEngine& engine, const hull::value& value);
HULL_QML_EXPORT hull::result<hull::value> fromJs(const QJSValue& js);
/// Undefined stands for "no arguments": {}.
HULL_QML_EXPORT hull::result<hull::value> argsFromJs(const QJSValue& js);

}  // namespace HullJsBridge
