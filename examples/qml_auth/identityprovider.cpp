// The identity provider.
#include "identityprovider.h"

#include "token.h"

#include <QtCore/QDateTime>
#include <QtCore/QTimer>

namespace {

constexpr int networkMilliseconds = 350;
constexpr int goodForSeconds = 60;

struct Person {
  const char* user;
  const char* name;
  const char* email;
};
constexpr Person known[] = {{"ada", "Ada Lovelace", "ada@harbour.example"},
                            {"grace", "Grace Hopper", "grace@harbour.example"},
                            {"linus", "Linus", "linus@harbour.example"}};

const Person* personOf(const QString& user) {
  for (const Person& one : known)
    if (user == QLatin1String(one.user)) return &one;
  return nullptr;
}

QByteArray tokenOf(const Person& person) {
  const qint64 now = QDateTime::currentSecsSinceEpoch();
  return signedToken({{QStringLiteral("iss"), QStringLiteral("https://harbour.example")},
                      {QStringLiteral("aud"), QStringLiteral("harbour-notes")},
                      {QStringLiteral("sub"), QLatin1String(person.user)},
                      {QStringLiteral("name"), QLatin1String(person.name)},
                      {QStringLiteral("email"), QLatin1String(person.email)},
                      {QStringLiteral("iat"), now},
                      {QStringLiteral("exp"), now + goodForSeconds}});
}

}  // namespace

QString IdentityProvider::name() const {
  const Person* person = personOf(m_user);
  return person ? QString::fromLatin1(person->name) : QString();
}

QVariantList IdentityProvider::people() const {
  QVariantList all;
  for (const Person& one : known)
    all.append(QVariantMap{{QStringLiteral("user"), QString::fromLatin1(one.user)},
                           {QStringLiteral("name"), QString::fromLatin1(one.name)},
                           {QStringLiteral("email"), QString::fromLatin1(one.email)}});
  return all;
}

void IdentityProvider::signIn(const QString& user) {
  const QString next = personOf(user) ? user : QString();
  if (m_user == next) return;
  m_user = next;
  Q_EMIT userChanged();
}

void IdentityProvider::requestToken(const QJSValue& answer) {
  QTimer::singleShot(networkMilliseconds, this, [this, answer] {
    const Person* person = personOf(m_user);
    if (!person) {
      answer.call({QJSValue(QJSValue::NullValue)});
      return;
    }
    ++m_issued;
    Q_EMIT issuedChanged();
    answer.call({QJSValue(QString::fromLatin1(tokenOf(*person)))});
  });
}
