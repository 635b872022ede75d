// HullObjectModel against the truth, through ten thousand edits of its document: bindings are evaluated once for each
// field that changed and never for others, whatever becomes of the document.
#include "hullclient.h"
#include "hullobjectmodel.h"
#include "hullvaluebridge_p.h"

#include <hull/mock/fake_deployment.hpp>

#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

#include <QtCore/QDeadlineTimer>
#include <QtCore/QTimer>
#include <QtCore/QUrl>
#include <QtQml/QQmlComponent>
#include <QtQml/QQmlEngine>

#include <cmath>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace {

const std::string path = "tasks:get";

/// What bindings call: counts their evaluations.
class Witness : public QObject {
  Q_OBJECT

 public:
  std::map<QString, int> seen;
  Q_INVOKABLE bool see(const QString& field, bool isThere) {
    ++seen[field];
    return isThere;
  }
};

enum class Kind { Document, Missing, Failure, WrongShape };

/// A document that is edited at random, and what its model should show.
class Edits {
 public:
  explicit Edits(unsigned seed) : m_random(seed) {}
  std::map<std::string, hull::value> document;  ///< What the deployment returns, when it returns one.
  std::map<std::string, hull::value> shown;     ///< Fields as the model should have them.
  Kind kind = Kind::Document;
  bool isMissing = false;
  int revision = 0;

  /// Some edits, and the next state of the query; returns how many edits.
  int edit() {
    const int count = 1 + static_cast<int>(m_random() % 8);
    for (int i = 0; i < count; ++i) {
      hull::value& field = document[name()];
      field = value(2);
    }
    for (int i = static_cast<int>(m_random() % 3); i > 0; --i) document.erase(name());
    ++revision;
    document["revision"] = hull::value(double(revision));
    const Kind before = kind;
    switch (m_random() % 12) {
      case 0:
        kind = before == Kind::Missing ? Kind::Document : Kind::Missing;
        break;
      case 1:
        kind = Kind::Failure;
        break;
      case 2:
        kind = before == Kind::WrongShape ? Kind::Document : Kind::WrongShape;
        break;
      default:
        kind = Kind::Document;
        break;
    }
    if (kind != Kind::Failure) isMissing = kind == Kind::Missing;  // A failure leaves what was known last.
    if (kind == Kind::Missing) shown.clear();
    if (kind == Kind::Document) shown = document;
    return count;
  }

  void publish(hull::mock::fake_deployment& deployment) const {
    hull::object fields;
    for (const auto& [name, field] : document) fields.set(name, field);
    switch (kind) {
      case Kind::Document:
        return deployment.query_result(path, hull::value(std::move(fields)));
      case Kind::Missing:
        return deployment.query_result(path, hull::value());
      case Kind::Failure:
        return deployment.query_error(path, "broken in revision " + std::to_string(revision));
      case Kind::WrongShape:
        return deployment.query_result(path, hull::value("no document"));
    }
  }

  static std::vector<std::string> names() {
    std::vector<std::string> all{"keys", "valueChanged", "revision"};  // The first two are no properties.
    for (int i = 0; i < 10; ++i) all.push_back("f" + std::to_string(i));
    return all;
  }

 private:
  std::string name() {
    const auto all = names();
    const std::string found = all[m_random() % all.size()];
    return found == "revision" ? "f0" : found;
  }
  /// Many that are alike: what JavaScript or QVariant takes for equal is a change all the same.
  hull::value value(int depth) {
    switch (m_random() % (depth > 0 ? 12 : 10)) {
      case 0:
        return {};
      case 1:
        return true;
      case 2:
        return false;
      case 3:
        return 1.0;
      case 4:
        return 0.0;
      case 5:
        return -0.0;
      case 6:
        return hull::value::int64(1);
      case 7:
        return "1";
      case 8:
        return hull::bytes{1, static_cast<std::uint8_t>(m_random() % 3)};
      case 9:
        return std::nan("");
      case 10: {
        hull::array items;
        for (int i = static_cast<int>(m_random() % 3); i > 0; --i) items.push_back(value(depth - 1));
        return items;
      }
      default: {
        hull::object fields;
        for (int i = static_cast<int>(m_random() % 3); i > 0; --i)
          fields.set("n" + std::to_string(i), value(depth - 1));
        return fields;
      }
    }
  }

  std::mt19937 m_random;
};

/// Turns the event loop until the condition holds. Wakes up with each event: QTRY_VERIFY looks twenty times a second.
bool until(const std::function<bool()>& condition) {
  const QDeadlineTimer deadline(10'000);
  QTimer alarm;
  alarm.start(200);
  while (!condition()) {
    if (deadline.hasExpired()) return false;
    QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
  }
  return true;
}

QString qt(const std::string& text) { return QString::fromStdString(text); }

}  // namespace

