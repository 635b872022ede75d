// Convex values to and from JavaScript.
//
//   Convex    to JavaScript     from JavaScript
//   Int64     HullInt64         HullInt64, which Hull.int64() makes (QML has no bigint)
//   Float64   number            number, also NaN, infinities and -0
//   Bytes     ArrayBuffer       ArrayBuffer, Uint8Array, Uint8ClampedArray, Int8Array, DataView: the bytes they show
//   Array     array             array, list<...> of QML
//   Object    object            plain object
//   the rest as themselves
//
// Fields that are undefined are left out; undefined anywhere else is refused, and so are functions, objects of
// classes (QObjects, Map, Set, other typed arrays) and text with half of a surrogate pair. A Date is refused too, as
// in the npm client: it would come back as a number; the error says what to store. Errors name the place.
#pragma once

#include "hullqmlglobal.h"

#include <hull/error.hpp>
#include <hull/value/value.hpp>

#include <QtQml/QJSEngine>
#include <QtQml/QJSValue>

namespace HullJsBridge {

HULL_QML_EXPORT QJSValue toJs(QJSEngine& engine, const hull::value& value);
HULL_QML_EXPORT hull::result<hull::value> fromJs(const QJSValue& js);
/// Undefined stands for "no arguments": {}. An event passed by mistake is refused with a hint.
HULL_QML_EXPORT hull::result<hull::value> argsFromJs(const QJSValue& js);

/// Calls a function and returns what it returns. Throws std::runtime_error for whatever it throws, "Error: why
/// (Chat.qml:12)"; QJSValue::call alone tells only of Error objects.
HULL_QML_EXPORT QJSValue call(QJSEngine& engine, const QJSValue& function, const QJSValueList& arguments);

/// The engine that made `object` or has seen it; null when that engine is gone.
HULL_QML_EXPORT QJSEngine* engineOf(const QObject* object);

}  // namespace HullJsBridge
