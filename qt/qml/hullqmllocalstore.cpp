// Optimistic store in terms of JavaScript values. Mistakes become JavaScript exceptions, which drop the update.
#include "hullqmllocalstore.h"

#include "hulljsbridge_p.h"

#include <hull/sync/local_store.hpp>

#include <exception>
#include <stdexcept>

namespace {

hull::value checked(hull::result<hull::value> converted) {
  if (!converted) throw std::invalid_argument(converted.error().message);
  return *std::move(converted);
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
