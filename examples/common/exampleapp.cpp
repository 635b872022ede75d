// The examples' common run.
#include "exampleapp.h"

#include "portrait.h"

#include <hull/mock/fake_deployment.hpp>

#include <QtGui/QFont>
#include <QtGui/QGuiApplication>
#include <QtQml/QQmlApplicationEngine>
#include <QtQuick/QQuickWindow>

#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string_view>

// Registers the types of the Hull module, which these programs link.
extern void qml_register_types_Hull();

namespace {

void refuse(const QString& why) {
  std::fprintf(stderr, "%s: %s\n", qPrintable(QCoreApplication::applicationName()), qPrintable(why));
  std::exit(2);
}

}  // namespace

void prepareExample(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    if (std::string_view(argv[i]) != "--headless") continue;
    qputenv("QT_QPA_PLATFORM", "offscreen");
    qputenv("QT_QUICK_BACKEND", "software");
  }
}

void useExampleFont() {
  QFont font;
  font.setFamilies({QStringLiteral("Inter"), QStringLiteral("Noto Sans"), QStringLiteral("DejaVu Sans")});
  QGuiApplication::setFont(font);
}

ExampleLine::ExampleLine(const QString& about, const QList<QCommandLineOption>& more) {
  m_parser.setApplicationDescription(about);
  m_parser.addHelpOption();
  m_parser.addOptions(
      {{QStringLiteral("url"), QStringLiteral("Address of a deployment that has the functions of convex/."),
        QStringLiteral("url")},
       {QStringLiteral("mock"), QStringLiteral("Talk to a deployment in this process: the default without --url.")},
       {QStringLiteral("theme"), QStringLiteral("system, light or dark."), QStringLiteral("theme"),
        QStringLiteral("system")},
       {QStringLiteral("headless"), QStringLiteral("Run without a display until the picture is taken.")},
       {QStringLiteral("screenshot"), QStringLiteral("Headless: where the picture goes."), QStringLiteral("file")},
       {QStringLiteral("timeout"), QStringLiteral("Headless: seconds to wait for the window's data."),
        QStringLiteral("seconds"), QStringLiteral("30")}});
  m_parser.addOptions(more);
  m_parser.process(*QCoreApplication::instance());
  bool isNumber = false;
  m_timeoutSeconds = m_parser.value(QStringLiteral("timeout")).toInt(&isNumber);
  if (!isNumber || m_timeoutSeconds <= 0) refuse(QStringLiteral("--timeout wants a number of seconds."));
  if (m_parser.isSet(QStringLiteral("url")) && m_parser.isSet(QStringLiteral("mock")))
    refuse(QStringLiteral("--url and --mock exclude each other."));
}

ExampleLine::~ExampleLine() = default;

QUrl ExampleLine::deployment(const ExampleFunctions& functions) {
  if (m_parser.isSet(QStringLiteral("url"))) return QUrl::fromUserInput(m_parser.value(QStringLiteral("url")));
  m_mock = std::make_unique<hull::mock::fake_deployment>();
  functions(*m_mock);
  return QUrl(QString::fromStdString(m_mock->url()));
}

QString ExampleLine::theme() const { return m_parser.value(QStringLiteral("theme")); }
bool ExampleLine::isHeadless() const { return m_parser.isSet(QStringLiteral("headless")); }
QString ExampleLine::screenshot() const { return m_parser.value(QStringLiteral("screenshot")); }

int runExample(int argc, char** argv, const ExampleWindow& example) {
  prepareExample(argc, argv);
  QGuiApplication app(argc, argv);
  QGuiApplication::setApplicationName(example.name);
  useExampleFont();
  ExampleLine line(example.about, example.options);

  QVariantMap properties;
  try {
    if (example.properties) properties = example.properties(line.parser());
  } catch (const std::invalid_argument& problem) {
    refuse(QString::fromUtf8(problem.what()));
  }
  properties.insert(QStringLiteral("deployment"), line.deployment(example.functions));
  properties.insert(QStringLiteral("appearance"), line.theme());

  qml_register_types_Hull();
  if (example.registerTypes) example.registerTypes();
  QQmlApplicationEngine engine;
  engine.addImportPath(QStringLiteral("qrc:/qt/qml"));
  engine.setInitialProperties(properties);
  engine.load(example.main);
  if (engine.rootObjects().isEmpty()) return EXIT_FAILURE;

  std::unique_ptr<Portrait> portrait;
  if (line.isHeadless()) {
    auto* window = qobject_cast<QQuickWindow*>(engine.rootObjects().first());
    portrait = std::make_unique<Portrait>(
        window, [window] { return window->grabWindow(); }, line.screenshot(), line.timeoutSeconds());
  }
  return QGuiApplication::exec();
}
