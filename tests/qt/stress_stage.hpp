// What happens at random on one thread of the stress test.
#pragma once

#include "hullclient.h"
#include "hullpaginatedmodel.h"
#include "hullquerymodel.h"
#include "hullwatcher.h"

#include <QtCore/QObject>
#include <QtCore/QPointer>
#include <QtCore/QTimer>
#include <QtCore/QUrl>

#include <atomic>
#include <memory>
#include <random>
#include <vector>

/// Lives on the thread that made it and needs its event loop.
class StressStage {
 public:
  /// `calls` counts the calls of all stages that are over.
  StressStage(const QUrl& url, unsigned seed, std::atomic<int>& calls);
  ~StressStage();

  /// Ends everything at once.
  void clear();
  /// Calls that were made and have told no end, although their client is gone.
  int unfinished() const { return m_unfinished; }

 private:
  void step();
  void addClient();
  void addModel();
  void addPages();
  void addWatcher();
  void removeOne();
  void changeModel();
  void changePages();
  void changeWatcher();
  void call();
  bool oneIn(unsigned n) { return m_random() % n == 0; }
  HullClient* anyClient();
  QVariantMap anyArgs();
  void remove(QObject* object);

  const QUrl m_url;
  std::mt19937 m_random;
  std::atomic<int>& m_calls;
  int m_unfinished = 0;
  QTimer m_timer;
  std::vector<QPointer<HullClient>> m_clients;
  std::vector<QPointer<HullQueryModel>> m_models;
  std::vector<QPointer<HullPaginatedModel>> m_pages;
  std::vector<QPointer<HullWatcher>> m_watchers;
};
