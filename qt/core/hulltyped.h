// Calls and live queries with C++ types: the references of the SDK (hull::query_ref and its kin) with Qt's objects.
//
//   struct SendArgs { std::string author; std::string body; };
//   BOOST_DESCRIBE_STRUCT(SendArgs, (), (author, body))
//   constexpr hull::mutation_ref<SendArgs, std::string> sendMessage{"messages:send"};
//
//   QFuture<std::string> id = HullTyped::mutation(client, sendMessage, {"ada", "hello"});
//
// Opt-in: the only header of the Qt library that needs the SDK's headers. Which types are known, and what they become,
// is in <hull/value/convert.hpp>.
#pragma once

#include "hullclient.h"
#include "hullqtglobal.h"
#include "hullwatcher.h"

#include <hull/client/typed_result.hpp>
#include <hull/error.hpp>
#include <hull/function/reference.hpp>
#include <hull/value/convert.hpp>
#include <hull/value/value.hpp>

#include <QtCore/QFuture>
#include <QtCore/QPromise>

#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

namespace HullTyped {

/// Without loss both ways; see hullint64.h for what QVariant itself has no type for.
HULL_QT_EXPORT QVariant toVariant(const hull::value& value);
HULL_QT_EXPORT hull::result<hull::value> fromVariant(const QVariant& variant);
HULL_QT_EXPORT HullError toError(const hull::error& error);

namespace Detail {

template <class Result>
QFuture<Result> refused(const hull::error& error) {
  QPromise<Result> promise;
  promise.start();
  promise.setException(HullException(toError(error)));
  promise.finish();
  return promise.future();
}

template <class Result>
void settle(QPromise<Result>& promise, const std::string& path, const HullPendingCall& call) {
  if (const HullError failure = call.error()) {
    promise.setException(HullException(failure));
  } else if constexpr (!std::is_void_v<Result>) {
    auto typed = hull::detail::typed_result<Result>(path, fromVariant(call.value()));
    if (typed)
      promise.addResult(*std::move(typed));
    else
      promise.setException(HullException(toError(typed.error())));
  }
  promise.finish();
}

/// `start` makes the call from converted arguments.
template <class Ref, class Start>
QFuture<typename Ref::result_type> call(const Ref& ref, const typename Ref::args_type& args, const Start& start) {
  using Result = typename Ref::result_type;
  std::string path(ref.path());
  auto converted = hull::detail::arguments_of(path, args);
  if (!converted) return refused<Result>(converted.error());
  HullPendingCall* const call =
      start(QString::fromUtf8(path.data(), static_cast<qsizetype>(path.size())), toVariant(*converted).toMap());
  if (!call) return refused<Result>(hull::error{hull::errc::closed, "The client was closed.", {}, {}});
  auto promise = std::make_shared<QPromise<Result>>();
  promise->start();
  QFuture<Result> future = promise->future();
  QObject::connect(call, &HullPendingCall::finished, call,
                   [call, promise, path = std::move(path)] { settle(*promise, path, *call); });
  return future;
}

}  // namespace Detail

/// As HullClient::mutation, with a future that throws HullException. A result that does not fit its type is an error
/// (BadValue) although the mutation was committed; arguments that cannot be converted are BadArgument.
template <class Args, class Result>
QFuture<Result> mutation(HullClient* client, const hull::mutation_ref<Args, Result>& mutation,
                         const std::type_identity_t<Args>& args, const HullCallOptions& options = {}) {
  return Detail::call(mutation, args, [&](const QString& path, const QVariantMap& converted) {
    return client->mutation(path, converted, options);
  });
}

/// As HullClient::action; errors of conversion as with mutations.
template <class Args, class Result>
QFuture<Result> action(HullClient* client, const hull::action_ref<Args, Result>& action,
                       const std::type_identity_t<Args>& args, const HullCallOptions& options = {}) {
  return Detail::call(action, args, [&](const QString& path, const QVariantMap& converted) {
    return client->action(path, converted, options);
  });
}

/// As HullClient::query, once; errors of conversion as with mutations.
template <class Args, class Result>
QFuture<Result> query(HullClient* client, const hull::query_ref<Args, Result>& query,
                      const std::type_identity_t<Args>& args, const HullCallOptions& options = {}) {
  return Detail::call(query, args, [&](const QString& path, const QVariantMap& converted) {
    return client->query(path, converted, options);
  });
}

/// A watcher of this query, for `value` below; belongs to `parent`. Null, with the reason in the log, for arguments
/// that cannot be converted.
template <class Args, class Result>
HullWatcher* watch(HullClient* client, const hull::query_ref<Args, Result>& query,
                   const std::type_identity_t<Args>& args, QObject* parent = nullptr) {
  const std::string path(query.path());
  const auto converted = hull::detail::arguments_of(path, args);
  if (!converted) {
    qWarning("%s", converted.error().message.c_str());
    return nullptr;
  }
  return new HullWatcher(client, QString::fromUtf8(path.data(), static_cast<qsizetype>(path.size())),
                         toVariant(*converted).toMap(), parent);
}

/// The value that the watcher shows: nothing before the first, an error when it does not fit the query's result type.
template <class Args, class Result>
hull::result<std::optional<Result>> value(const hull::query_ref<Args, Result>& query, const HullWatcher& watcher) {
  const QVariant shown = watcher.value();
  if (!shown.isValid()) return std::optional<Result>();
  auto typed = hull::detail::typed_result<Result>(query.path(), fromVariant(shown));
  if (!typed) return typed.error();
  return std::optional<Result>(*std::move(typed));
}

}  // namespace HullTyped
