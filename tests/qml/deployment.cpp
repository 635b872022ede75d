// The fake deployment for QML.
#include "deployment.h"

#include "fake_deployment.hpp"

#include <hull/value/json.hpp>

Deployment::Deployment(QObject* parent) : QObject(parent) {}
Deployment::~Deployment() = default;

QString Deployment::restart() {
  m_deployment = std::make_unique<FakeDeployment>();
  return QString::fromStdString(m_deployment->url());
}

void Deployment::setResult(const QString& path, const QString& json) {
  m_deployment->setResult(path.toStdString(), hull::read_json(json.toStdString()).value());
}

void Deployment::failQuery(const QString& path, const QString& message) {
  m_deployment->failQuery(path.toStdString(), message.toStdString());
}

void Deployment::holdMutations(bool hold) { m_deployment->holdMutations(hold); }
void Deployment::failMutations(const QString& message) { m_deployment->failMutations(message.toStdString()); }
void Deployment::goOffline(bool offline) { m_deployment->goOffline(offline); }

QStringList Deployment::subscriptions() const {
  QStringList all;
  for (const std::string& one : m_deployment->subscriptions()) all.append(QString::fromStdString(one));
  return all;
}

int Deployment::liveQueries() const { return static_cast<int>(m_deployment->liveQueries()); }
