// A program that links the QML library needs no plugin: types and QML files of the module come out of the library.
#include "hullattached.h"
#include "hullqmlclient.h"

#include <QtTest/QTest>

#include <QtQml/QQmlComponent>
#include <QtQml/QQmlEngine>

#include <memory>

class LinkedTest : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void typesComeFromTheLibrary();
};

void LinkedTest::typesComeFromTheLibrary() {
  QQmlEngine engine;
  engine.addImportPath(QStringLiteral("qrc:/qt/qml"));  // Qt 6.5 and newer look there by themselves.
  QQmlComponent component(&engine);
  component.setData(R"(
    import QtQuick
    import Hull
    Item {
      id: root
      property alias inside: authenticated
      Hull.client: HullClient { }
      Authenticated { id: authenticated; Item { } }
      ConnectionBanner { }
    })",
                    QUrl());
  const std::unique_ptr<QObject> root(component.create());
  QVERIFY2(root, qPrintable(component.errorString()));
  HullClient* const client = HullAttached::nearestClient(root->property("inside").value<QObject*>());
  QVERIFY(qobject_cast<HullQmlClient*>(client));
}

QTEST_MAIN(LinkedTest)
#include "linked_test.moc"
