// What every example program does alike: its command line, the deployment it talks to, the run without a display.
#pragma once

#include <QtCore/QCommandLineParser>
#include <QtCore/QList>
#include <QtCore/QString>
#include <QtCore/QUrl>
#include <QtCore/QVariant>

#include <functional>
#include <memory>

namespace hull::mock {
class fake_deployment;
}

/// Registers an app's functions with a deployment in this process, and puts in the data that it begins with.
using ExampleFunctions = std::function<void(hull::mock::fake_deployment&)>;

/// A program whose window is QML.
struct ExampleWindow {
  QString name;   ///< Of the program, "qml_todo".
  QString about;  ///< One sentence for --help.
  QUrl main;      ///< The window's QML file.
  ExampleFunctions functions;
  std::function<void()> registerTypes;  ///< Of the program's own QML module, when it has types in C++.
  QList<QCommandLineOption> options;    ///< Beside --url, --mock, --theme, --headless, --screenshot and --timeout.
  /// More initial properties of the window, from the command line; throws std::invalid_argument to refuse it.
  std::function<QVariantMap(const QCommandLineParser& line)> properties;
};

/// Runs the program until its window is closed, or, headless, until the picture is taken; returns its exit status.
/// The window gets the properties `deployment` (url) and `appearance` ("system", "light" or "dark").
int runExample(int argc, char** argv, const ExampleWindow& example);

/// The options that all examples have, for programs that build their window themselves.
class ExampleLine {
 public:
  /// Reads the command line of the running application; ends the program where it cannot be understood.
  explicit ExampleLine(const QString& about, const QList<QCommandLineOption>& more = {});
  ~ExampleLine();

  const QCommandLineParser& parser() const { return m_parser; }
  /// Where the app's functions are: what --url says, or else a deployment in this process, which lives as long as this
  /// object.
  QUrl deployment(const ExampleFunctions& functions);
  QString theme() const;
  bool isHeadless() const;
  QString screenshot() const;
  int timeoutSeconds() const { return m_timeoutSeconds; }

 private:
  QCommandLineParser m_parser;
  int m_timeoutSeconds = 30;
  std::unique_ptr<hull::mock::fake_deployment> m_mock;
};

/// Chooses the platform without a display when the command line says --headless. Before the application exists.
void prepareExample(int argc, char** argv);
/// The font that fits the examples' looks.
void useExampleFont();
