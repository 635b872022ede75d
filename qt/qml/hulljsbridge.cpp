// Convex values to and from JavaScript; see the table in the header.
#include "hulljsbridge_p.h"

#include "hullint64.h"
#include "hullvaluebridge_p.h"

#include <QtQml/QJSValueIterator>
#include <QtQml/QQmlEngine>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace HullJsBridge {

namespace {

using HullValueBridge::fieldPath;
using HullValueBridge::itemPath;
using HullValueBridge::refusal;
using Converted = hull::result<hull::value>;

Converted convert(const QJSValue& js, const std::string& path, int depth);

// "a Map", "an Error".
std::string withArticle(const QString& name) {
  const bool vowel = !name.isEmpty() && QStringLiteral("AEIOU").contains(name.front().toUpper());
  return (vowel ? "an " : "a ") + name.toStdString();
}

QString className(const QJSValue& js) {
  const QJSValue name = js.property(QStringLiteral("constructor")).property(QStringLiteral("name"));
  return name.isString() ? name.toString() : QStringLiteral("Symbol");
}

// Half of a surrogate pair has no UTF-8 form: it would be stored as another character.
hull::result<std::string> convertText(const QString& text, const std::string& path) {
  if (!text.isValidUtf16()) return refusal(path, "text with half of a surrogate pair is no Convex value");
  return text.toStdString();
}

Converted convertArray(const QJSValue& js, const std::string& path, int depth) {
  const quint32 length = js.property(QStringLiteral("length")).toUInt();
  hull::array items;
  items.reserve(length);
  for (quint32 i = 0; i < length; ++i) {
    Converted item = convert(js.property(i), itemPath(path, i), depth + 1);
    if (!item) return item;
    items.push_back(*std::move(item));
  }
  return hull::value(std::move(items));
}

// Instances of classes would lose what makes them one: Map and Set have no fields at all.
bool isPlain(const QJSValue& js) {
  const QJSValue prototype = js.prototype();
  return prototype.isNull() || prototype.prototype().isNull();
}

Converted convertObject(const QJSValue& js, const std::string& path, int depth) {
  if (!isPlain(js)) return refusal(path, withArticle(className(js)) + " is no Convex value");
  std::vector<hull::object::field> fields;
  QJSValueIterator it(js);
  while (it.hasNext()) {
    it.next();
    if (it.value().isUndefined()) continue;
    auto name = convertText(it.name(), path);
    if (!name) return name.error();
    Converted field = convert(it.value(), fieldPath(path, *name), depth + 1);
    if (!field) return field;
    fields.emplace_back(*std::move(name), *std::move(field));
  }
  return hull::value(hull::object(std::move(fields)));
}

// Typed arrays and DataView: windows on an ArrayBuffer. A plain object has these names, if at all, as its own.
bool isView(const QJSValue& js) {
  const auto inherits = [&js](const QString& name) { return js.hasProperty(name) && !js.hasOwnProperty(name); };
  return inherits(QStringLiteral("buffer")) && inherits(QStringLiteral("byteOffset")) &&
         inherits(QStringLiteral("byteLength"));
}

Converted convertView(const QJSValue& js, const std::string& path) {
  static constexpr std::array ofBytes{"Uint8Array", "Uint8ClampedArray", "Int8Array", "DataView"};
  const QString name = className(js);
  if (std::none_of(ofBytes.begin(), ofBytes.end(), [&](const char* known) { return name == QLatin1String(known); }))
    return refusal(
        path, withArticle(name) + " is no Convex value; pass its buffer for the bytes, Array.from() for the numbers");
  const QByteArray all = js.property(QStringLiteral("buffer")).toVariant().toByteArray();
  const QByteArray window =
      all.mid(js.property(QStringLiteral("byteOffset")).toInt(), js.property(QStringLiteral("byteLength")).toInt());
  return hull::value(hull::bytes(window.begin(), window.end()));
}

// Value types, ArrayBuffer, lists of C++ and everything else that arrives wrapped in a QVariant.
Converted convertVariant(const QVariant& variant, const std::string& path) {
  Converted converted = HullValueBridge::fromVariant(variant);
  if (!converted && variant.typeId() >= QMetaType::User && variant.canConvert<QVariantList>())
    converted = HullValueBridge::fromVariant(variant.value<QVariantList>());
  if (!converted) return refusal(path, std::string(variant.typeName()) + " is no Convex value");
  return converted;
}

Converted convert(const QJSValue& js, const std::string& path, int depth) {
  if (depth > HullValueBridge::maxDepth) return refusal(path, "nested deeper than 64 levels, or a cycle");
  if (js.isUndefined()) return refusal(path, "undefined is no Convex value");
  if (js.isNull()) return hull::value();
  if (js.isBool()) return hull::value(js.toBool());
  if (js.isNumber()) return hull::value(js.toNumber());
  if (js.isString()) {
    auto text = convertText(js.toString(), path);
    return text ? Converted(hull::value(*std::move(text))) : Converted(text.error());
  }
  if (js.isCallable()) return refusal(path, "a function is no Convex value");
  if (js.isDate()) return refusal(path, "a Date is no Convex value; store getTime()");
  if (js.isQObject()) return refusal(path, "an object of a class is no Convex value");
  if (js.isArray()) return convertArray(js, path, depth);
  const QVariant variant = js.toVariant(QJSValue::RetainJSObjects);
  if (variant.metaType() != QMetaType::fromType<QJSValue>()) return convertVariant(variant, path);
  return isView(js) ? convertView(js, path) : convertObject(js, path, depth);
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
      return engine.toScriptValue(HullValueBridge::toVariant(value));
    case hull::kind::bytes: {
      QByteArray data = HullValueBridge::toVariant(value).toByteArray();
      if (data.isEmpty()) data.reserve(1);  // The engine takes an ArrayBuffer without memory for a detached one.
      return engine.toScriptValue(data);
    }
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
  if (js.isUndefined()) return hull::value(hull::object{});
  if (const QObject* object = js.toQObject()) {  // `clicked.connect(send.call)` passes the event.
    QString name = QString::fromLatin1(object->metaObject()->className());
    if (name.startsWith(QLatin1String("QQuick"))) name.remove(0, 6);
    return hull::error{hull::errc::bad_argument,
                       withArticle(name) +
                           " is no object of arguments; is the function connected to a signal as it is? "
                           "Write `onClicked: send.call({...})`",
                       {},
                       {}};
  }
  return fromJs(js);
}

QJSValue call(QJSEngine& engine, const QJSValue& function, const QJSValueList& arguments) {
  const QJSValue run = engine.evaluate(
      QStringLiteral("((f, args) => { try { return {returned: f(...args)} } catch (e) { return {thrown: e} } })"));
  QJSValue list = engine.newArray(static_cast<uint>(arguments.size()));
  for (qsizetype i = 0; i < arguments.size(); ++i) list.setProperty(static_cast<quint32>(i), arguments.at(i));
  const QJSValue done = run.call({function, list});
  if (done.hasProperty(QStringLiteral("returned"))) return done.property(QStringLiteral("returned"));
  const QJSValue thrown = done.property(QStringLiteral("thrown"));
  QString text = thrown.toString();
  if (const QString file = thrown.property(QStringLiteral("fileName")).toString(); thrown.isError() && !file.isEmpty())
    text += QStringLiteral(" (%1:%2)").arg(file, thrown.property(QStringLiteral("lineNumber")).toString());
  throw std::runtime_error(text.toStdString());
}

QJSEngine* engineOf(const QObject* object) {
  if (QQmlEngine* engine = qmlEngine(object)) return engine;
  return qjsEngine(object);
}

}  // namespace HullJsBridge
