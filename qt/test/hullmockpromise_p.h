// The end of an action whose function returned a promise. Apart, because moc cannot read the SDK's headers.
#pragma once

#include <QtCore/QObject>
#include <QtQml/QJSValue>

#include <memory>

class HullMockDesk;
struct HullMockCall;

class HullMockPromise : public QObject {
  Q_OBJECT

 public:
  HullMockPromise(std::shared_ptr<HullMockDesk> desk, std::shared_ptr<HullMockCall> call);
  ~HullMockPromise() override;

  Q_INVOKABLE void resolve(const QJSValue& value);
  Q_INVOKABLE void reject(const QJSValue& error);

 private:
  const std::shared_ptr<HullMockDesk> m_desk;
  const std::shared_ptr<HullMockCall> m_call;
};
