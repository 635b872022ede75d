// The cases of query_model_test.cpp. Apart, because moc cannot read the SDK's headers.
#pragma once

#include "hullclient.h"
#include "hullquerymodel.h"

#include <QtCore/QObject>

#include <atomic>
#include <memory>

namespace hull::mock {
class fake_deployment;
}

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
  /// What messages:list returns from now on: JSON text.
  void publish(const char* json);
  /// The messages that are there, and a mutation that adds to them.
  void serveChat();
  HullPendingCall* post(const QString& author, const QString& body);

  std::atomic<bool> m_failing = false;  // messages:send throws.
  std::unique_ptr<hull::mock::fake_deployment> m_deployment;
  std::unique_ptr<HullClient> m_client;
  std::unique_ptr<HullQueryModel> m_model;
};
