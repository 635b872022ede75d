// The cases of query_model_test.cpp. Apart, because moc cannot read the SDK's headers.
#pragma once

#include "hullclient.h"
#include "hullquerymodel.h"

#include <QtCore/QObject>

#include <memory>

class FakeDeployment;

class QueryModelTest : public QObject {
  Q_OBJECT

 public:
  QueryModelTest();
  ~QueryModelTest() override;

 private Q_SLOTS:
  void init();
  void cleanup();
  void firstLoadIsTheOnlyReset();
  void changedFieldsAreNamed();
  void rolesAreFixed();
  void randomEdits();
  void predictedRowBecomesTheStoredRow();
  void failedPredictionLeaves();
  void errorsKeepTheRows();
  void otherArgumentsAreAnotherQuestion();
  void wrongShapeIsAnError();
  void survivesReconnect();
  void deletingTheModelInItsSignals();
  void deletingTheClientInASignal();
  void unusableUrl();

 private:
  QString body(int row) const;
  int role(const char* name) const;
  HullPendingCall* post(const QString& author, const QString& body);

  std::unique_ptr<FakeDeployment> m_deployment;
  std::unique_ptr<HullClient> m_client;
  std::unique_ptr<HullQueryModel> m_model;
};
