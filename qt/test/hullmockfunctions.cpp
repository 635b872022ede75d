// Functions of a MockDeployment: from the deployment's threads into JavaScript and back.
#include "hulljsbridge_p.h"
#include "hullmockcontext.h"
#include "hullmockdeployment_p.h"
#include "hullmockpromise_p.h"

#include <hull/mock/tables.hpp>

#include <QtCore/QPointer>
#include <QtQml/QQmlEngine>

#include <stdexcept>
#include <utility>

namespace {

using hull::value;

// What a function throws: an Error stands for its text, everything else is data for the client.
std::exception_ptr failureOf(const QJSValue& thrown) {
  if (thrown.isError())
    return std::make_exception_ptr(
        std::runtime_error(thrown.property(QStringLiteral("message")).toString().toStdString()));
  auto data = HullJsBridge::fromJs(thrown);
  if (!data) return std::make_exception_ptr(std::runtime_error(thrown.toString().toStdString()));
  return std::make_exception_ptr(hull::mock::convex_error(*std::move(data)));
}

void settle(HullMockDesk& desk, const HullMockCallPtr& call, const QJSValue& result) {
  try {
    desk.succeed(call, HullMock::toValue(result));
  } catch (const std::exception& failure) {
    desk.fail(call, std::make_exception_ptr(std::runtime_error("The result of " + call->path + ": " + failure.what())));
  }
}

// On the deployment's thread: the context is lent to JavaScript until the function ends.
value runInJs(HullMockDesk& desk, const QString& path, const value& args, const HullMockAccess& access) {
  auto call = std::make_shared<HullMockCall>();
  call->path = path.toStdString();
  call->args = args;
  call->access = std::make_shared<HullMockAccess>(access);
  return desk.run(call);
}

}  // namespace

void HullMockDeploymentPrivate::addFunction(Kind kind, const QString& path, const QJSValue& run) {
  if (!run.isCallable()) throw std::invalid_argument(path.toStdString() + " needs a function.");
  running();
  const std::shared_ptr<HullMockDesk> desk = m_desk;
  const QJSValue before = m_functions.value(path);
  m_functions.insert(path, run);
  try {
    away([&](hull::mock::fake_deployment& deployment) {
      const std::string name = path.toStdString();
      switch (kind) {
        case Kind::query:
          return deployment.query(name, [desk, path](hull::mock::query_context& db, const value& args) {
            return runInJs(*desk, path, args, {&db, nullptr, nullptr, nullptr, nullptr});
          });
        case Kind::mutation:
          return deployment.mutation(name, [desk, path](hull::mock::mutation_context& db, const value& args) {
            return runInJs(*desk, path, args, {&db, &db, nullptr, nullptr, nullptr});
          });
        case Kind::action:
          return deployment.action(name, [desk, path](hull::mock::action_context& context, const value& args) {
            return runInJs(*desk, path, args, {nullptr, nullptr, &context, nullptr, desk.get()});
          });
      }
    });
  } catch (...) {
    if (desk == m_desk) m_functions.insert(path, before);
    throw;
  }
}

void HullMockDeploymentPrivate::handle(std::shared_ptr<HullMockDesk> desk, const HullMockCallPtr& call) {
  QJSEngine* const js = engine();
  const QString path = QString::fromStdString(call->path);
  const QJSValue function = call->work.isCallable() ? call->work : m_functions.value(path);
  if (!js || !function.isCallable())
    return desk->fail(call, std::make_exception_ptr(std::runtime_error(call->path + " has no function.")));
  if (m_runner.isUndefined())
    m_runner = js->evaluate(
        QStringLiteral("(function(run, first, second) {"
                       " try { return {value: run(first, second)} } catch (error) { return {thrown: error} } })"));

  auto* const context = new HullMockContext(call->access);
  QJSValue jsContext = js->newQObject(context);  // The garbage collector's.
  QJSValueList arguments{function, jsContext};
  if (!call->work.isCallable()) arguments.insert(1, HullJsBridge::toJs(*js, call->args));
  const bool isAction = call->access->action;
  // From here on this object may be gone, and with it the context in which the function finds its names.
  const QJSValue outcome = QJSValue(m_runner).call(arguments);
  if (outcome.isError()) return desk->fail(call, failureOf(outcome));
  if (outcome.hasOwnProperty(QStringLiteral("thrown")))
    return desk->fail(call, failureOf(outcome.property(QStringLiteral("thrown"))));
  const QJSValue result = call->work.isCallable() ? QJSValue() : outcome.property(QStringLiteral("value"));
  if (!result.isObject() || !result.property(QStringLiteral("then")).isCallable()) return settle(*desk, call, result);
  if (!isAction)
    return desk->fail(call, std::make_exception_ptr(std::runtime_error(
                                call->path + " returned a promise: queries and mutations answer at once.")));
  QJSValue waiter = js->newQObject(new HullMockPromise(desk, call));
  js->evaluate(QStringLiteral("(function(promise, end) {"
                              " promise.then(value => end.resolve(value), error => end.reject(error)) })"))
      .call({result, waiter});
}

HullMockPromise::HullMockPromise(std::shared_ptr<HullMockDesk> desk, std::shared_ptr<HullMockCall> call)
    : m_desk(std::move(desk)), m_call(std::move(call)) {}

// A promise that nobody can settle any more.
HullMockPromise::~HullMockPromise() {
  if (!m_call->settled)
    m_desk->fail(m_call, std::make_exception_ptr(std::runtime_error(m_call->path + ": its promise was dropped.")));
}

void HullMockPromise::resolve(const QJSValue& value) { settle(*m_desk, m_call, value); }
void HullMockPromise::reject(const QJSValue& error) { m_desk->fail(m_call, failureOf(error)); }
