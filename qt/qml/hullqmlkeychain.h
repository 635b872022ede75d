// HullKeychain as QML sees it: promises instead of futures.
#pragma once

#include "hullkeychain.h"
#include "hullqmlglobal.h"

#include <QtQml/qqmlregistration.h>
#include <QtQml/QJSValue>

/// See HullKeychain of C++. The promises reject with a HullError.
class HULL_QML_EXPORT HullQmlKeychain : public HullKeychain {
  Q_OBJECT
  QML_NAMED_ELEMENT(HullKeychain)

 public:
  explicit HullQmlKeychain(QObject* parent = nullptr) : HullKeychain(parent) {}

  /// A promise of the text; empty when there is none.
  Q_INVOKABLE QJSValue read(const QString& key);
  /// Replaces what there is. An empty text removes it.
  Q_INVOKABLE QJSValue write(const QString& key, const QString& secret);
  /// Succeeds also when there is nothing.
  Q_INVOKABLE QJSValue remove(const QString& key);
};
