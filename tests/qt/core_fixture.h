// What the tests of the Qt core share: one program that runs every test class, and small helpers.
#pragma once

#include "hullclient.h"
#include "hullvaluebridge_p.h"

#include <hull/mock/fake_deployment.hpp>
#include <hull/value/json.hpp>

#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

#include <QtCore/QCoreApplication>
#include <QtCore/QPointer>
#include <QtCore/QString>
#include <QtCore/QUrl>

#include <functional>
#include <memory>

namespace CoreTest {

/// Makes a test class part of the program: `static const CoreTest::Register<MyTest> registered;`
void add(std::function<std::unique_ptr<QObject>()> make);
template <class Test>
struct Register {
  Register() {
    add([] { return std::make_unique<Test>(); });
  }
};

inline QString text(const char* latin1) { return QString::fromLatin1(latin1); }
inline hull::value json(const char* text) { return hull::read_json(text).value(); }
inline QVariant variant(const char* text) { return HullValueBridge::toVariant(json(text)); }

inline QUrl urlOf(const hull::mock::fake_deployment& deployment) {
  return QUrl(QString::fromStdString(deployment.url()));
}

/// Waits with an event loop until the call is over, and gives its error.
inline HullError errorOf(HullPendingCall* call) {
  if (!call) return HullError(HullError::Closed, text("the call is gone"));
  call->setAutoDelete(false);
  if (call->isRunning()) QSignalSpy(call, &HullPendingCall::finished).wait(5000);
  return call->isRunning() ? HullError(HullError::TimedOut, text("the call never finished")) : call->error();
}

/// A deployment with a chat: "chat:list" and "chat:send" over one table, "chat:whoAmI" and the action "chat:wait".
std::unique_ptr<hull::mock::fake_deployment> makeChat(hull::mock::deployment_options options = {});

/// Collects what is logged while it lives, also of categories that are switched off.
class LogCatcher {
 public:
  LogCatcher();
  ~LogCatcher();
  QStringList lines() const;
  /// The lines of this category.
  QStringList linesOf(const char* category) const;
};

}  // namespace CoreTest
