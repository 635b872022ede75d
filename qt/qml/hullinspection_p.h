// The state of a HullInspection.
#pragma once

#include "hullinspection.h"

#include <hull/client/inspection.hpp>
#include <hull/client/subscription.hpp>

#include <QtCore/QMetaObject>
#include <QtCore/QPointer>
#include <QtCore/QTimer>

namespace hull {
class client;
}

class HullInspectionPrivate {
 public:
  explicit HullInspectionPrivate(HullInspection* inspection);

  hull::client* engine() const;
  void use(HullClient* client);
  /// Listens to the engine that is there now, or to none.
  void attach();
  void detach();
  void later();
  void look();
  bool passes(const QString& path, const QString& args) const;
  void fillQueries();
  void fillCalls();
  void fillLayers();
  void fillFinished();
  const hull::inspected_query* find(const QString& token) const;

  HullInspection* const q;
  bool m_complete = true;
  bool m_active = true;
  bool m_clientSet = false;
  int m_interval = 200;
  int m_history = 200;
  QString m_filter;
  QPointer<HullClient> m_client;
  QMetaObject::Connection m_reopened;
  QMetaObject::Connection m_stateChanged;
  QMetaObject::Connection m_destroyed;
  hull::subscription m_commits;
  hull::inspection m_seen;
  int m_slowest = 0;
  QTimer m_soon;
  QTimer m_tick;  // Ages grow without anybody saying so.
  HullInspectionModel m_queries;
  HullInspectionModel m_calls;
  HullInspectionModel m_layers;
  HullInspectionModel m_finished;
};
