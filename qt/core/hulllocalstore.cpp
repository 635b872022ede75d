// Optimistic store in terms of QVariant.
#include "hulllocalstore.h"

#include "hullvaluebridge_p.h"

#include <hull/sync/local_store.hpp>
#include <hull/sync/optimistic_pages.hpp>

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

void HullLocalStore::insertAtTop(const QString& query, const QVariant& item, const QVariantMap& argsToMatch) {
  const hull::value where = checked(argsToMatch, "argsToMatch of insertAtTop");
  hull::insert_at_top(m_store, query.toStdString(), where.as_object(), checked(item, "item of insertAtTop"));
}

void HullLocalStore::insertAtBottomIfLoaded(const QString& query, const QVariant& item,
                                            const QVariantMap& argsToMatch) {
  const hull::value where = checked(argsToMatch, "argsToMatch of insertAtBottomIfLoaded");
  hull::insert_at_bottom_if_loaded(m_store, query.toStdString(), where.as_object(),
                                   checked(item, "item of insertAtBottomIfLoaded"));
}

void HullLocalStore::insertAtPosition(const QString& query, const QVariant& item, Qt::SortOrder order,
                                      const std::function<QVariant(const QVariant&)>& keyOf,
                                      const QVariantMap& argsToMatch) {
  const hull::value where = checked(argsToMatch, "argsToMatch of insertAtPosition");
  const auto key = [&keyOf](const hull::value& row) {
    return checked(keyOf(HullValueBridge::toVariant(row)), "sort key of insertAtPosition");
  };
  hull::insert_at_position(m_store, query.toStdString(), where.as_object(),
                           order == Qt::AscendingOrder ? hull::sort_order::ascending : hull::sort_order::descending,
                           key, checked(item, "item of insertAtPosition"));
}

void HullLocalStore::updateItem(const QString& query, const QVariantMap& args,
                                const std::function<QVariant(const QVariant&)>& change) {
  const hull::value exactly = checked(args, "arguments of updateItem");
  hull::update_in_pages(m_store, query.toStdString(), exactly.as_object(), [&change](const hull::value& row) {
    return checked(change(HullValueBridge::toVariant(row)), "result of updateItem");
  });
}
