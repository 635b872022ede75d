// qml_todo: a list of tasks that many people keep in order together.
#include "exampleapp.h"
#include "functions.h"

int main(int argc, char** argv) {
  ExampleWindow todo;
  todo.name = QStringLiteral("qml_todo");
  todo.about = QStringLiteral("A to-do list whose changes show before the deployment has answered.");
  todo.main = QUrl(QStringLiteral("qrc:/qt/qml/Todo/Main.qml"));
  todo.functions = addTodoFunctions;
  return runExample(argc, argv, todo);
}
