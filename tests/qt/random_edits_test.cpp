// Every model against the truth, after each of thousands of edits: Qt's own checker watches, a mirror follows the
// signals alone, a sorting proxy sits on top, and persistent indexes stay with their rows.
#include "hullpaginatedmodel_p.h"
#include "hullquerymodel_p.h"
#include "hulltablemodel_p.h"
#include "models_test.h"

#include <QtCore/QPersistentModelIndex>
#include <QtCore/QSortFilterProxyModel>
#include <QtTest/QAbstractItemModelTester>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

#include <algorithm>
#include <map>
#include <random>

namespace {

struct Entry {
  int key;
  int content;
  hull::value value;
};

hull::value makeValue(int key, int content) {
  return hull::value::make_object({{"_id", "k" + std::to_string(key)}, {"body", content}, {"group", content % 3}});
}

// The rows of a model by way of its signals alone.
class Mirror {
 public:
  Mirror(QAbstractItemModel* model, int role) : m_model(model), m_role(role) {
    QObject::connect(model, &QAbstractItemModel::rowsRemoved, model, [this](const QModelIndex&, int first, int last) {
      rows.erase(rows.begin() + first, rows.begin() + last + 1);
    });
    QObject::connect(model, &QAbstractItemModel::rowsInserted, model, [this](const QModelIndex&, int first, int last) {
      for (int i = first; i <= last; ++i) rows.insert(i, read(i));
    });
    QObject::connect(model, &QAbstractItemModel::rowsMoved, model,
                     [this](const QModelIndex&, int first, int last, const QModelIndex&, int to) {
                       if (to < first)
                         std::rotate(rows.begin() + to, rows.begin() + first, rows.begin() + last + 1);
                       else
                         std::rotate(rows.begin() + first, rows.begin() + last + 1, rows.begin() + to);
                     });
    QObject::connect(model, &QAbstractItemModel::dataChanged, model,
                     [this](const QModelIndex& first, const QModelIndex& last, const QList<int>& roles) {
                       if (roles.contains(m_role))
                         for (int i = first.row(); i <= last.row(); ++i) rows[i] = read(i);
                     });
    QObject::connect(model, &QAbstractItemModel::modelReset, model, [this] {
      rows.clear();
      for (int i = 0; i < m_model->rowCount(); ++i) rows.append(read(i));
    });
  }
  QList<QVariant> rows;

 private:
  QVariant read(int row) const { return m_model->index(row, 0).data(m_role); }
  QAbstractItemModel* m_model;
  int m_role;
};

class Edits {
 public:
  explicit Edits(unsigned seed) : m_random(seed) {}
  std::vector<Entry> rows;

  // Some edits; returns how many.
  int edit() {
    const int count = 1 + static_cast<int>(m_random() % 8);
    for (int i = 0; i < count; ++i) one();
    if (m_random() % 40 == 0) std::shuffle(rows.begin(), rows.end(), m_random);
    if (m_random() % 4 == 0)  // As if decoded anew: equal, but no shared payloads.
      for (Entry& row : rows) row.value = makeValue(row.key, row.content);
    return count;
  }
  hull::value list() const {
    hull::array list;
    for (const Entry& row : rows) list.push_back(row.value);
    return hull::value(std::move(list));
  }

 private:
  void one() {
    const auto at = rows.empty() ? rows.begin() : rows.begin() + static_cast<std::ptrdiff_t>(m_random() % rows.size());
    switch (rows.size() < 2 ? 0 : rows.size() > 40 ? 2 : m_random() % 5) {
      case 0:
      case 1:
        rows.insert(at, {m_next, 0, makeValue(m_next, 0)});
        ++m_next;
        break;
      case 2:
        rows.erase(at);
        break;
      case 3: {  // To somewhere else.
        Entry row = *at;
        rows.erase(at);
        rows.insert(rows.begin() + static_cast<std::ptrdiff_t>(m_random() % (rows.size() + 1)), std::move(row));
        break;
      }
      default:
        ++at->content;
        at->value = makeValue(at->key, at->content);
        break;
    }
  }

