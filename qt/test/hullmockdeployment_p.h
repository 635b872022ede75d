// The fake deployment behind a MockDeployment, and its functions in JavaScript.
#pragma once

#include "hullmockdeployment.h"
#include "hullmockdesk_p.h"

#include <hull/mock/fake_deployment.hpp>
#include <hull/value/value.hpp>

#include <QtCore/QHash>

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

/// Tokens and identities; read on the deployment's thread.
struct HullMockUsers {
  std::mutex mutex;
  std::map<std::string, hull::value> identities;
};

class HullMockDeploymentPrivate {
 public:
  explicit HullMockDeploymentPrivate(HullMockDeployment* deployment) : q(deployment) {}

  QJSEngine* engine() const;

  void start();
  void stop();
  /// Started when it should run. Throws when it should not.
  hull::mock::fake_deployment& running();
  /// Work on the deployment that may wait for its threads.
  void away(const std::function<void(hull::mock::fake_deployment&)>& work);

  using Kind = hull::mock::function_kind;
  void addFunction(Kind kind, const QString& path, const QJSValue& run);
  /// Runs a function, on the QML thread; see HullMockDesk.
  void handle(std::shared_ptr<HullMockDesk> desk, const HullMockCallPtr& call);

  QJSValue describe(const hull::mock::call_record& call) const;
  /// Of this function, or all.
  QJSValue calls(const std::string& path);

  HullMockDeployment* const q;
  bool m_wanted = true;
  bool m_offline = false;
  QJSValue m_users;
  const std::shared_ptr<HullMockUsers> m_identities = std::make_shared<HullMockUsers>();
  std::shared_ptr<HullMockDesk> m_desk;
  std::shared_ptr<hull::mock::fake_deployment> m_deployment;
  QHash<QString, QJSValue> m_functions;
  std::map<std::string, std::size_t> m_taken;  // How many calls waitForCall has returned.
  QJSValue m_runner;                           // Calls a function of the test and says how it went.
};
