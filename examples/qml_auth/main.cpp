// qml_auth: private notes, behind a sign-in.
#include "exampleapp.h"
#include "functions.h"
#include "identityprovider.h"

// Registers the types of this program's QML module.
extern void qml_register_types_Auth();

int main(int argc, char** argv) {
  ExampleWindow notes;
  notes.name = QStringLiteral("qml_auth");
  notes.about = QStringLiteral("Private notes: what the window shows depends on who is signed in.");
  notes.main = QUrl(QStringLiteral("qrc:/qt/qml/Auth/Main.qml"));
  notes.functions = addNoteFunctions;
  notes.registerTypes = qml_register_types_Auth;
  notes.options = {
      {QStringLiteral("user"), QStringLiteral("Begin as this person: ada, grace or linus."), QStringLiteral("user")}};
  notes.properties = [](const QCommandLineParser& line) {
    return QVariantMap{{QStringLiteral("user"), line.value(QStringLiteral("user"))}};
  };
  return runExample(argc, argv, notes);
}
