// hulltyped.h: references of the SDK with Qt's objects.
#include "core_fixture.h"

#include "hulltyped.h"

#include <boost/describe.hpp>

#include <cstdint>
#include <string>
#include <vector>

using namespace CoreTest;

struct SendArgs {
  std::string body;
  std::int64_t stamp = 0;
};
BOOST_DESCRIBE_STRUCT(SendArgs, (), (body, stamp))

struct Message {
  std::string _id;
  std::string body;
  std::int64_t stamp = 0;
};
BOOST_DESCRIBE_STRUCT(Message, (), (_id, body, stamp))

struct LooseArgs {
  hull::value any;
};
BOOST_DESCRIBE_STRUCT(LooseArgs, (), (any))

struct BigArgs {
  std::uint64_t n = 0;
};
BOOST_DESCRIBE_STRUCT(BigArgs, (), (n))

namespace {

constexpr hull::query_ref<hull::no_args, std::vector<Message>> listMessages{"chat:list"};
constexpr hull::mutation_ref<SendArgs, std::string> sendMessage{"chat:send"};
constexpr hull::mutation_ref<SendArgs, std::int64_t> sendWrongly{"chat:send"};
constexpr hull::mutation_ref<SendArgs, void> failToSend{"chat:fail"};
constexpr hull::action_ref<LooseArgs, LooseArgs> echo{"chat:echo"};
constexpr hull::mutation_ref<BigArgs, void> tooBig{"chat:send"};

}  // namespace

class CoreTypedTest : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void init() {
    m_deployment = makeChat();
    m_client = std::make_unique<HullClient>(urlOf(*m_deployment));
  }
  void cleanup() {
    m_client.reset();
    m_deployment.reset();
  }

  void callsGiveTypes();
  void failuresThrow();
  void watchGivesTypes();
  void futureOfAClientThatGoes();

 private:
  std::unique_ptr<hull::mock::fake_deployment> m_deployment;
  std::unique_ptr<HullClient> m_client;
};

void CoreTypedTest::callsGiveTypes() {
  const std::int64_t big = (std::int64_t{1} << 53) + 1;
  QFuture<std::string> id = HullTyped::mutation(m_client.get(), sendMessage, {"hello", big});
  QTRY_VERIFY(id.isFinished());
  QCOMPARE(id.result(), std::string("messages-1"));
  QFuture<std::vector<Message>> list = HullTyped::query(m_client.get(), listMessages, {});
  QTRY_VERIFY(list.isFinished());
  QCOMPARE(list.result().size(), std::size_t{1});
  QCOMPARE(list.result().at(0).stamp, big);
  QFuture<LooseArgs> back = HullTyped::action(m_client.get(), echo, {hull::value(hull::bytes{0, 255})});
  QTRY_VERIFY(back.isFinished());
  QVERIFY(back.result().any == hull::value(hull::bytes{0, 255}));
}

void CoreTypedTest::failuresThrow() {
  const auto kindOf = [](auto future) {
    for (int i = 0; i < 500 && !future.isFinished(); ++i) QTest::qWait(10);
    try {
      future.waitForFinished();
    } catch (const HullException& e) {
      return e.error().kind();
    }
    return HullError::NoError;
  };
  QCOMPARE(kindOf(HullTyped::mutation(m_client.get(), failToSend, {"x", 1})), HullError::FunctionFailed);
  QCOMPARE(kindOf(HullTyped::mutation(m_client.get(), sendWrongly, {"x", 1})), HullError::BadValue);
  QCOMPARE(kindOf(HullTyped::mutation(m_client.get(), tooBig, {~std::uint64_t{0}})), HullError::BadArgument);
  HullCallOptions soon;
  soon.deadline = 30;
  m_deployment->hold("chat:send");
  QCOMPARE(kindOf(HullTyped::mutation(m_client.get(), sendMessage, {"x", 1}, soon)), HullError::TimedOut);
  m_deployment->release("chat:send");
}

void CoreTypedTest::watchGivesTypes() {
  const std::unique_ptr<HullWatcher> watcher(HullTyped::watch(m_client.get(), listMessages, {}));
  QVERIFY(watcher);
  QVERIFY(!HullTyped::value(listMessages, *watcher).value());
  QTRY_COMPARE(watcher->status(), HullWatcher::Ready);
  QVERIFY(!errorOf(m_client->mutation(text("chat:send"), {{text("body"), text("a")}, {text("stamp"), qlonglong{5}}})));
  QTRY_COMPARE(HullTyped::value(listMessages, *watcher).value()->size(), std::size_t{1});
  QCOMPARE(HullTyped::value(listMessages, *watcher).value()->front().stamp, std::int64_t{5});
  QVERIFY(!errorOf(m_client->mutation(text("chat:send"), {{text("body"), 7.0}})));
  QTRY_VERIFY(HullTyped::value(listMessages, *watcher).has_error());
}

void CoreTypedTest::futureOfAClientThatGoes() {
  m_deployment->hold("chat:send");
  QFuture<std::string> id = HullTyped::mutation(m_client.get(), sendMessage, {"x", 1});
  m_client.reset();
  QVERIFY(id.isFinished());
  QVERIFY_EXCEPTION_THROWN(id.waitForFinished(), HullException);
  m_deployment->release("chat:send");
}

static const Register<CoreTypedTest> registered;

#include "core_typed_test.moc"
