// The cases of the models, beside those of query_model_test.h. Apart, because moc cannot read the SDK's headers.
#pragma once

#include "hullclient.h"
#include "hullpaginatedmodel.h"
#include "hullquerymodel.h"
#include "hulltablemodel.h"

#include <QtCore/QObject>

#include <memory>

namespace hull::mock {
class fake_deployment;
}

/// 10,000 edits for every model, against the full list after each.
class RandomEditsTest : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void everyModel_data();
  void everyModel();
};

/// Lists that are worked out on another thread.
class LongListsTest : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void firstLoadIsWorkedOutElsewhere();
  void smallChangesAreShownAtOnce();
  void optimisticRowsAreShownAtOnce();
  void theNewestResultWins();
  void longSeriesAreShownInTurns();
  void anotherKeyFieldWhileUnderWay();
  void deletedWhileUnderWay();
  void slotsMayRunAnEventLoop();
};

class TableModelTest : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void columnsAndHeaders();
  void changesNameTheColumns();
  void tableViewKeepsItsPlace();
};

class PaginatedModelTest : public QObject {
  Q_OBJECT

 public:
  PaginatedModelTest();
  ~PaginatedModelTest() override;

 private Q_SLOTS:
  void init();
  void cleanup();
  void loadsPageByPage();
  void loadMoreWaitsItsTurn();
  void splitsAreInvisible();
  void refusedCursorsAreInvisible();
  void resetStartsOver();
  void errorsKeepTheRows();
  void otherArguments();
  void anotherClient();
  void predictedRowOnTop();

 private:
  QStringList bodies() const;
  void fill(int count);

  std::unique_ptr<hull::mock::fake_deployment> m_deployment;
  std::unique_ptr<HullClient> m_client;
  std::unique_ptr<HullPaginatedModel> m_model;
};
