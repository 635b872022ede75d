// Optimistic store in terms of QVariant.
#include "hulllocalstore.h"

#include "hullvaluebridge_p.h"

#include <hull/sync/local_store.hpp>

#include <stdexcept>

namespace {

hull::value checked(const QVariant& variant, const char* what) {
  auto converted = HullValueBridge::fromVariant(variant);
  if (!converted) throw std::invalid_argument(std::string(what) + ": " + converted.error().message);
  return *converted;
}

}  // namespace

QVariant HullLocalStore::getQuery(const QString& query, const QVariantMap& args) const {
  const auto found = m_store.get_query(query.toStdString(), checked(args, "arguments of getQuery"));
  return found ? HullValueBridge::toVariant(*found) : QVariant();
}

QList<HullLocalStore::Entry> HullLocalStore::getAllQueries(const QString& query) const {
  QList<Entry> entries;
  for (const auto& [args, value] : m_store.get_all_queries(query.toStdString()))
    entries.append({HullValueBridge::toVariant(args).toMap(), value ? HullValueBridge::toVariant(*value) : QVariant()});
  return entries;
}

void HullLocalStore::setQuery(const QString& query, const QVariantMap& args, const QVariant& value) {
  std::optional<hull::value> predicted;
  if (value.isValid()) predicted = checked(value, "value of setQuery");
  m_store.set_query(query.toStdString(), checked(args, "arguments of setQuery"), std::move(predicted));
}
