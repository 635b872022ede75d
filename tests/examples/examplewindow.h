// An example's window in a test: loaded from the program's own QML, shown offscreen, over a deployment in this process.
#pragma once

#include <hull/mock/fake_deployment.hpp>

#include <QtCore/QObject>
#include <QtCore/QStringList>
#include <QtCore/QVariant>
#include <QtQml/QQmlApplicationEngine>
#include <QtQuick/QQuickItem>
#include <QtQuick/QQuickWindow>

#include <functional>

class ExampleTestWindow {
 public:
  /// `module` is the URI of the example's QML module. Fails the test when the window does not load.
  ExampleTestWindow(const QString& module, hull::mock::fake_deployment& deployment, QVariantMap properties = {});
  ~ExampleTestWindow();

  QQuickWindow* window() const { return m_window; }
  /// What has this objectName; null when there is nothing.
  template <class T>
  T* find(const char* name) const {
    return m_window->findChild<T*>(QString::fromLatin1(name));
  }
  /// The first item with this objectName in the visual tree below `top`.
  static QQuickItem* itemIn(QQuickItem* top, const char* name);
  /// The delegate of a row of a ListView; null while it has none.
  static QQuickItem* delegateAt(QQuickItem* list, int row);
  /// How many delegates a ListView has now.
  static int delegatesOf(QQuickItem* list);
  /// The middle of an item in the window.
  static QPoint middleOf(QQuickItem* item);
  /// What QML complained about since the start.
  QStringList complaints() const;

 private:
  QQmlApplicationEngine m_engine;
  QQuickWindow* m_window = nullptr;
};
