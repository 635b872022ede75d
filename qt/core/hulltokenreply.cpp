// Answers of token sources.
#include "hulltokenreply_p.h"

void HullTokenReply::token(const QString& token) const {
  if (token.isEmpty()) return signedOut();
  if (d) d->answer(std::optional<std::string>(token.toStdString()));
}

void HullTokenReply::signedOut() const {
  if (d) d->answer(std::optional<std::string>());
}

void HullTokenReply::failed(const QString& why) const {
  if (d) d->fail(why.toStdString());
}