class ObjectModelTest : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void randomEdits();
};

void ObjectModelTest::randomEdits() {
  hull::mock::fake_deployment deployment;
  Edits edits(29);
  edits.edit();
  edits.kind = Kind::Document;
  edits.isMissing = false;
  edits.shown = edits.document;
  edits.publish(deployment);

  HullClient client(QUrl(qt(deployment.url())));
  HullObjectModel model;
  model.setClient(&client);
  model.setQuery(qt(path));
  model.componentComplete();
  QTRY_COMPARE(model.status(), HullObjectModel::Ready);

  Witness witness;
  QQmlEngine engine;
  QQmlEngine::setObjectOwnership(&witness, QQmlEngine::CppOwnership);
  QString source =
      QStringLiteral("import QtQml\nQtObject {\n  required property var model\n  required property var witness\n");
  for (const std::string& name : Edits::names())
    source += QStringLiteral("  readonly property bool b_%1: witness.see(\"%1\", model.document.%1 !== undefined)\n")
                  .arg(qt(name));
  QQmlComponent component(&engine);
  component.setData((source + QLatin1Char('}')).toUtf8(), QUrl());
  const std::unique_ptr<QObject> bindings(
      component.createWithInitialProperties({{QStringLiteral("model"), QVariant::fromValue(&model)},
                                             {QStringLiteral("witness"), QVariant::fromValue(&witness)}}));
  QVERIFY2(bindings, qPrintable(component.errorString()));

  QSignalSpy missings(&model, &HullObjectModel::missingChanged);
  QSignalSpy errors(&model, &HullObjectModel::errorChanged);
  QSignalSpy statuses(&model, &HullObjectModel::statusChanged);
  int done = 0;
  while (done < 10'000) {
    const auto before = edits.shown;
    const bool wasMissing = model.isMissing();
    const HullError oldError = model.error();
    const HullObjectModel::Status oldStatus = model.status();
    witness.seen.clear();
    missings.clear();
    errors.clear();
    statuses.clear();

    done += edits.edit();
    edits.publish(deployment);
    const Kind kind = edits.kind;
    const QString revision = QString::number(edits.revision);
    switch (kind) {
      case Kind::Document:
        QVERIFY(until([&] { return model.get(QStringLiteral("revision")).toInt() == edits.revision; }));
        break;
      case Kind::Missing:
        QVERIFY(until([&] { return model.isMissing() && !model.error(); }));
        break;
      case Kind::Failure:
        QVERIFY(until([&] { return model.error().message().endsWith(QStringLiteral("in revision ") + revision); }));
        break;
      case Kind::WrongShape:
        QVERIFY(until([&] { return model.error().message().contains(QStringLiteral("shows an object or null")); }));
        break;
    }

    for (const std::string& name : Edits::names()) {
      const auto expected = edits.shown.find(name);
      const auto old = before.find(name);
      const bool isThere = expected != edits.shown.end();
      const QVariant got = model.get(qt(name));
      QCOMPARE(got.isValid(), isThere);
      if (isThere) QCOMPARE(HullValueBridge::fromVariant(got).value(), expected->second);
      if (name == "keys" || name == "valueChanged") continue;  // Taken: no properties.
      const QVariant property = model.document()->value(qt(name));
      QCOMPARE(property.isValid(), isThere);
      if (isThere) QCOMPARE(HullValueBridge::fromVariant(property).value(), expected->second);
      const bool wasThere = old != before.end();
      const bool hasChanged = wasThere != isThere || (isThere && old->second != expected->second);
      QCOMPARE(witness.seen[qt(name)], hasChanged ? 1 : 0);
      QCOMPARE(bindings->property(("b_" + name).c_str()).toBool(), isThere);
    }
    QCOMPARE(model.isMissing(), edits.isMissing);
    QCOMPARE(bool(model.error()), kind == Kind::Failure || kind == Kind::WrongShape);
    QCOMPARE(model.status(), model.error() ? HullObjectModel::Error : HullObjectModel::Ready);
    QCOMPARE(missings.count(), model.isMissing() != wasMissing ? 1 : 0);
    QCOMPARE(errors.count(), model.error() != oldError ? 1 : 0);
    QCOMPARE(statuses.count(), model.status() != oldStatus ? 1 : 0);
  }
}

QTEST_GUILESS_MAIN(ObjectModelTest)
#include "object_model_test.moc"
