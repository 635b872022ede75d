// The notes: the gates follow who is signed in, and a sign-out leaves nothing of the user on display.
#include "auth_test.h"

#include "examplewindow.h"
#include "functions.h"
#include "hullauth.h"
#include "hullquerymodel.h"
#include "token.h"

#include <hull/mock/fake_deployment.hpp>

#include <QtCore/QDateTime>
#include <QtCore/QJsonObject>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

#include <memory>

extern void qml_register_types_Auth();

namespace {

struct Notes {
  Notes() {
    addNoteFunctions(deployment);
    app = std::make_unique<ExampleTestWindow>(QStringLiteral("Auth"), deployment);
  }
  // A page that is on display; null otherwise.
  QQuickItem* page(const char* name) const { return ExampleTestWindow::itemIn(app->window()->contentItem(), name); }
  HullQueryModel* notes() const { return app->find<HullQueryModel>("notes"); }
  QStringList texts() const {
    QStringList all;
    if (const HullQueryModel* model = notes())
      for (int row = 0; row < model->count(); ++row)
        all.append(model->get(row).value(QStringLiteral("text")).toString());
    return all;
  }
  void click(const char* name) const {
    QQuickItem* item = page(name);
    QVERIFY2(item, name);
    QTest::mouseClick(app->window(), Qt::LeftButton, {}, ExampleTestWindow::middleOf(item));
  }

  hull::mock::fake_deployment deployment;
  std::unique_ptr<ExampleTestWindow> app;
};

}  // namespace

void AuthTest::initTestCase() { qml_register_types_Auth(); }

void AuthTest::gatesSwitch() {
  Notes notes;
  QTRY_VERIFY(notes.page("signInPage"));
  QVERIFY(!notes.page("notesPage"));
  // The waiting page is there for a moment: noted when it comes, not looked for, as a busy machine may look too late.
  auto* const auth = notes.app->find<HullAuth>("auth");
  QVERIFY(auth);
  bool onlyWaiting = false;
  QObject watch;
  connect(
      auth, &HullAuth::loadingChanged, &watch,
      [&] {
        if (auth->isLoading())
          onlyWaiting = notes.page("waitingPage") && !notes.page("signInPage") && !notes.page("notesPage");
      },
      Qt::QueuedConnection);
  notes.click("ada");
  QTRY_VERIFY(notes.page("notesPage"));
  QVERIFY(onlyWaiting);
  QVERIFY(!notes.page("signInPage") && !notes.page("waitingPage"));
  QTRY_COMPARE(notes.texts().size(), 3);
  QVERIFY(notes.texts().first().startsWith(QStringLiteral("Try the bearings")));
  QCOMPARE(notes.app->complaints(), QStringList());
}

void AuthTest::signingOutClearsAtOnce() {
  Notes notes;
  QTRY_VERIFY(notes.page("signInPage"));
  notes.click("ada");
  QTRY_COMPARE(notes.texts().size(), 3);
  notes.click("signOut");
  // The click has been handled, nothing else has.
  QCOMPARE(notes.texts(), QStringList());
  QTRY_VERIFY(notes.page("signInPage"));
  QVERIFY(!notes.page("notesPage"));

  notes.click("grace");
  QTRY_COMPARE(notes.texts().size(), 2);
  for (const QString& text : notes.texts()) QVERIFY2(!text.contains(QStringLiteral("bearings")), qPrintable(text));
}

void AuthTest::expiredTokenIsRenewedBehindThePage() {
  Notes notes;
  QTRY_VERIFY(notes.page("signInPage"));
  notes.click("linus");
  QTRY_COMPARE(notes.texts().size(), 1);
  auto* const auth = notes.app->find<HullAuth>("auth");
  QSignalSpy refreshing(auth, &HullAuth::refreshingChanged);
  QQuickItem* const page = notes.page("notesPage");
  notes.deployment.expire_tokens();
  QTRY_COMPARE(refreshing.count(), 2);  // Began, and is over.
  QVERIFY(!auth->isRefreshing() && auth->isAuthenticated());
  QCOMPARE(notes.page("notesPage"), page);
  QCOMPARE(notes.texts().size(), 1);
}

void AuthTest::tokensAreChecked() {
  const qint64 now = QDateTime::currentSecsSinceEpoch();
  const auto claims = [&](qint64 end) {
    return QJsonObject{{QStringLiteral("sub"), QStringLiteral("ada")}, {QStringLiteral("exp"), end}};
  };
  QByteArray token = signedToken(claims(now + 60));
  QVERIFY(claimsOf(token));
  QCOMPARE(claimsOf(token)->value(QStringLiteral("sub")).toString(), QStringLiteral("ada"));
  QVERIFY2(!claimsOf(signedToken(claims(now - 1))), "it has ended");
  const QByteArray other =
      signedToken({{QStringLiteral("sub"), QStringLiteral("grace")}, {QStringLiteral("exp"), now + 60}});
  const QList<QByteArray> parts = token.split('.');
  QVERIFY2(!claimsOf(parts[0] + '.' + other.split('.')[1] + '.' + parts[2]), "the signature is of another text");
  QVERIFY(!claimsOf("nonsense"));
}

QTEST_MAIN(AuthTest)
