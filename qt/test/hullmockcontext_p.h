// What a running function lends to its context in JavaScript, and takes back when it ends.
#pragma once

#include <hull/mock/function_context.hpp>
#include <hull/mock/tables.hpp>
#include <hull/value/value.hpp>

#include <QtCore/QString>
#include <QtQml/QJSEngine>
#include <QtQml/QJSValue>

#include <exception>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>

class HullMockDesk;

/// At most one of the pointers is set. Used on the QML thread alone, while the thread that lends waits.
struct HullMockAccess {
  hull::mock::query_context* query = nullptr;        ///< Of queries and mutations.
  hull::mock::mutation_context* mutation = nullptr;  ///< Beside `query`.
  hull::mock::action_context* action = nullptr;
  hull::mock::tables* tables = nullptr;  ///< Of MockDeployment.change.
  HullMockDesk* desk = nullptr;          ///< For actions, which wait for other functions.
  int borrowed = 0;  ///< How many threads use `action`: it must not go before they are done. With the desk's mutex.

  bool isTransaction() const { return query || tables; }
  void end() { query = nullptr, mutation = nullptr, action = nullptr, tables = nullptr, desk = nullptr; }

  hull::mock::function_context* context() const {
    return query ? static_cast<hull::mock::function_context*>(query) : action;
  }
  /// These throw when the function has ended, or cannot do that.
  hull::mock::table_reader reader(const std::string& table) const;
  hull::mock::table_writer writer(const std::string& table) const;
};

namespace HullMock {

/// What went wrong becomes a JavaScript exception; C++ exceptions must not cross the engine.
template <class Work>
QJSValue guarded(QJSEngine* engine, Work work) {
  try {
    return work();
  } catch (const std::exception& failure) {
    if (engine) engine->throwError(QJSValue::GenericError, QString::fromUtf8(failure.what()));
    return {};
  }
}

/// These throw what cannot be converted. Undefined is null, as at a deployment.
hull::value toValue(const QJSValue& js);
hull::object toObject(const QJSValue& js, const char* what);

}  // namespace HullMock
