// qml_whiteboard: a board on which many people draw at once, real ones and simulated ones.
#include "exampleapp.h"
#include "functions.h"

#include <stdexcept>

// Registers the types of this program's QML module.
extern void qml_register_types_Whiteboard();

namespace {

int numberIn(const QCommandLineParser& line, const QString& option, int least, int most) {
  bool isNumber = false;
  const int number = line.value(option).toInt(&isNumber);
  if (!isNumber || number < least || number > most)
    throw std::invalid_argument(
        QStringLiteral("--%1 wants a number from %2 to %3.").arg(option).arg(least).arg(most).toStdString());
  return number;
}

}  // namespace

int main(int argc, char** argv) {
  ExampleWindow board;
  board.name = QStringLiteral("qml_whiteboard");
  board.about = QStringLiteral("A board on which many draw at once; strokes and pens are live queries.");
  board.main = QUrl(QStringLiteral("qrc:/qt/qml/Whiteboard/Main.qml"));
  board.functions = addWhiteboardFunctions;
  board.registerTypes = qml_register_types_Whiteboard;
  board.options = {{QStringLiteral("clients"), QStringLiteral("Simulated drawers, each with a client of its own."),
                    QStringLiteral("number"), QStringLiteral("12")},
                   {QStringLiteral("rate"), QStringLiteral("Movements of each pen in a second."),
                    QStringLiteral("hertz"), QStringLiteral("30")}};
  board.properties = [](const QCommandLineParser& line) {
    return QVariantMap{{QStringLiteral("drawers"), numberIn(line, QStringLiteral("clients"), 0, 200)},
                       {QStringLiteral("rate"), numberIn(line, QStringLiteral("rate"), 1, 240)}};
  };
  return runExample(argc, argv, board);
}