  std::mt19937 m_random;
  int m_next = 0;
};

template <class Model, class Private>
std::function<void(const hull::value&, bool)> feed(Model* model) {
  return [model](const hull::value& list, bool isLayered) {
    auto* machine = Private::get(model);
    if constexpr (requires { machine->core; })
      machine->core.rows.show(list, isLayered);
    else
      machine->rows.show(list, isLayered);
  };
}

}  // namespace

void RandomEditsTest::everyModel_data() {
  QTest::addColumn<QString>("model");
  for (const char* name : {"query", "table", "paginated"}) QTest::newRow(name) << QString::fromLatin1(name);
}

void RandomEditsTest::everyModel() {
  QFETCH(QString, model);
  HullQueryModel list;
  HullTableModel table;
  HullPaginatedModel pages;
  table.setColumns({QStringLiteral("body"), QStringLiteral("_id")});
  QAbstractItemModel* tested = &list;
  auto show = feed<HullQueryModel, HullQueryModelPrivate>(&list);
  if (model == QLatin1String("table")) {
    tested = &table;
    show = feed<HullTableModel, HullTableModelPrivate>(&table);
  } else if (model == QLatin1String("paginated")) {
    tested = &pages;
    show = feed<HullPaginatedModel, HullPaginatedModelPrivate>(&pages);
  }

  Edits edits(23);
  edits.edit();
  show(edits.list(), false);
  const int body = tested->roleNames().key("body");
  const int id = tested->roleNames().key("_id");
  QAbstractItemModelTester tester(tested, QAbstractItemModelTester::FailureReportingMode::QtTest);
  QSortFilterProxyModel sorted;
  sorted.setSourceModel(tested);
  sorted.setSortRole(body);
  sorted.sort(0);
  QAbstractItemModelTester proxyTester(&sorted, QAbstractItemModelTester::FailureReportingMode::QtTest);
  Mirror keys(tested, id);
  Mirror contents(tested, body);
  QSignalSpy resets(tested, &QAbstractItemModel::modelReset);
  QSignalSpy layouts(tested, &QAbstractItemModel::layoutChanged);
  for (int i = 0; i < tested->rowCount(); ++i) {
    keys.rows.append(tested->index(i, 0).data(id));
    contents.rows.append(tested->index(i, 0).data(body));
  }

  int done = 0;
  while (done < 10'000) {
    std::map<QString, QPersistentModelIndex> places;
    for (int i = 0; i < tested->rowCount(); ++i)
      places[tested->index(i, 0).data(id).toString()] = QPersistentModelIndex(tested->index(i, 0));
    done += edits.edit();
    show(edits.list(), done % 3 == 0);

    QCOMPARE(tested->rowCount(), static_cast<int>(edits.rows.size()));
    QCOMPARE(keys.rows.size(), edits.rows.size());
    std::vector<int> order;
    for (int i = 0; i < tested->rowCount(); ++i) {
      const Entry& row = edits.rows[static_cast<std::size_t>(i)];
      const QString key = QStringLiteral("k%1").arg(row.key);
      QCOMPARE(tested->index(i, 0).data(id).toString(), key);
      QCOMPARE(tested->index(i, 0).data(body).toInt(), row.content);
      QCOMPARE(keys.rows.at(i).toString(), key);
      QCOMPARE(contents.rows.at(i).toInt(), row.content);
      if (const auto place = places.find(key); place != places.end()) QCOMPARE(place->second.row(), i);
      order.push_back(row.content);
    }
    std::sort(order.begin(), order.end());
    for (int i = 0; i < sorted.rowCount(); ++i)
      QCOMPARE(sorted.index(i, 0).data(body).toInt(), order[static_cast<std::size_t>(i)]);
  }
  QCOMPARE(resets.count(), 0);
  QCOMPARE(layouts.count(), 0);
}
