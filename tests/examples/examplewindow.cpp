// The window of an example.
#include "examplewindow.h"

#include <QtTest/QTest>

// Registers the types of the Hull module.
extern void qml_register_types_Hull();

namespace {

QStringList& complaintsSoFar() {
  static QStringList all;
  return all;
}
QtMessageHandler earlier = nullptr;

void listen(QtMsgType type, const QMessageLogContext& context, const QString& text) {
  if (type != QtDebugMsg && type != QtInfoMsg && text.startsWith(QStringLiteral("qrc:")))
    complaintsSoFar().append(text);
  earlier(type, context, text);
}

}  // namespace

ExampleTestWindow::ExampleTestWindow(const QString& module, hull::mock::fake_deployment& deployment,
                                     QVariantMap properties) {
  complaintsSoFar().clear();
  earlier = qInstallMessageHandler(listen);
  static const bool isRegistered = (qml_register_types_Hull(), true);  // Once only.
  Q_UNUSED(isRegistered);
  properties.insert(QStringLiteral("deployment"), QUrl(QString::fromStdString(deployment.url())));
  m_engine.addImportPath(QStringLiteral("qrc:/qt/qml"));
  m_engine.setInitialProperties(properties);
  m_engine.load(QUrl(QStringLiteral("qrc:/qt/qml/%1/Main.qml").arg(module)));
  if (m_engine.rootObjects().isEmpty()) qFatal("The window of %s does not load.", qPrintable(module));
  m_window = qobject_cast<QQuickWindow*>(m_engine.rootObjects().first());
}

ExampleTestWindow::~ExampleTestWindow() { qInstallMessageHandler(earlier); }

QQuickItem* ExampleTestWindow::itemIn(QQuickItem* top, const char* name) {
  if (top->objectName() == QLatin1String(name)) return top;
  const QList<QQuickItem*> children = top->childItems();
  for (QQuickItem* child : children)
    if (QQuickItem* found = itemIn(child, name)) return found;
  return nullptr;
}

QQuickItem* ExampleTestWindow::delegateAt(QQuickItem* list, int row) {
  QQuickItem* item = nullptr;
  QMetaObject::invokeMethod(list, "itemAtIndex", Q_RETURN_ARG(QQuickItem*, item), Q_ARG(int, row));
  return item;
}

int ExampleTestWindow::delegatesOf(QQuickItem* list) {
  const QList<QQuickItem*> items = list->property("contentItem").value<QQuickItem*>()->childItems();
  int count = 0;
  for (const QQuickItem* item : items)
    if (item->property("index").isValid()) ++count;
  return count;
}

QPoint ExampleTestWindow::middleOf(QQuickItem* item) {
  return item->mapToScene(QPointF(item->width() / 2, item->height() / 2)).toPoint();
}

QStringList ExampleTestWindow::complaints() const { return complaintsSoFar(); }
