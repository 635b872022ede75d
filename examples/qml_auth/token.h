// Tokens of the example's identity provider: JSON Web Tokens, signed with ES256.
#pragma once

#include <QtCore/QByteArray>
#include <QtCore/QJsonObject>

#include <optional>

/// Signs these claims. The key is part of this program, for everybody to read: what it signs proves nothing.
QByteArray signedToken(const QJsonObject& claims);

/// The claims of a token that this provider signed and that has not ended; nothing otherwise.
std::optional<QJsonObject> claimsOf(const QByteArray& token);
