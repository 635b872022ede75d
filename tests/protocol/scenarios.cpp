// The deployment's parts. Numbers of queries and requests are those that a client gives them: 0, 1, 2, ...
#include "scenarios.hpp"

#include <array>
#include <string>

namespace hull::golden {
namespace {

using mock::failed;
using mock::removed;
using mock::script;
using mock::updated;

value page(std::initializer_list<value> rows, bool is_done, std::string cursor, value split = nullptr) {
  return value::make_object({{"page", array(rows)},
                             {"isDone", is_done},
                             {"continueCursor", std::move(cursor)},
                             {"splitCursor", split},
                             {"pageStatus", split.is_null() ? value(nullptr) : value("SplitRecommended")}});
}

void refuse(script& s, std::uint32_t base, bool attempted) {
  protocol::auth_error m;
  m.message = "token refused";
  m.base_version = base;
  m.auth_update_attempted = attempted;
  s.send(m);
  s.close(1005);
}

void cold_start(stage& t) {
  script s(t.accept());
  s.expect_hello();  // Two queries, one of them subscribed to twice.
  s.transition({updated(0, value::make_array({1, "two"})), updated(1, "other", "jjj")}, 100);
  s.expect_modify_query_set();
  s.transition({updated(2, nullptr)}, 110);
  s.answer_mutation(s.expect_mutation().id, "sent", 150, {"[LOG] sending"});
  s.transition({updated(0, value::make_array({1, "two", "three"}))}, 150);
  t.expect_end();
}

// What the client says comes back to it.
void values(stage& t) {
  script s(t.accept());
  s.expect_connect();
  const auto query = std::get<protocol::add_query>(s.expect_modify_query_set().modifications.at(0));
  s.transition({updated(query.id, query.args.at(0))}, 100);
  const auto mutation = s.expect_mutation();
  s.answer_mutation(mutation.id, mutation.args.at(0), 110);
  s.transition({}, 110);
  const auto action = s.expect_action();
  s.answer_action(action.id, action.args.at(0));
  t.expect_end();
}

void unsubscribing(stage& t) {
  script s(t.accept());
  s.expect_hello();
  s.transition({updated(0, "a"), updated(1, "b")}, 100);
  for (int change = 0; change < 4; ++change) s.expect_modify_query_set();  // Remove a, add a, remove b, add b.
  s.transition({updated(2, "a again"), updated(3, "b again")}, 110);
  t.expect_end();
}

void reconnecting(stage& t) {
  {
    script s(t.accept());
    s.expect_hello();
    s.transition({updated(0, "a"), updated(1, "b", "jjj")}, 100);  // Nothing about query 2: it has no journal.
    s.close(1001);
  }
  {
    script s(t.accept());
    s.expect_hello();
    s.transition({updated(0, "a", "kkk"), updated(1, "b", "lll"), updated(2, "c")}, 200);
    s.drop();
  }
  {
    script s(t.accept());
    s.expect_hello();
    s.transition({}, 250);
    s.close(1011, "InternalServerError");
  }
  {
    script s(t.accept());
    s.expect_hello();
    s.transition({updated(0, "end"), updated(1, "end"), updated(2, "end")}, 300);
    t.expect_end();
  }
}

void replaying(stage& t) {
  {
    script s(t.accept());
    s.expect_hello();
    s.expect_mutation();
    s.expect_mutation();
    s.expect_action();
    s.transition({updated(0, "a")}, 100);
    s.answer_mutation(0, "zero", 200);  // Done, but no transition shows it.
    s.close(1001);
  }
  {
    script s(t.accept());
    s.expect_hello();
    s.expect_mutation();
    s.expect_mutation();
    s.expect_mutation();  // This one and the action were wanted while there was no socket.
    s.expect_action();
    s.transition({updated(0, "b")}, 250);
    s.answer_mutation(0, "zero", 200);
    s.answer_mutation(1, "one", 260);
    s.fail_mutation(3, "no");
    s.answer_action(4, "four");
    s.transition({}, 260);
    t.expect_end();
  }
}

void actions(stage& t) {
  script s(t.accept());
  s.expect_hello();
  s.expect_action();  // It was wanted before there was a socket.
  s.transition({}, 10);
  s.answer_action(0, value::make_object({{"done", true}}));
  s.fail_action(s.expect_action().id, "[Request ID: 0123456789abcdef] Server Error");
  s.fail_action(s.expect_action().id, "Uncaught ConvexError", value::make_object({{"code", 7}}));
  t.expect_end();
}

void failures(stage& t) {
  script s(t.accept());
  s.expect_hello();
  s.transition(
      {failed(0, "[Request ID: 0123456789abcdef] Server Error"),
       failed(1, "Uncaught ConvexError: full", value::make_object({{"kind", "full"}, {"left", value::int64(0)}})),
       failed(2, "Uncaught ConvexError: null", value(nullptr))},
      10);
  s.fail_mutation(s.expect_mutation().id, "[Request ID: fedcba9876543210] Server Error");
  s.fail_mutation(s.expect_mutation().id, "Uncaught ConvexError: \"no\"", "no");
  s.transition({updated(0, "healed")}, 20);
  t.expect_end();
}

void removed_by_server(stage& t) {
  script s(t.accept());
  s.expect_hello();
  s.transition({updated(0, "here")}, 10);
  s.transition({removed(0)}, 20);
  s.transition({updated(0, "back")}, 30);
  t.expect_end();
}

void chunks(stage& t) {
  script s(t.accept());
  s.expect_hello();
  std::string text;
  for (int line = 0; line < 40; ++line) text += "line \"" + std::to_string(line) + "\"\n";
  s.chunked_transition(3, {updated(0, text)}, 10);
  t.expect_end();
}

void pings(stage& t) {
  script s(t.accept());
  s.expect_hello();
  s.send(protocol::ping{});
  s.transition({updated(0, "a")}, 10);
  s.send(protocol::ping{});
  const auto id = s.expect_mutation().id;
  s.send(protocol::ping{});
  s.answer_mutation(id, nullptr, 20);
  s.send(protocol::ping{});
  s.transition({}, 20);
  t.expect_end();
}

// What servers also say, and clients accept. The versions are kept by hand here.
void variations(stage& t) {
  script s(t.accept());
  s.expect_hello();
  s.send_text(
      R"({"modifications":[{"value":"\u00e9\ud83d\ude00\/","journal":null,"logLines":[],"queryId":0,"type":"QueryUpdated"},)"
      R"({"type":"QueryUpdated","queryId":1,"logLines":["[INFO] no value is null"],"journal":null}],)"
      R"("serverTs":null,"clientClockSkew":null,"news":{"of":["the",2030]},)"
      R"("endVersion":{"ts":"CgAAAAAAAAA=","identity":0,"querySet":1},)"
      R"( "startVersion" : {"ts":"AAAAAAAAAAA=","identity":0,"querySet":0} , "type":"Transition"})");
  s.send_text(
      R"({"type":"Transition","startVersion":{"querySet":1,"identity":0,"ts":"CgAAAAAAAAA="},)"
      R"("endVersion":{"querySet":1.0,"identity":0e0,"ts":"FAAAAAAAAAA="},"clientClockSkew":-12,"serverTs":1795380272218000000,)"
      R"("modifications":[{"type":"QueryUpdated","queryId":1,"value":{"n":1.50,"m":1E2},"logLines":[],"journal":"j","extra":1}]})");
  s.expect_mutation();
  s.send_text(
      R"({"type":"MutationResponse","requestId":0,"success":true,"result":null,"ts":"HgAAAAAAAAA=","logLines":[],"extra":{}})");
  s.send_text(R"({"type":"Transition","startVersion":{"querySet":1,"identity":0,"ts":"FAAAAAAAAAA="},)"
              R"("endVersion":{"querySet":1,"identity":0,"ts":"HgAAAAAAAAA="},"modifications":[]})");
  t.expect_end();
}

void fatal(stage& t) {
  script s(t.accept());
  s.expect_hello();
  protocol::fatal_error m;
  m.message = "Received Invalid JSON on websocket: never mind";
  s.send(m);
  t.expect_end();
}

void signed_in(stage& t) {
  {
    script s(t.accept());
    s.expect_connect();
    s.expect_authenticate();
    s.expect_modify_query_set();
    s.transition({updated(0, "as a")}, 100);
    s.expect_authenticate();  // The first token is replaced by a fresh one ...
    refuse(s, 1, true);       // ... which the deployment does not like.
  }
  {
    script s(t.accept());
    s.expect_connect();
    s.expect_authenticate();
    s.expect_modify_query_set();
    s.transition({updated(0, "as c")}, 110);
    s.expect_authenticate();  // Signed out.
    s.transition({updated(0, "as nobody")}, 120);
    t.expect_end();
  }
}

void signed_in_late(stage& t) {
  script s(t.accept());
  s.expect_hello();
  s.transition({updated(0, "a")}, 100);
  s.expect_authenticate();  // What was wanted while the token was fetched comes after it.
  s.expect_modify_query_set();
  s.expect_mutation();
  s.transition({updated(1, "b")}, 110);
  s.answer_mutation(0, "sent", 120);
  s.transition({}, 120);
  t.expect_end();
}

void token_renewed(stage& t) {
  script s(t.accept());
  s.expect_connect();
  s.expect_authenticate();
  s.expect_modify_query_set();
  s.transition({}, 100);
  s.expect_authenticate();
  s.transition({}, 110);
  s.expect_authenticate();  // Before the second token ends.
  s.transition({}, 120);
  t.expect_end();
}

void token_refused_always(stage& t) {
  for (std::uint32_t token = 0; token < 4; ++token) {
    script s(t.accept());
    s.expect_connect();
    s.expect_authenticate();
    s.expect_modify_query_set();
    refuse(s, 0, true);
  }
  script s(t.accept());
  s.expect_hello();  // As nobody.
  s.transition({updated(0, "as nobody")}, 100);
  t.expect_end();
}

void token_expected(stage& t) {
  script s(t.accept());
  s.expect_connect();
  s.expect_authenticate();
  s.expect_modify_query_set();
  s.expect_mutation();
  s.transition({updated(0, "a")}, 100);
  s.answer_mutation(0, "sent", 110);
  s.transition({}, 110);
  t.expect_end();
}

void nobody(stage& t) {
  script s(t.accept());
  s.expect_hello();
  s.transition({updated(0, "as nobody")}, 100);
  t.expect_end();
}

void admin(stage& t) {
  script s(t.accept());
  s.expect_connect();
  s.expect_authenticate();
  s.expect_modify_query_set();
  s.transition({updated(0, "as a user")}, 100);
  s.expect_authenticate();  // As the admin alone.
  s.transition({updated(0, "as the admin")}, 110);
  t.expect_end();
}

void components(stage& t) {
  script s(t.accept());
  s.expect_connect();
  s.expect_authenticate();
  s.expect_modify_query_set();
  s.transition({updated(0, "a")}, 100);
  s.answer_mutation(s.expect_mutation().id, nullptr, 110);
  s.transition({}, 110);
  s.answer_action(s.expect_action().id, nullptr);
  t.expect_end();
}

void pages(stage& t) {
  script s(t.accept());
  s.expect_hello();
  s.transition({updated(0, page({1, 2, 3}, false, "after 3"), "j0")}, 100);
  s.expect_modify_query_set();
  s.transition({updated(1, page({4, 5}, true, "end"), "j1")}, 110);
  s.transition({updated(0, page({1, 2, 21, 22, 3}, false, "after 3", "after 21"), "j0")}, 120);
  s.expect_modify_query_set();  // One for each half.
  s.expect_modify_query_set();
  s.transition({updated(2, page({1, 2, 21}, false, "after 21")), updated(3, page({22, 3}, false, "after 3"))}, 130);
  s.expect_modify_query_set();  // The page that both replace.
  s.transition({}, 140);
  t.expect_end();
}

void events(stage& t) {
  script s(t.accept());
  s.expect_hello();
  auto transition = s.next_transition({updated(0, "a")}, 100);
  transition.client_clock_skew = -3;
  transition.server_ts = 1795380272218000000.0;
  s.send(transition);
  s.expect<protocol::event>("Event");  // How long the transition was under way, ...
  s.expect<protocol::event>("Event");  // ... and the start.
  t.expect_end();
}

constexpr std::array all{
    scenario{"cold_start", cold_start},
    scenario{"values", values},
    scenario{"unsubscribing", unsubscribing},
    scenario{"reconnecting", reconnecting},
    scenario{"replaying", replaying},
    scenario{"actions", actions},
    scenario{"failures", failures},
    scenario{"removed_by_server", removed_by_server},
    scenario{"chunks", chunks},
    scenario{"pings", pings},
    scenario{"variations", variations},
    scenario{"fatal", fatal},
    scenario{"signed_in", signed_in},
    scenario{"signed_in_late", signed_in_late},
    scenario{"token_renewed", token_renewed},
    scenario{"token_refused_always", token_refused_always},
    scenario{"token_expected", token_expected},
    scenario{"nobody", nobody},
    scenario{"admin", admin},
    scenario{"components", components},
    scenario{"pages", pages},
    scenario{"events", events},
};

}  // namespace

std::span<const scenario> scenarios() { return all; }

const scenario* find_scenario(std::string_view name) {
  for (const scenario& s : all)
    if (s.name == name) return &s;
  return nullptr;
}

}  // namespace hull::golden
