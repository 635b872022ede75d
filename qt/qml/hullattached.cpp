// Finding the client that an object is to use.
#include "hullattached.h"

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

HullClient* HullAttached::nearestClient(const QObject* object) {
  for (QObject* up = above(object); up; up = above(up)) {
    if (auto* client = qobject_cast<HullClient*>(up)) return client;
    const auto* attached = qobject_cast<HullAttached*>(qmlAttachedPropertiesObject<HullAttached>(up, false));
    if (attached && attached->m_client) return attached->m_client;
  }
  return nullptr;
}
