// Convex values to and from JavaScript; see the table in the header.
#include "hulljsbridge_p.h"

#include "hullint64.h"
#include "hullvaluebridge_p.h"

#include <QtQml/QJSValueIterator>

namespace HullJsBridge {

namespace {

using HullValueBridge::fieldPath;
using HullValueBridge::itemPath;
using HullValueBridge::refusal;
using Converted = hull::result<hull::value>;

Converted convert(const QJSValue& js, const std::string& path, int depth);

Converted convertArray(const QJSValue& js, const std::string& path, int depth) {
  const quint32 length = js.property(QStringLiteral("length")).toUInt();
  hull::array items;
  for (quint32 i = 0; i < length; ++i) {
    Converted item = convert(js.property(i), itemPath(path, i), depth + 1);
    if (!item) return item;
    items.push_back(*std::move(item));
  }
  return hull::value(std::move(items));
}

Converted convertObject(const QJSValue& js, const std::string& path, int depth) {
  std::vector<hull::object::field> fields;
  QJSValueIterator it(js);
  while (it.hasNext()) {
    it.next();
    if (it.value().isUndefined()) continue;
    std::string name = it.name().toStdString();
    Converted field = convert(it.value(), fieldPath(path, name), depth + 1);
    if (!field) return field;
    fields.emplace_back(std::move(name), *std::move(field));
  }
  return hull::value(hull::object(std::move(fields)));
}

// Value types, ArrayBuffer and everything else that arrives wrapped in a QVariant.
Converted convertVariant(const QVariant& variant, const std::string& path) {
  Converted converted = HullValueBridge::fromVariant(variant);
  if (!converted) return refusal(path, std::string(variant.typeName()) + " is no Convex value");
  return converted;
}

Converted convert(const QJSValue& js, const std::string& path, int depth) {
  if (depth > HullValueBridge::maxDepth) return refusal(path, "nested deeper than 64 levels, or a cycle");
  if (js.isUndefined()) return refusal(path, "undefined is no Convex value");
  if (js.isNull()) return hull::value();
  if (js.isBool()) return hull::value(js.toBool());
  if (js.isNumber()) return hull::value(js.toNumber());
  if (js.isString()) return hull::value(js.toString().toStdString());
  if (js.isCallable()) return refusal(path, "a function is no Convex value");
  if (js.isDate()) return refusal(path, "a Date is no Convex value; store getTime()");
  if (js.isQObject()) return refusal(path, "an object of a class is no Convex value");
  if (js.isArray()) return convertArray(js, path, depth);
  const QVariant variant = js.toVariant(QJSValue::RetainJSObjects);
  if (variant.metaType() == QMetaType::fromType<QJSValue>()) return convertObject(js, path, depth);
  return convertVariant(variant, path);
}

}  // namespace

QJSValue toJs(QJSEngine& engine, const hull::value& value) {
  switch (value.kind()) {
    case hull::kind::null:
      return QJSValue(QJSValue::NullValue);
    case hull::kind::boolean:
      return QJSValue(value.as_bool());
    case hull::kind::float64:
      return QJSValue(value.as_double());
    case hull::kind::string:
      return QJSValue(HullValueBridge::toString(value.as_string()));
    case hull::kind::int64:
    case hull::kind::bytes:
      return engine.toScriptValue(HullValueBridge::toVariant(value));
    case hull::kind::array: {
      const hull::array& items = value.as_array();
      QJSValue js = engine.newArray(static_cast<uint>(items.size()));
      for (std::size_t i = 0; i < items.size(); ++i) js.setProperty(static_cast<quint32>(i), toJs(engine, items[i]));
      return js;
    }
    case hull::kind::object:
      break;
  }
  QJSValue js = engine.newObject();
  for (const auto& [name, field] : value.as_object())
    js.setProperty(HullValueBridge::toString(name), toJs(engine, field));
  return js;
}

Converted fromJs(const QJSValue& js) { return convert(js, {}, 0); }

Converted argsFromJs(const QJSValue& js) {
  return js.isUndefined() ? Converted(hull::value(hull::object{})) : fromJs(js);
}

}  // namespace HullJsBridge
