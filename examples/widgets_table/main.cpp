// widgets_table: the boats of a harbour in a QTableView, edited by many at once.
#include "exampleapp.h"
#include "functions.h"
#include "looks.h"
#include "portrait.h"
#include "tablewindow.h"

#include <QtWidgets/QApplication>

#include <memory>

int main(int argc, char** argv) {
  prepareExample(argc, argv);
  QApplication app(argc, argv);
  QCoreApplication::setApplicationName(QStringLiteral("widgets_table"));
  useExampleFont();
  ExampleLine line(QStringLiteral("A table whose rows are a live query, and whose cells are edited by mutations."));
  useLooks(line.theme());

  TableWindow window(line.deployment(addBoatFunctions));
  window.show();
  std::unique_ptr<Portrait> portrait;
  if (line.isHeadless())
    portrait = std::make_unique<Portrait>(
        &window, [&window] { return window.grab().toImage(); }, line.screenshot(), line.timeoutSeconds());
  return QApplication::exec();
}
