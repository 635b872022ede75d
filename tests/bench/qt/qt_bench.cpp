// A live query of 10,000 rows as a model, against a JavaScript array that is replaced whenever a row changes.
//
// One run alternates between the two. Ours counts from the moment in which the frame is about to be written to the
// socket until the view was told (and until it has laid itself out); the array from the moment in which its text is
// there, as bytes, until the view has laid itself out. `--write FILE` puts the table into FILE.
#include "deployment.hpp"
#include "hullclient.h"
#include "hullquerymodel.h"
#include "measure.hpp"

#include <hull/value/json.hpp>

#include <QtCore/QFile>
#include <QtCore/QUrl>
#include <QtGui/QGuiApplication>
#include <QtQml/QQmlComponent>
#include <QtQml/QQmlEngine>
#include <QtQuick/QQuickItem>
#include <QtQuick/QQuickWindow>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <random>
#include <string>

namespace {

constexpr int rowCount = 10'000;

const char* const scene = R"(
import QtQuick
Item {
  id: scene
  width: 400; height: 600
  property alias rows: live.model
  ListView {
    id: live
    width: 400; height: 300
    delegate: Text {
      required property string body
      required property double n
      text: body + n
      width: 400; height: 24
    }
  }
  ListView {
    id: replaced
    y: 300; width: 400; height: 300
    delegate: Text {
      required property var modelData
      text: modelData.body + modelData.n
      width: 400; height: 24
    }
  }
  function layOut() { live.forceLayout() }
  function replace(text) { replaced.model = JSON.parse(text); replaced.forceLayout() }
}
)";

hull::value makeRow(int key, int content) {
  std::string id = std::to_string(key);
  id.insert(0, 32 - id.size(), 'k');
  return hull::value::make_object({{"_id", id},
                                   {"_creationTime", 1700000000000.0 + key},
                                   {"author", "Ada Lovelace"},
                                   {"body", std::string(90, 'x')},
                                   {"channel", "general"},
                                   {"isRead", key % 2 == 0},
                                   {"n", content}});
}

hull::array makeRows() {
  hull::array rows;
  for (int i = 0; i < rowCount; ++i) rows.push_back(makeRow(i, 0));
  return rows;
}

struct Line {
  std::string what;
  std::string value;
};

std::string ms(double value) {
  char text[32];
  std::snprintf(text, sizeof text, value < 10 ? "%.2f ms" : "%.1f ms", value);
  return text;
}

class Bench {
 public:
  explicit Bench(int rounds)
      : m_rounds(rounds), m_rows(makeRows()), m_client(QUrl(QString::fromStdString(m_deployment.url()))) {
    m_deployment.show(hull::value(m_rows));
    QQmlComponent component(&m_engine);
    component.setData(scene, QUrl());
    m_scene.reset(qobject_cast<QQuickItem*>(component.create()));
    if (!m_scene) throw std::runtime_error(component.errorString().toStdString());
    m_scene->setParentItem(m_window.contentItem());
    m_window.resize(400, 600);
    m_window.show();
  }

  std::vector<Line> run() {
    firstLoad();
    const std::string bytes = hull::write_json(hull::value(m_rows));
    note("One result: rows, bytes of JSON", std::to_string(rowCount) + ", " + std::to_string(bytes.size()));
    oneRow();
    largeChanges();
    return m_lines;
  }

 private:
  void note(std::string what, std::string value) {
    std::fprintf(stderr, "%s: %s\n", what.c_str(), value.c_str());
    m_lines.push_back({std::move(what), std::move(value)});
  }

  std::unique_ptr<HullQueryModel> makeModel() {
    auto model = std::make_unique<HullQueryModel>();
    model->setClient(&m_client);
    model->setQuery(QStringLiteral("rows:list"));
    return model;
  }

  void idle() {
    turnUntil([end = wallMs() + 20] { return wallMs() > end; }, "a while");
  }

  void firstLoad() {
    std::vector<double> wall, cpu, total;
    for (int i = 0; i < m_rounds; ++i) {
      auto model = makeModel();
      const Stall stall = turnUntil([&] { return model->count() == rowCount; }, "the first result");
      wall.push_back(stall.wall);
      cpu.push_back(stall.cpu);
      total.push_back(stall.cpuTotal);
      model.reset();
      idle();
    }
    note("First load: longest turn of the GUI thread's event loop, its CPU time (median; worst)",
         "**" + ms(median(cpu)) + "**; " + ms(*std::max_element(cpu.begin(), cpu.end())));
    note("The same by the clock, which counts other programs too (median)", ms(median(wall)));
  }

  double elapsed() const {
    return std::chrono::duration<double, std::milli>(Clock::now() - m_deployment.sentAt()).count();
  }

