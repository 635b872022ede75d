// The session machine: what it does with each message, and with work that finishes in any order.
#include "session_rig.hpp"

#include <gmock/gmock.h>

namespace hull::test {
namespace {

using serve::fault;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::StartsWith;

const std::string authenticate = R"({"type":"Authenticate","baseVersion":0,"tokenType":"None"})";
std::string mutation(unsigned id) {
  return R"({"type":"Mutation","requestId":)" + std::to_string(id) + R"(,"udfPath":"m:send","args":[{"n":1}]})";
}
std::string action(unsigned id) {
  return R"({"type":"Action","requestId":)" + std::to_string(id) + R"(,"udfPath":"m:act","args":[{}]})";
}

TEST(Session, AnswersAnEmptyQuerySetWithATransition) {
  session_rig rig;
  EXPECT_THAT(rig.frame(connect_frame()), IsEmpty());
  EXPECT_THAT(rig.frame(add_frame(0, 1, "")), ElementsAre("snapshot"));
  EXPECT_THAT(rig.snapshot(100), ElementsAre("T 0.0.0>1.0.100 []"));
}

TEST(Session, WorksWithoutConnect) {
  session_rig rig;
  EXPECT_THAT(rig.frame(mutation(0)), ElementsAre(R"(mutate 0 m:send[{"n":1}] without session)"));
}

TEST(Session, RunsAllQueriesOfATransitionAtOneTimestamp) {
  session_rig rig;
  rig.frame(connect_frame());
  rig.frame(add_frame(0, 1, add(0, "m:list") + "," + add(7, "other:default")));
  EXPECT_THAT(rig.snapshot(100), ElementsAre("run at 100: 0(m:list) 7(other:default)"));
  EXPECT_THAT(rig.result(7, "[1]", "page"), ElementsAre("watch 7"));
  EXPECT_THAT(rig.result(0, "5"), ElementsAre("watch 0", "T 0.0.0>1.0.100 [0=5 7=[1]@page]"));
  rig.sent();
  // Only what changed runs again, with its journal; the rest is carried along.
  EXPECT_THAT(rig.changed(), ElementsAre("snapshot"));
  EXPECT_THAT(rig.snapshot(120, {7}), ElementsAre("run at 120: 7(other:default)@page"));
  EXPECT_THAT(rig.result(7, "[2]"), ElementsAre("watch 7", "T 1.0.100>1.0.120 [7=[2]]"));
}

TEST(Session, FoldsMessagesThatComeWhileATransitionIsComputed) {
  session_rig rig;
  rig.frame(add_frame(0, 1, add(0, "m:list")));
  rig.snapshot(100);
  EXPECT_THAT(rig.frame(add_frame(1, 2, add(1, "m:list"))), IsEmpty());
  EXPECT_THAT(rig.frame(add_frame(2, 3, add(2, "m:list"))), IsEmpty());
  EXPECT_THAT(rig.result(0, "1"), ElementsAre("watch 0", "T 0.0.0>1.0.100 [0=1]", "snapshot"));
  EXPECT_THAT(rig.snapshot(100), ElementsAre("run at 100: 1(m:list) 2(m:list)"));
  rig.result(1, "1");
  EXPECT_THAT(rig.result(2, "1"), ElementsAre("watch 2", "T 1.0.100>3.0.100 [1=1 2=1]"));
}

TEST(Session, SuppressesAnUnchangedResultButStillSendsTheTransition) {
  session_rig rig;
  rig.frame(add_frame(0, 1, add(0, "m:list")));
  rig.snapshot(100);
  rig.result(0, "1");
  rig.sent();
  rig.changed();
  rig.snapshot(110, {0});
  EXPECT_THAT(rig.result(0, "1"), ElementsAre("watch 0", "T 1.0.100>1.0.110 []"));
}

TEST(Session, KeepsAtMostTwoUnsentTransitions) {
  session_rig rig;
  rig.frame(add_frame(0, 1, add(0, "m:list")));
  rig.snapshot(100);
  rig.result(0, "1");
  rig.changed();
  rig.snapshot(110, {0});
  EXPECT_THAT(rig.result(0, "2"), ElementsAre("watch 0", "T 1.0.100>1.0.110 [0=2]"));
  EXPECT_THAT(rig.changed(), IsEmpty());
  EXPECT_THAT(rig.changed(), IsEmpty());
  EXPECT_THAT(rig.sent(), ElementsAre("snapshot"));
  rig.snapshot(150, {0});
  EXPECT_THAT(rig.result(0, "5"), ElementsAre("watch 0", "T 1.0.110>1.0.150 [0=5]"));
}

TEST(Session, TellsOfRemovedQueriesOnceAndInOrder) {
  session_rig rig;
  rig.frame(add_frame(0, 1, add(0, "a:q") + "," + add(1, "a:q") + "," + add(5, "a:q")));
  rig.snapshot(100);
  rig.result(0, "1");
  rig.result(1, "1");
  rig.result(5, "1");
  rig.sent();
  EXPECT_THAT(rig.frame(add_frame(1, 2, remove(1) + "," + add(3, "a:q") + "," + remove(5))),
              ElementsAre("unwatch 1", "unwatch 5", "snapshot"));
  EXPECT_THAT(rig.snapshot(101), ElementsAre("run at 101: 3(a:q)"));
  EXPECT_THAT(rig.result(3, "7"), ElementsAre("watch 3", "T 1.0.100>2.0.101 [-1 3=7 -5]"));
}

TEST(Session, DropsTheResultOfAQueryThatWasRemovedWhileItRan) {
  session_rig rig;
  rig.frame(add_frame(0, 1, add(0, "a:q")));
  rig.snapshot(100);
  EXPECT_THAT(rig.frame(add_frame(1, 2, remove(0))), IsEmpty());
  EXPECT_THAT(rig.result(0, "1"), ElementsAre("T 0.0.0>1.0.100 []", "snapshot"));
  EXPECT_THAT(rig.snapshot(100), ElementsAre("T 1.0.100>2.0.100 [-0]"));
}

TEST(Session, AddedAndRemovedInOneBatchIsHarmless) {
  session_rig rig;
  rig.frame(add_frame(0, 1, add(0, "a:q") + "," + remove(0) + "," + add(1, "a:q")));
  rig.snapshot(100);
  EXPECT_THAT(rig.result(1, "1"), ElementsAre("watch 1", "T 0.0.0>1.0.100 [-0 1=1]"));
}

TEST(Session, RunsMutationsOneAfterTheOtherAndFollowsEachWithATransition) {
  session_rig rig;
  rig.frame(connect_frame());
  EXPECT_THAT(rig.frame(mutation(0)), ElementsAre(R"(mutate 0 m:send[{"n":1}])"));
  EXPECT_THAT(rig.frame(mutation(1)), IsEmpty());
  EXPECT_THAT(rig.mutation_done(0, "null", 150),
              ElementsAre("M0=null at 150", R"(mutate 1 m:send[{"n":1}])", "snapshot"));
  EXPECT_THAT(rig.snapshot(150), ElementsAre("T 0.0.0>0.0.150 []"));
  EXPECT_THAT(rig.mutation_threw(1, "boom"), ElementsAre("M1!boom", "snapshot"));
}

TEST(Session, RunsActionsAtTheSameTime) {
  session_rig rig;
  EXPECT_THAT(rig.frame(action(0)), ElementsAre("act 0 m:act"));
  EXPECT_THAT(rig.frame(action(1)), ElementsAre("act 1 m:act"));
  EXPECT_THAT(rig.action_done(1, "2"), ElementsAre("A1=2", "snapshot"));
}

TEST(Session, ANewIdentityRunsEverythingAgainAndSendsOnlyWhatDiffers) {
  session_rig rig;
  rig.frame(add_frame(0, 1, add(0, "a:q") + "," + add(1, "a:q")));
  rig.snapshot(100);
  rig.result(0, "1");
  rig.result(1, "1");
  rig.sent();
  EXPECT_THAT(rig.frame(authenticate), ElementsAre("check token"));
  EXPECT_FALSE(rig.machine().wants_input());
  EXPECT_THAT(rig.token_ok(true), ElementsAre("unwatch 0", "unwatch 1", "snapshot"));
  EXPECT_TRUE(rig.machine().wants_input());
  EXPECT_THAT(rig.snapshot(100), ElementsAre("run at 100 as admin: 0(a:q) 1(a:q)"));
  rig.result(0, "1");
  EXPECT_THAT(rig.result(1, "2"), ElementsAre("watch 1", "T 1.0.100>1.1.100 [1=2]"));
}

TEST(Session, AResultForAnOldIdentityIsSentButNotKept) {
  session_rig rig;
  rig.frame(add_frame(0, 1, add(0, "a:q")));
  rig.snapshot(100);
  rig.frame(authenticate);
  EXPECT_THAT(rig.token_ok(), IsEmpty());
  EXPECT_THAT(rig.result(0, "1"), ElementsAre("T 0.0.0>1.0.100 [0=1]", "snapshot"));
  EXPECT_THAT(rig.snapshot(100), ElementsAre("run at 100: 0(a:q)"));
  EXPECT_THAT(rig.result(0, "1"), ElementsAre("watch 0", "T 1.0.100>1.1.100 []"));
}

TEST(Session, TriesAgainLaterWhenAQueryCannotRun) {
  session_rig rig;
  rig.frame(add_frame(0, 1, add(0, "a:q") + "," + add(1, "a:q")));
  rig.snapshot(100);
  EXPECT_THAT(rig.result(0, "1"), ElementsAre("watch 0"));
  EXPECT_THAT(rig.query_fault(1, fault::kind::overload, "Overloaded"), IsEmpty());
  EXPECT_EQ(rig.machine().deadline(), 500);
  EXPECT_THAT(rig.changed(), IsEmpty());
  EXPECT_THAT(rig.time(499), IsEmpty());
  EXPECT_THAT(rig.time(500), ElementsAre("snapshot"));
  EXPECT_THAT(rig.snapshot(130), ElementsAre("run at 130: 1(a:q)"));
  rig.query_fault(1, fault::kind::overload, "Overloaded");
  EXPECT_EQ(rig.machine().deadline(), 1500);
  EXPECT_THAT(rig.time(1500), ElementsAre("snapshot"));
  rig.snapshot(140);
  // The first query was not lost on the way.
  EXPECT_THAT(rig.result(1, "2"), ElementsAre("watch 1", "T 0.0.0>1.0.140 [0=1 1=2]"));
}

TEST(Session, ErrorsOfFunctionsCarryDataOnlyWhenTheApplicationRaisedThem) {
  session_rig rig;
  rig.frame(add_frame(0, 1, add(0, "a:q") + "," + add(1, "a:q")));
  rig.snapshot(100);
  rig.thrown(0, "plain");
  EXPECT_THAT(rig.thrown(1, "mine", value()), ElementsAre("watch 1", "T 0.0.0>1.0.100 [0!plain 1!mine/null]"));
}

TEST(Session, PingsAfterFifteenSilentSeconds) {
  session_rig rig;
  EXPECT_EQ(rig.machine().deadline(), 15'000);
  EXPECT_THAT(rig.time(14'999), IsEmpty());
  EXPECT_THAT(rig.time(15'000), ElementsAre("Ping"));
  EXPECT_EQ(rig.machine().deadline(), 30'000);
}

TEST(Session, CutsLargeTransitionsForClientsThatCanPutThemTogether) {
  serve::session_options options;
  options.chunked_transitions = true;
  options.chunk_bytes = 150;
  session_rig rig(options);
  rig.frame(add_frame(0, 1, add(0, "a:q")));
  rig.snapshot(100);
  std::string umlauts;
  for (int i = 0; i < 100; ++i) umlauts += "\xC3\xA4";
  const auto sent = rig.result(0, "\"" + umlauts + "\"");
  std::string whole;
  for (std::size_t i = 1; i < sent.size(); ++i) {
    const std::string head = "Chunk " + std::to_string(i - 1) + "/" + std::to_string(sent.size() - 1) + " ";
    ASSERT_THAT(sent[i], StartsWith(head));
    EXPECT_LE(sent[i].size() - head.size(), 150u);
    whole += sent[i].substr(head.size());
  }
  EXPECT_GE(sent.size(), 4u);
  const auto decoded = protocol::decode_server_message(whole);
  ASSERT_TRUE(decoded);
  const auto& change = std::get<protocol::transition>(*decoded).modifications.at(0);
  EXPECT_EQ(std::get<protocol::query_updated>(change).result, value(umlauts));
}

struct ending {
  const char* name;
  std::vector<std::string> frames;
  std::vector<std::string> last;  ///< Effects of the last frame.
};

class SessionEnds : public testing::TestWithParam<ending> {};

TEST_P(SessionEnds, AsTheProtocolSays) {
  session_rig rig;
  lines last;
  for (const auto& f : GetParam().frames) last = rig.frame(f);
  ASSERT_EQ(last.size(), GetParam().last.size()) << testing::PrintToString(last);
  for (std::size_t i = 0; i < last.size(); ++i) EXPECT_THAT(last[i], StartsWith(GetParam().last[i]));
  EXPECT_TRUE(rig.machine().closed());
  EXPECT_THAT(rig.frame(connect_frame()), IsEmpty());
  EXPECT_THAT(rig.changed(), IsEmpty());
  EXPECT_THAT(rig.time(60'000), IsEmpty());
}

const std::string invalid = "FatalError Received Invalid JSON on websocket: ";

INSTANTIATE_TEST_SUITE_P(
    Table, SessionEnds,
    testing::Values(
        ending{"NoJson", {"{"}, {invalid, "close plainly"}},
        ending{"UnknownType", {R"({"type":"Dance"})"}, {invalid + "unknown message type", "close plainly"}},
        ending{"BadUuid",
               {R"({"type":"Connect","sessionId":"me","connectionCount":0})"},
               {invalid + "Connect.sessionId", "close plainly"}},
        ending{"BadPath", {add_frame(0, 1, add(0, "messages.list"))}, {invalid + "\"messages.list", "close plainly"}},
        ending{"BaseMismatch", {add_frame(3, 4, "")}, {"FatalError BaseVersionMismatch: ModifyQuerySet builds on base version 3", "close plainly"}},
        ending{"VersionNotNewer", {add_frame(0, 0, "")}, {"close 1011 InternalServerError"}},
        ending{"DuplicateQuery",
               {add_frame(0, 1, add(0, "a:q") + "," + add(0, "a:q"))},
               {"close 1011 InternalServerError"}},
        ending{"UnknownQuery", {add_frame(0, 1, remove(4))}, {"close 1011 InternalServerError"}},
        ending{"SecondConnect", {connect_frame(), connect_frame()}, {"close 1011 InternalServerError"}},
        ending{"ClientIsAhead",
               {R"({"type":"Connect","sessionId":"4e42f0c0-0000-4000-8000-000000000001","connectionCount":0,)"
                R"("maxObservedTimestamp":"6gMAAAAAAAA="})"},
               {"close 1011 InternalServerError"}},
        ending{"ComponentWithoutAdmin",
               {R"({"type":"Mutation","requestId":0,"udfPath":"m:send","args":[{}],"componentPath":"inner"})"},
               {"close 1011 InternalServerError"}}),
    [](const auto& info) { return std::string(info.param.name); });

TEST(Session, FoldersMayHaveDots) {
  session_rig rig;
  EXPECT_THAT(rig.frame(add_frame(0, 1, add(0, "v1.2/messages.js:list"))), ElementsAre("snapshot"));
}

TEST(Session, BinaryFramesAreRefused) {
  session_rig rig;
  EXPECT_THAT(rig.binary(), ElementsAre(StartsWith("FatalError Received Invalid JSON on websocket: a binary frame"),
                                        "close plainly"));
}

TEST(Session, ARefusedTokenNamesTheLastIdentityThatWasSent) {
  session_rig rig;
  rig.frame(authenticate);
  rig.token_ok();
  rig.snapshot(100);
  rig.frame(R"({"type":"Authenticate","baseVersion":1,"tokenType":"User","value":"x"})");
  EXPECT_THAT(rig.token_bad("no provider"), ElementsAre("AuthError no provider base 1 attempted", "close plainly"));
}

TEST(Session, ATokenThatCannotBeCheckedNowIsNotRefused) {
  const auto ends = [](fault::kind what) {
    session_rig rig;
    rig.frame(authenticate);
    return rig.token_bad("text", what);
  };
  EXPECT_THAT(ends(fault::kind::user), ElementsAre("AuthError text base 0 attempted", "close plainly"));
  EXPECT_THAT(ends(fault::kind::forbidden), ElementsAre("AuthError text base 0 attempted", "close plainly"));
  EXPECT_THAT(ends(fault::kind::overload), ElementsAre("close 1013 Unauthenticated"));
  EXPECT_THAT(ends(fault::kind::server), ElementsAre("close 1011 InternalServerError"));
}

/// A session of a user whose token is good until 8 s; its clock shows 5 s.
class ExpiringSession : public testing::Test {
 protected:
  ExpiringSession() {
    rig.frame(authenticate);
    rig.token_ok(false, 8'000'000'000);
    rig.snapshot(100);
    rig.frame(add_frame(0, 1, add(0, "m:list")));
    rig.snapshot(100);
    rig.result(0, "1");
    rig.sent();
    rig.sent();
  }
  session_rig rig;
  const testing::Matcher<lines> expired = ElementsAre("AuthError The token has expired. base 1", "close plainly");
};

TEST_F(ExpiringSession, IsServedUntilTheTokenExpires) {
  rig.set_wall(7'999'999'999);
  EXPECT_THAT(rig.frame(mutation(0)), Contains(StartsWith("mutate 0")));
  EXPECT_THAT(rig.frame(action(1)), Contains(StartsWith("act 1")));
  rig.changed();
  EXPECT_THAT(rig.snapshot(110, {0}), Contains(StartsWith("run at 110")));
}

TEST_F(ExpiringSession, RunsNoQueryAfterwards) {
  rig.changed();
  rig.set_wall(8'000'000'000);
  EXPECT_THAT(rig.snapshot(110, {0}), expired);
}

TEST_F(ExpiringSession, TakesNoMutationAfterwards) {
  rig.set_wall(8'000'000'000);
  EXPECT_THAT(rig.frame(mutation(0)), expired);
}

TEST_F(ExpiringSession, TakesNoActionAfterwards) {
  rig.set_wall(8'000'000'000);
  EXPECT_THAT(rig.frame(action(0)), expired);
}

TEST_F(ExpiringSession, GoesOnWithAnotherToken) {
  rig.set_wall(9'000'000'000);
  rig.frame(R"({"type":"Authenticate","baseVersion":1,"tokenType":"User","value":"x"})");
  EXPECT_THAT(rig.token_ok(false, 20'000'000'000), Contains("snapshot"));
  EXPECT_THAT(rig.snapshot(110), Contains(StartsWith("run at 110")));
  EXPECT_THAT(rig.frame(mutation(0)), Contains(StartsWith("mutate 0")));
}

TEST(Session, AuthenticateOnAnotherBaseEndsTheConnection) {
  session_rig rig;
  rig.frame(R"({"type":"Authenticate","baseVersion":5,"tokenType":"None"})");
  EXPECT_THAT(rig.token_ok(), ElementsAre("close 1011 InternalServerError"));
}

TEST(Session, FaultsOfCallsEndTheConnectionByTheirKind) {
  const auto ends = [](fault::kind what, const std::string& code) {
    session_rig rig;
    rig.frame(mutation(0));
    return rig.call_fault(what, code);
  };
  EXPECT_THAT(ends(fault::kind::overload, "OptimisticConcurrencyControlFailure"),
              ElementsAre("close 1013 OptimisticConcurrencyControlFailure"));
  EXPECT_THAT(ends(fault::kind::server, "InternalServerError"), ElementsAre("close 1011 InternalServerError"));
  EXPECT_THAT(ends(fault::kind::not_found, "Gone"), ElementsAre("close 1000 Gone"));
  EXPECT_THAT(ends(fault::kind::forbidden, "No"), ElementsAre("FatalError text", "close 1000 No"));
  EXPECT_THAT(ends(fault::kind::user, "Bad"), ElementsAre("FatalError text", "close plainly"));
  EXPECT_THAT(ends(fault::kind::unauthenticated, "Who"), ElementsAre("AuthError text base 0", "close plainly"));
}

TEST(Session, TooManyCallsAreTurnedAway) {
  serve::session_options options;
  options.max_pending_mutations = 2;
  options.max_running_actions = 1;
  session_rig mutations(options);
  mutations.frame(mutation(0));
  mutations.frame(mutation(1));
  EXPECT_THAT(mutations.frame(mutation(2)), ElementsAre("close 1013 TooManyConcurrentMutations"));
  session_rig actions(options);
  actions.frame(action(0));
  EXPECT_THAT(actions.frame(action(1)), ElementsAre("close 1013 TooManyInflightActionsForSingleClient"));
}

TEST(Session, WhatOneClientMakesItKeepIsBounded) {
  serve::session_options options;
  options.max_argument_bytes = 30;  // a query of these takes 10 bytes
  session_rig queries(options);
  queries.frame(add_frame(0, 1, add(0, "m:list") + "," + add(1, "m:list")));
  queries.frame(add_frame(1, 2, remove(0) + "," + remove(1)));
  queries.frame(add_frame(2, 3, add(2, "m:list") + "," + add(3, "m:list") + "," + add(4, "m:list")));
  EXPECT_FALSE(queries.machine().closed());
  EXPECT_THAT(queries.frame(action(0)), ElementsAre("close 1013 TooManyArgumentBytes"));

  session_rig calls(options);
  for (unsigned i = 0; i < 5; ++i) {
    calls.frame(mutation(i));
    calls.mutation_done(i, "1", 1001 + i);
    calls.frame(action(100 + i));
    calls.action_done(100 + i, "1");
  }
  EXPECT_FALSE(calls.machine().closed()) << "what is done does not count";
  for (unsigned i = 10; i < 13; ++i) calls.frame(action(i));
  EXPECT_FALSE(calls.machine().closed());
  EXPECT_THAT(calls.frame(add_frame(0, 1, add(0, "m:list"))), ElementsAre("close 1013 TooManyArgumentBytes"));
}

TEST(Session, TellsTheClockSkewWhenTheClientToldItsTime) {
  serve::session machine({}, {0, 5'000'000'000, 0});
  const serve::moment m{0, 5'000'000'000, 0};
  (void)machine.text_frame(R"({"type":"Connect","sessionId":"4e42f0c0-0000-4000-8000-000000000001",)"
                           R"("connectionCount":0,"clientTs":4200})",
                           m);
  (void)machine.text_frame(add_frame(0, 1, ""), m);
  const auto out = machine.snapshot(1, {}, m);
  ASSERT_EQ(out.size(), 1u);
  EXPECT_THAT(std::get<serve::send_text>(out[0]).text,
              testing::HasSubstr(R"("clientClockSkew":-800,"serverTs":5000000000})"));
}

}  // namespace
}  // namespace hull::test
