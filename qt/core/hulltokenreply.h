// How a token source answers: once, from any thread, now or later.
#pragma once

#include "hullqtglobal.h"

#include <QtCore/QMetaType>
#include <QtCore/QString>

#include <functional>
#include <memory>

class HullTokenReplyPrivate;

/// Cheap to copy; all copies answer the same question. The first answer counts. When the last copy goes without one,
/// the source has failed, and is asked again later. Every function may be called from any thread; after the client is
/// gone they do nothing.
class HULL_QT_EXPORT HullTokenReply {
 public:
  /// Answers nobody.
  HullTokenReply() = default;
  explicit HullTokenReply(std::shared_ptr<const HullTokenReplyPrivate> d) : d(std::move(d)) {}

  /// A JWT. Empty: as signedOut().
  void token(const QString& token) const;
  /// Nobody is signed in.
  void signedOut() const;
  /// No token can be had now, `why` says the reason for the log. It is tried again, in growing intervals.
  void failed(const QString& why) const;

 private:
  std::shared_ptr<const HullTokenReplyPrivate> d;
};

/// Asked for a token when one is needed, on the client's thread, from its event loop. `forceRefresh`: a token from a
/// cache will not do, because it was refused or ends soon. Must not block: keep the reply and answer later.
using HullTokenSource = std::function<void(bool forceRefresh, const HullTokenReply& reply)>;

Q_DECLARE_METATYPE(HullTokenReply)
