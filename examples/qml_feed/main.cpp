// qml_feed: a long log that loads as one scrolls, and stays live from end to end.
#include "exampleapp.h"
#include "functions.h"

int main(int argc, char** argv) {
  ExampleWindow feed;
  feed.name = QStringLiteral("qml_feed");
  feed.about = QStringLiteral("Ten thousand entries, loaded page by page.");
  feed.main = QUrl(QStringLiteral("qrc:/qt/qml/Feed/Main.qml"));
  feed.functions = addFeedFunctions;
  return runExample(argc, argv, feed);
}
