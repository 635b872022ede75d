// Runs the test classes of the Qt core one after another.
#include "core_fixture.h"

#include <QtCore/QLoggingCategory>

#include <mutex>
#include <utility>
#include <vector>

namespace CoreTest {

namespace {

std::vector<std::function<std::unique_ptr<QObject>()>>& tests() {
  static std::vector<std::function<std::unique_ptr<QObject>()>> all;
  return all;
}

std::mutex logMutex;
std::vector<std::pair<QString, QString>> logged;  // Category, line.
QtMessageHandler before = nullptr;

void keepLine(QtMsgType, const QMessageLogContext& context, const QString& line) {
  const std::lock_guard lock(logMutex);
  logged.emplace_back(QString::fromLatin1(context.category), line);
}

}  // namespace

void add(std::function<std::unique_ptr<QObject>()> make) { tests().push_back(std::move(make)); }

std::unique_ptr<hull::mock::fake_deployment> makeChat(hull::mock::deployment_options options) {
  auto deployment = std::make_unique<hull::mock::fake_deployment>(std::move(options));
  deployment->query("chat:list", [](hull::mock::query_context& db, const hull::value&) {
    return hull::value(db.table("messages").scan());
  });
  deployment->mutation("chat:send", [](hull::mock::mutation_context& db, const hull::value& args) {
    return hull::value(db.table("messages").insert(args.as_object()));
  });
  deployment->mutation("chat:fail", [](hull::mock::mutation_context&, const hull::value& args) -> hull::value {
    throw hull::mock::convex_error(args);
  });
  deployment->query("chat:whoAmI", [](hull::mock::query_context& db, const hull::value&) {
    return db.user() ? *db.user() : hull::value();
  });
  deployment->action("chat:echo", [](hull::mock::action_context&, const hull::value& args) { return args; });
  return deployment;
}

LogCatcher::LogCatcher() {
  {
    const std::lock_guard lock(logMutex);
    logged.clear();
  }
  QLoggingCategory::setFilterRules(QStringLiteral("hull*=true"));
  before = qInstallMessageHandler(keepLine);
}

LogCatcher::~LogCatcher() {
  qInstallMessageHandler(before);
  QLoggingCategory::setFilterRules({});
}

QStringList LogCatcher::lines() const {
  const std::lock_guard lock(logMutex);
  QStringList all;
  for (const auto& [category, line] : logged) all.append(line);
  return all;
}

QStringList LogCatcher::linesOf(const char* category) const {
  const std::lock_guard lock(logMutex);
  QStringList some;
  for (const auto& [name, line] : logged)
    if (name == QLatin1String(category)) some.append(line);
  return some;
}

}  // namespace CoreTest

/// With a name of a class as first argument: that one alone, with the other arguments for it.
int main(int argc, char** argv) {
  QCoreApplication application(argc, argv);
  QStringList arguments = QCoreApplication::arguments();
  const QString only =
      arguments.size() > 1 && !arguments.at(1).startsWith(QLatin1Char('-')) ? arguments.takeAt(1) : QString();
  int failed = 0;
  int ran = 0;
  for (const auto& make : CoreTest::tests()) {
    const auto test = make();
    if (!only.isEmpty() && only != QLatin1String(test->metaObject()->className())) continue;
    ++ran;
    failed += QTest::qExec(test.get(), arguments);
  }
  return ran == 0 ? 1 : failed;
}
