// Convex values to and from QVariant; see the table in the header.
#include "hullvaluebridge_p.h"

#include "hullint64.h"

#include <QtCore/QByteArray>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonObject>
#include <QtCore/QJsonValue>
#include <QtCore/QStringList>

#include <limits>

namespace HullValueBridge {

namespace {

using Converted = hull::result<hull::value>;

Converted convert(const QVariant& variant, const std::string& path, int depth);

// Any sequence of things that `convert` or `convertJson` takes.
template <class Sequence, class Convert>
Converted convertArray(const Sequence& items, const std::string& path, const Convert& convertItem) {
  hull::array out;
  out.reserve(static_cast<std::size_t>(items.size()));
  for (const auto& item : items) {
    Converted one = convertItem(item, itemPath(path, out.size()));
    if (!one) return one;
    out.push_back(*std::move(one));
  }
  return hull::value(std::move(out));
}

template <class Map, class Convert>
Converted convertObject(const Map& map, const std::string& path, const Convert& convertField) {
  std::vector<hull::object::field> fields;
  fields.reserve(static_cast<std::size_t>(map.size()));
  for (auto it = map.constBegin(); it != map.constEnd(); ++it) {
    std::string name = it.key().toStdString();
    auto one = convertField(it.value(), fieldPath(path, name));
    if (!one) return one.error();
    if (one->has_value()) fields.emplace_back(std::move(name), **std::move(one));
  }
  return hull::value(hull::object(std::move(fields)));
}

// Convex texts are UTF-8, which has no place for half of a pair of surrogates; QString would put a question mark there.
Converted convertText(const QString& text, const std::string& path) {
  if (!text.isValidUtf16()) return refusal(path, "the text contains half of a surrogate pair, which is no character");
  return hull::value(text.toStdString());
}

using Field = hull::result<std::optional<hull::value>>;

Field asField(Converted converted) {
  if (!converted) return converted.error();
  return std::optional<hull::value>(*std::move(converted));
}

Converted convertJson(const QJsonValue& json, const std::string& path, int depth) {
  if (depth > maxDepth) return refusal(path, "nested deeper than 64 levels");
  switch (json.type()) {
    case QJsonValue::Null:
      return hull::value();
    case QJsonValue::Bool:
      return hull::value(json.toBool());
    case QJsonValue::Double:
      return hull::value(json.toDouble());
    case QJsonValue::String:
      return convertText(json.toString(), path);
    case QJsonValue::Array:
      return convertArray(json.toArray(), path, [depth](const QJsonValue& item, const std::string& where) {
        return convertJson(item, where, depth + 1);
      });
    case QJsonValue::Object:
      return convertObject(json.toObject(), path, [depth](const QJsonValue& field, const std::string& where) {
        return asField(convertJson(field, where, depth + 1));
      });
    case QJsonValue::Undefined:
      break;
  }
  return refusal(path, "undefined is no Convex value");
}

Converted convertUnsigned(qulonglong number, const std::string& path) {
  if (number > static_cast<qulonglong>(std::numeric_limits<qint64>::max()))
    return refusal(path, std::to_string(number) + " does not fit into an Int64");
  return hull::value::int64(static_cast<std::int64_t>(number));
}

template <class Map>
Converted convertVariantMap(const Map& map, const std::string& path, int depth) {
  return convertObject(map, path, [depth](const QVariant& field, const std::string& where) -> Field {
    if (!field.isValid()) return std::optional<hull::value>();
    return asField(convert(field, where, depth + 1));
  });
}

Converted convert(const QVariant& variant, const std::string& path, int depth) {
  if (depth > maxDepth) return refusal(path, "nested deeper than 64 levels");
  switch (variant.typeId()) {
    case QMetaType::UnknownType:
      return refusal(path, "undefined is no Convex value");
    case QMetaType::Nullptr:
      return hull::value();
    case QMetaType::Bool:
      return hull::value(variant.toBool());
    case QMetaType::Double:
    case QMetaType::Float:
    case QMetaType::Int:
    case QMetaType::UInt:
    case QMetaType::Short:
    case QMetaType::UShort:
    case QMetaType::SChar:
    case QMetaType::UChar:
      return hull::value(variant.toDouble());
    case QMetaType::LongLong:
    case QMetaType::Long:
      return hull::value::int64(variant.toLongLong());
    case QMetaType::ULongLong:
    case QMetaType::ULong:
      return convertUnsigned(variant.toULongLong(), path);
    case QMetaType::QString:
      return convertText(variant.toString(), path);
    case QMetaType::QByteArray: {
      const QByteArray data = variant.toByteArray();
      return hull::value(hull::bytes(data.begin(), data.end()));
    }
    case QMetaType::QVariantList:
    case QMetaType::QStringList:
      return convertArray(variant.toList(), path, [depth](const QVariant& item, const std::string& where) {
        return convert(item, where, depth + 1);
      });
    case QMetaType::QVariantMap:
      return convertVariantMap(variant.toMap(), path, depth);
    case QMetaType::QVariantHash:
      return convertVariantMap(variant.toHash(), path, depth);
    case QMetaType::QJsonValue:
      return convertJson(variant.toJsonValue(), path, depth);
    case QMetaType::QJsonArray:
      return convertJson(variant.toJsonArray(), path, depth);
    case QMetaType::QJsonObject:
      return convertJson(variant.toJsonObject(), path, depth);
    default:
      break;
  }
  if (variant.metaType() == QMetaType::fromType<HullInt64>())
    return hull::value::int64(variant.value<HullInt64>().value());
  std::string why = std::string(variant.typeName()) + " is no Convex value";
  if (variant.typeId() == QMetaType::QDateTime || variant.typeId() == QMetaType::QDate ||
      variant.typeId() == QMetaType::QTime)
    why += "; store milliseconds since the epoch as a number";
  return refusal(path, why);
}

// QVariant converts HullInt64 to numbers and text, so that C++ code and views need not know the class.
void registerConversions() {
  static const bool once = [] {
    QMetaType::registerConverter<HullInt64, qlonglong>([](const HullInt64& i) -> qlonglong { return i.value(); });
    QMetaType::registerConverter<HullInt64, double>(&HullInt64::toNumber);
    QMetaType::registerConverter<HullInt64, QString>(&HullInt64::toString);
    return true;
  }();
  Q_UNUSED(once)
}

}  // namespace

QVariant toVariant(const hull::value& value) {
  switch (value.kind()) {
    case hull::kind::null:
      return QVariant::fromValue(nullptr);
    case hull::kind::int64:
      registerConversions();
      return QVariant::fromValue(HullInt64(value.as_int64()));
    case hull::kind::float64:
      return value.as_double();
    case hull::kind::boolean:
      return value.as_bool();
    case hull::kind::string:
      return toString(value.as_string());
    case hull::kind::bytes: {
      const hull::bytes& data = value.as_bytes();
      return QByteArray(reinterpret_cast<const char*>(data.data()), static_cast<qsizetype>(data.size()));
    }
    case hull::kind::array: {
      QVariantList list;
      list.reserve(static_cast<qsizetype>(value.as_array().size()));
      for (const hull::value& item : value.as_array()) list.append(toVariant(item));
      return list;
    }
    case hull::kind::object:
      break;
  }
  QVariantMap map;
  for (const auto& [name, field] : value.as_object()) map.insert(toString(name), toVariant(field));
  return map;
}

Converted fromVariant(const QVariant& variant) { return convert(variant, {}, 0); }

HullError toError(const hull::error& error) {
  QStringList lines;
  for (const std::string& line : error.log_lines) lines.append(toString(line));
  HullError::Kind kind = HullError::BadMessage;
  switch (error.code) {
    case hull::errc::bad_value:
      kind = HullError::BadValue;
      break;
    case hull::errc::bad_message:
      kind = HullError::BadMessage;
      break;
    case hull::errc::bad_argument:
      kind = HullError::BadArgument;
      break;
    case hull::errc::function_failed:
      kind = HullError::FunctionFailed;
      break;
    case hull::errc::connection_lost:
      kind = HullError::ConnectionLost;
      break;
    case hull::errc::cancelled:
      kind = HullError::Cancelled;
      break;
    case hull::errc::closed:
      kind = HullError::Closed;
      break;
    case hull::errc::fatal:
      kind = HullError::Fatal;
      break;
    case hull::errc::network:
      kind = HullError::Network;
      break;
    case hull::errc::timed_out:
      kind = HullError::TimedOut;
      break;
    case hull::errc::unauthenticated:
      kind = HullError::Unauthenticated;
      break;
  }
  return HullError(kind, toString(error.message), error.data ? toVariant(*error.data) : QVariant(), lines);
}

QString toString(std::string_view text) { return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size())); }

hull::error refusal(const std::string& path, const std::string& why) {
  return hull::error{hull::errc::bad_value, (path.empty() ? "value" : path) + ": " + why, {}, {}};
}

std::string fieldPath(const std::string& path, const std::string& name) {
  return path.empty() ? name : path + "." + name;
}

std::string itemPath(const std::string& path, std::size_t index) { return path + "[" + std::to_string(index) + "]"; }

}  // namespace HullValueBridge
