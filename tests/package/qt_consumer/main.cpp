// QML sends a message over the module Hull; C++ sees it arrive in a model of Hull::qt.
#include <hullclient.h>
#include <hullquerymodel.h>

#include <QtCore/QTimer>
#include <QtGui/QGuiApplication>
#include <QtQml/QQmlApplicationEngine>

#include <cstdio>

int main(int argc, char** argv) {
  QGuiApplication app(argc, argv);
  HullQueryModel model;
  HullClient client;
  model.setClient(&client);
  model.setQuery(QStringLiteral("messages:list"));

  QQmlApplicationEngine engine;
  engine.addImportPath(QStringLiteral(MODULES));
  engine.load(QUrl(QStringLiteral("qrc:/qt/qml/Consumer/Main.qml")));
  if (engine.rootObjects().isEmpty()) return 2;
  client.setUrl(engine.rootObjects().first()->property("deployment").toUrl());

  QTimer look;
  QObject::connect(&look, &QTimer::timeout, &app, [&] {
    if (!engine.rootObjects().first()->property("done").toBool() || model.count() != 1) return;
    const QString body = model.get(0).value(QStringLiteral("body")).toString();
    std::printf("arrived: %s\n", qPrintable(body));
    QCoreApplication::exit(body == QStringLiteral("hello") ? 0 : 3);
  });
  look.start(5);
  QTimer::singleShot(30000, &app, [] { QCoreApplication::exit(4); });
  return QGuiApplication::exec();
}
