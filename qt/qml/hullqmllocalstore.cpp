// Optimistic store in terms of JavaScript values. Mistakes become JavaScript exceptions, which drop the update.
#include "hullqmllocalstore.h"

#include "hulljsbridge_p.h"

#include <hull/sync/local_store.hpp>
#include <hull/sync/optimistic_pages.hpp>

#include <exception>
#include <stdexcept>

namespace {

hull::value checked(hull::result<hull::value> converted) {
  if (!converted) throw std::invalid_argument(converted.error().message);
  return *std::move(converted);
}

hull::object checkedArgs(const QJSValue& args) {
  hull::value converted = checked(HullJsBridge::argsFromJs(args));
  if (!converted.is_object()) throw std::invalid_argument("arguments are an object");
  return converted.as_object();
}

}  // namespace

// C++ exceptions must not cross the JavaScript engine.
QJSValue HullQmlLocalStore::guarded(const char* what, const std::function<QJSValue()>& work) {
  try {
    return work();
  } catch (const std::exception& failure) {
    m_engine.throwError(QJSValue::TypeError,
                        QStringLiteral("%1: %2").arg(QLatin1String(what), QString::fromUtf8(failure.what())));
    return {};
  }
}

QJSValue HullQmlLocalStore::getQuery(const QString& query, const QJSValue& args) {
  return guarded("getQuery", [&] {
    const auto found = m_store.get_query(query.toStdString(), checked(HullJsBridge::argsFromJs(args)));
    return found ? HullJsBridge::toJs(m_engine, *found) : QJSValue();
  });
}

QJSValue HullQmlLocalStore::getAllQueries(const QString& query) {
  return guarded("getAllQueries", [&] {
    const auto all = m_store.get_all_queries(query.toStdString());
    QJSValue list = m_engine.newArray(static_cast<uint>(all.size()));
    for (std::size_t i = 0; i < all.size(); ++i) {
      QJSValue entry = m_engine.newObject();
      entry.setProperty(QStringLiteral("args"), HullJsBridge::toJs(m_engine, all[i].first));
      entry.setProperty(QStringLiteral("value"),
                        all[i].second ? HullJsBridge::toJs(m_engine, *all[i].second) : QJSValue());
      list.setProperty(static_cast<quint32>(i), entry);
    }
    return list;
  });
}

void HullQmlLocalStore::setQuery(const QString& query, const QJSValue& args, const QJSValue& value) {
  guarded("setQuery", [&] {
    std::optional<hull::value> predicted;
    if (!value.isUndefined()) predicted = checked(HullJsBridge::fromJs(value));
    m_store.set_query(query.toStdString(), checked(HullJsBridge::argsFromJs(args)), std::move(predicted));
    return QJSValue();
  });
}

std::function<hull::value(const hull::value&)> HullQmlLocalStore::byFunction(const char* name,
                                                                             const QJSValue& function) {
  if (!function.isCallable()) throw std::invalid_argument(std::string(name) + " is no function");
  return [this, function](const hull::value& item) {
    return checked(HullJsBridge::fromJs(HullJsBridge::call(m_engine, function, {HullJsBridge::toJs(m_engine, item)})));
  };
}

void HullQmlLocalStore::insertAtTop(const QString& query, const QJSValue& item, const QJSValue& argsToMatch) {
  guarded("insertAtTop", [&] {
    hull::insert_at_top(m_store, query.toStdString(), checkedArgs(argsToMatch), checked(HullJsBridge::fromJs(item)));
    return QJSValue();
  });
}

void HullQmlLocalStore::insertAtBottomIfLoaded(const QString& query, const QJSValue& item,
                                               const QJSValue& argsToMatch) {
  guarded("insertAtBottomIfLoaded", [&] {
    hull::insert_at_bottom_if_loaded(m_store, query.toStdString(), checkedArgs(argsToMatch),
                                     checked(HullJsBridge::fromJs(item)));
    return QJSValue();
  });
}

void HullQmlLocalStore::insertAtPosition(const QString& query, const QJSValue& item, const QJSValue& how) {
  guarded("insertAtPosition", [&] {
    const QString order = how.property(QStringLiteral("sortOrder")).toString();
    if (order != QLatin1String("asc") && order != QLatin1String("desc"))
      throw std::invalid_argument("sortOrder is \"asc\" or \"desc\"");
    hull::insert_at_position(m_store, query.toStdString(), checkedArgs(how.property(QStringLiteral("argsToMatch"))),
                             order == QLatin1String("asc") ? hull::sort_order::ascending : hull::sort_order::descending,
                             byFunction("sortKeyFromItem", how.property(QStringLiteral("sortKeyFromItem"))),
                             checked(HullJsBridge::fromJs(item)));
    return QJSValue();
  });
}

void HullQmlLocalStore::updateItem(const QString& query, const QJSValue& args, const QJSValue& change) {
  guarded("updateItem", [&] {
    hull::update_in_pages(m_store, query.toStdString(), checkedArgs(args), byFunction("the change", change));
    return QJSValue();
  });
}
