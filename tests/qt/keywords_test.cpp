// The headers of the client, bodies and all, in a program that keeps Qt's keywords: `emit`, `slots`, `signals`,
// `foreach` and `forever` are macros here before any header of Hull is read.
#include <QtCore/QObject>

#if !defined(emit) || !defined(slots) || !defined(signals) || !defined(foreach) || !defined(forever)
#error "Qt's keywords are off: this test proves nothing"
#endif
#ifdef HULL_SEPARATE_COMPILATION
#error "only the declarations would be read"
#endif

#include <hull/http/file_storage.hpp>
#include <hull/http/http_client.hpp>
#include <hull/hull.hpp>
#include <hull/offline/file_outbox.hpp>
#include <hull/offline/file_result_store.hpp>

#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/io_context.hpp>

class KeywordsTest : public QObject {
  Q_OBJECT

 signals:
  void arrived(int code);

 private slots:
  void callsAndSignals();
  void blockingCalls();
};

void KeywordsTest::callsAndSignals() {
  QSignalSpy spy(this, &KeywordsTest::arrived);
  boost::asio::io_context home;
  hull::client client(home.get_executor(), "http://127.0.0.1:1");
  client.mutation("messages:send", hull::object{}, hull::mutation_options{},
                  [this](const hull::result<hull::value>& sent) { emit arrived(static_cast<int>(sent.error().code)); });
  client.close();
  home.run();
  QCOMPARE(spy.count(), 1);
  QCOMPARE(spy.at(0).at(0).toInt(), static_cast<int>(hull::errc::closed));
}

void KeywordsTest::blockingCalls() {
  hull::blocking_client client("http://127.0.0.1:1");
  const auto late = client.query("messages:list", hull::object{}, std::chrono::milliseconds(1));
  QCOMPARE(late.error().code, hull::errc::timed_out);
}

QTEST_GUILESS_MAIN(KeywordsTest)
#include "keywords_test.moc"
