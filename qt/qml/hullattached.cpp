// Finding the client that an object is to use.
#include "hullattached.h"

#include "hulljsbridge_p.h"

#include <cmath>

namespace {

// Items know their visual parent in the property "parent"; a delegate's QObject parent is a detail of its view.
QObject* above(const QObject* object) {
  const QVariant visual = object->property("parent");
  if (visual.isValid() && visual.canConvert<QObject*>())
    if (auto* parent = visual.value<QObject*>()) return parent;
  return object->parent();
}

}  // namespace

HullAttached* HullAttached::qmlAttachedProperties(QObject* object) { return new HullAttached(object); }

HullClient* HullAttached::client() const { return m_client ? m_client.data() : nearestClient(parent()); }

void HullAttached::setClient(HullClient* client) {
  if (m_client == client) return;
  m_client = client;
  Q_EMIT clientChanged();
}

HullInt64 HullAttached::int64(const QJSValue& number) const {
  const QVariant variant = number.toVariant();
  if (variant.metaType() == QMetaType::fromType<HullInt64>()) return variant.value<HullInt64>();
  bool ok = false;
  qint64 value = 0;
  if (number.isString()) {
    value = number.toString().toLongLong(&ok);
  } else if (number.isNumber()) {
    const double asDouble = number.toNumber();
    ok = std::abs(asDouble) <= 9007199254740992.0 && std::trunc(asDouble) == asDouble;
    if (ok) value = static_cast<qint64>(asDouble);
  }
  if (!ok)
    if (QJSEngine* engine = HullJsBridge::engineOf(parent()))
      engine->throwError(
          QJSValue::RangeError,
          QStringLiteral("Hull.int64: %1 is no whole number of 64 bits; give larger ones than 2^53 as text")
              .arg(number.toString()));
  return HullInt64(value);
}

HullClient* HullAttached::nearestClient(const QObject* object) {
  for (QObject* up = above(object); up; up = above(up)) {
    if (auto* client = qobject_cast<HullClient*>(up)) return client;
    const auto* attached = qobject_cast<HullAttached*>(qmlAttachedPropertiesObject<HullAttached>(up, false));
    if (attached && attached->m_client) return attached->m_client;
  }
  return nullptr;
}
