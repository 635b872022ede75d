// qml_chat: opens the chat window, or with --headless shows it to nobody, prints the rows and takes a picture.
#include "exampleapp.h"
#include "headless.h"

#include <QtCore/QCommandLineParser>
#include <QtGui/QGuiApplication>
#include <QtQml/QQmlApplicationEngine>
#include <QtQuick/QQuickWindow>

#include <cstdio>
#include <cstdlib>
#include <memory>

// Registers the types of the Hull module, which this program links.
extern void qml_register_types_Hull();

namespace {

int refuse(const char* why) {
  std::fprintf(stderr, "qml_chat: %s\n", why);
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  prepareExample(argc, argv);
  QGuiApplication app(argc, argv);
  QGuiApplication::setApplicationName(QStringLiteral("qml_chat"));
  QGuiApplication::setApplicationDisplayName(QStringLiteral("Hull chat"));
  useExampleFont();

  QCommandLineParser options;
  options.setApplicationDescription(QStringLiteral("A chat whose list is a live query."));
  options.addHelpOption();
  const QCommandLineOption url(QStringLiteral("url"), QStringLiteral("Address of the deployment."),
                               QStringLiteral("url"), QStringLiteral("http://127.0.0.1:3210"));
  const QCommandLineOption name(QStringLiteral("name"), QStringLiteral("Your name."), QStringLiteral("name"),
                                qEnvironmentVariable("USER"));
  const QCommandLineOption theme(QStringLiteral("theme"), QStringLiteral("system, light or dark."),
                                 QStringLiteral("theme"), QStringLiteral("system"));
  const QCommandLineOption noWindow(QStringLiteral("headless"),
                                    QStringLiteral("Run without a display; print the rows."));
  const QCommandLineOption say(QStringLiteral("say"),
                               QStringLiteral("Headless: send this from the window. May be repeated."),
                               QStringLiteral("text"));
  const QCommandLineOption expect(QStringLiteral("expect"), QStringLiteral("Headless: number of rows to wait for."),
                                  QStringLiteral("rows"), QStringLiteral("1"));
  const QCommandLineOption screenshot(QStringLiteral("screenshot"), QStringLiteral("Headless: where the picture goes."),
                                      QStringLiteral("file"));
  const QCommandLineOption timeout(QStringLiteral("timeout"), QStringLiteral("Headless: seconds to wait for the rows."),
                                   QStringLiteral("seconds"), QStringLiteral("30"));
  options.addOptions({url, name, theme, noWindow, say, expect, screenshot, timeout});
  options.process(app);

  bool isNumber = false;
  Headless::Options job;
  job.rows = options.value(expect).toInt(&isNumber);
  if (!isNumber || job.rows < 0) return refuse("--expect wants a number of rows.");
  job.timeoutSeconds = options.value(timeout).toInt(&isNumber);
  if (!isNumber || job.timeoutSeconds <= 0) return refuse("--timeout wants a number of seconds.");
  job.screenshot = options.value(screenshot);
  job.say = options.values(say);

  qml_register_types_Hull();
  QQmlApplicationEngine engine;
  engine.addImportPath(QStringLiteral("qrc:/qt/qml"));
  engine.setInitialProperties({{QStringLiteral("deployment"), QUrl::fromUserInput(options.value(url))},
                               {QStringLiteral("userName"), options.value(name)},
                               {QStringLiteral("appearance"), options.value(theme)}});
  engine.load(QUrl(QStringLiteral("qrc:/qt/qml/Chat/Main.qml")));
  if (engine.rootObjects().isEmpty()) return EXIT_FAILURE;

  std::unique_ptr<Headless> watcher;
  if (options.isSet(noWindow))
    watcher = std::make_unique<Headless>(qobject_cast<QQuickWindow*>(engine.rootObjects().first()), job);
  return QGuiApplication::exec();
}