  void oneRow() {
    m_model = makeModel();
    m_scene->setProperty("rows", QVariant::fromValue<QObject*>(m_model.get()));
    turnUntil([&] { return m_model->count() == rowCount; }, "the rows");
    QMetaObject::invokeMethod(m_scene.get(), "layOut");
    double told = -1;
    QObject::connect(m_model.get(), &QAbstractItemModel::dataChanged, m_model.get(), [&] { told = elapsed(); });
    std::vector<double> ours, oursLaidOut, oursCpu, theirs;
    for (int i = 1; i <= m_rounds; ++i) {
      m_rows[static_cast<std::size_t>(i % 10)] = makeRow(i % 10, i);
      told = -1;
      idle();
      m_deployment.show(hull::value(m_rows));
      const Stall stall = turnUntil([&] { return told >= 0; }, "the changed row");
      QMetaObject::invokeMethod(m_scene.get(), "layOut");
      oursLaidOut.push_back(elapsed());
      ours.push_back(told);
      oursCpu.push_back(stall.cpu);

      const std::string json = hull::write_json(hull::value(m_rows));
      const QByteArray bytes(json.data(), static_cast<qsizetype>(json.size()));
      idle();
      const double start = wallMs();
      QMetaObject::invokeMethod(m_scene.get(), "replace", Q_ARG(QVariant, QString::fromUtf8(bytes)));
      theirs.push_back(wallMs() - start);
    }
    char ratio[32];
    std::snprintf(ratio, sizeof ratio, " (**%.1f×**)", median(theirs) / median(ours));
    note("One changed row, from the socket to dataChanged / replacing the array until laid out",
         ms(median(ours)) + " / " + ms(median(theirs)) + ratio);
    std::snprintf(ratio, sizeof ratio, " (**%.1f×**)", median(theirs) / median(oursLaidOut));
    note("The same, ours too until laid out", ms(median(oursLaidOut)) + " / " + ms(median(theirs)) + ratio);
    note("Of that on the GUI thread, CPU, ours", ms(median(oursCpu)));
    QObject::disconnect(m_model.get(), &QAbstractItemModel::dataChanged, m_model.get(), nullptr);
    m_scene->setProperty("rows", QVariant());
  }

  // What a change of many rows costs the GUI thread at most in one turn, without a view.
  void largeChange(const char* what, const std::function<void()>& edit) {
    std::vector<double> cpu, total;
    int last = 0;
    for (int i = 0; i < std::max(3, m_rounds / 4); ++i) {
      edit();
      m_rows.back() = makeRow(rowCount + i, last = 1'000'000 + m_serial++);
      m_deployment.show(hull::value(m_rows));
      const auto isThere = [&] {
        return m_model->count() == static_cast<int>(m_rows.size()) &&
               m_model->get(m_model->count() - 1).value(QStringLiteral("n")).toInt() == last;
      };
      const Stall stall = turnUntil(isThere, what);
      cpu.push_back(stall.cpu);
      total.push_back(stall.cpuTotal);
      idle();
    }
    note(std::string(what) + ": longest turn of the GUI thread, CPU (median); all turns together",
         ms(median(cpu)) + "; " + ms(median(total)));
  }

  void largeChanges() {
    std::mt19937 random(1);
    int round = 0;
    largeChange("Every row changed", [&] {
      ++round;
      for (std::size_t i = 0; i < m_rows.size(); ++i) m_rows[i] = makeRow(static_cast<int>(i), 100 + round);
    });
    largeChange("All rows in another order", [&] { std::shuffle(m_rows.begin(), m_rows.end(), random); });
    largeChange("A tenth of the rows gone, others come, here and there", [&] {
      for (int i = 0; i < rowCount / 10; ++i) {
        m_rows.erase(m_rows.begin() + static_cast<std::ptrdiff_t>(random() % m_rows.size()));
        m_rows.insert(m_rows.begin() + static_cast<std::ptrdiff_t>(random() % m_rows.size()),
                      makeRow(2 * rowCount + m_serial++, 0));
      }
    });
  }

  const int m_rounds;
  int m_serial = 0;
  Deployment m_deployment;
  hull::array m_rows;
  HullClient m_client;
  std::unique_ptr<HullQueryModel> m_model;
  QQmlEngine m_engine;
  QQuickWindow m_window;
  std::unique_ptr<QQuickItem> m_scene;
  std::vector<Line> m_lines;
};

bool write(const QString& path, const std::string& table) {
  const QByteArray begin = "<!-- qt table: begin -->";
  const QByteArray end = "<!-- qt table: end -->";
  QFile file(path);
  if (!file.open(QIODevice::ReadWrite)) return false;
  const QByteArray text = file.readAll();
  const qsizetype from = text.indexOf(begin);
  const qsizetype to = text.indexOf(end);
  if (from < 0 || to < from) return false;
  file.resize(0);
  file.seek(0);
  return file.write(text.first(from + begin.size()) + "\n" + QByteArray::fromStdString(table) + text.mid(to)) > 0;
}

}  // namespace

int main(int argc, char** argv) {
  qputenv("QT_QPA_PLATFORM", "offscreen");
  qputenv("QT_QUICK_BACKEND", "software");
  QGuiApplication app(argc, argv);
  const QStringList words = app.arguments();
  const auto option = [&](const char* name, const QString& otherwise) {
    const qsizetype at = words.indexOf(QLatin1String(name));
    return at < 0 || at + 1 >= words.size() ? otherwise : words.at(at + 1);
  };
  try {
    const int rounds = std::max(3, option("--rounds", QStringLiteral("21")).toInt());
    std::string table = "\nMedians of " + std::to_string(rounds) + " alternating rounds, Qt " + qVersion() + ", " +
                        std::to_string(std::thread::hardware_concurrency()) + " cores.\n\n| | |\n|---|---|\n";
    for (const Line& line : Bench(rounds).run()) table += "| " + line.what + " | " + line.value + " |\n";
    std::printf("%s", table.c_str());
    const QString file = option("--write", {});
    if (!file.isEmpty() && !write(file, table)) throw std::runtime_error("no qt table in " + file.toStdString());
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "qt_bench: %s\n", failure.what());
    return 1;
  }
}
