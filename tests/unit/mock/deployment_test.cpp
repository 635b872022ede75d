// A fake deployment and real clients over loopback.
#include "rig.hpp"

#include <gtest/gtest.h>

#include <atomic>

namespace hull::mock::test {
namespace {

TEST(fake_deployment, a_live_query_shows_what_a_mutation_wrote) {
  rig r;
  client c = r.make_client();
  seen list(c, "messages:list");
  r.until([&] { return list.ready(); }, "the first value");
  EXPECT_EQ(list.rows(), 0u);
  const auto sent = r.call(c, "messages:send", message("hello"));
  ASSERT_TRUE(sent) << sent.error().message;
  EXPECT_EQ(*sent, value("messages-1"));
  ASSERT_EQ(list.rows(), 1u) << "a mutation completes when its writes are shown";
  const value row = list.states.back()->current()->as_array().front();
  EXPECT_EQ(*row.find("_id"), value("messages-1"));
  EXPECT_EQ(*row.find("body"), value("hello"));
  EXPECT_NE(row.find("_creationTime")->if_double(), nullptr);
}

TEST(fake_deployment, what_a_test_changes_is_pushed_to_every_client_in_one_step) {
  rig r;
  client a = r.make_client();
  client b = r.make_client();
  seen at_a(a, "messages:list");
  seen at_b(b, "messages:list");
  r.until([&] { return at_a.ready() && at_b.ready(); }, "both lists");
  r.deployment.change([](tables& all) {
    all.table("messages").insert({{"body", "one"}});
    all.table("messages").insert({{"body", "two"}});
  });
  r.until([&] { return at_a.rows() == 2 && at_b.rows() == 2; }, "two rows at both");
  EXPECT_EQ(at_a.states.size(), 2u) << "never a list of one";
  EXPECT_EQ(r.deployment.open_connections(), 2u);
  EXPECT_EQ(r.deployment.live_queries(), 2u);
}

TEST(fake_deployment, only_queries_that_read_what_changed_run_again) {
  rig r;
  std::atomic<int> table_runs = 0;
  std::atomic<int> document_runs = 0;
  r.deployment.change([](tables& all) {
    all.table("users").insert({{"name", "Ada"}});
    all.table("users").insert({{"name", "Bob"}});
  });
  r.deployment.query("users:count", [&](query_context& db, const value&) {
    ++table_runs;
    return value(static_cast<double>(db.table("users").size()));
  });
  r.deployment.query("users:first", [&](query_context& db, const value&) {
    ++document_runs;
    return db.get("users-1").value_or(value());
  });
  client c = r.make_client();
  seen count(c, "users:count");
  seen first(c, "users:first");
  r.until([&] { return count.ready() && first.ready(); }, "both");
  r.deployment.change([](tables& all) { all.table("messages").insert({{"body", "x"}}); });
  r.deployment.change([](tables& all) { all.table("users").patch("users-2", {{"name", "Bert"}}); });
  r.deployment.change([](tables& all) { all.table("users").patch("users-1", {{"name", "Eva"}}); });
  r.until([&] { return *first.states.back()->current()->find("name") == value("Eva"); }, "the change");
  EXPECT_EQ(document_runs, 2) << "the first run, and the change of its document";
  EXPECT_GE(table_runs, 2);
  EXPECT_EQ(count.states.size(), 1u) << "an equal result is not sent again";
}

TEST(fake_deployment, a_mutation_that_throws_changes_nothing) {
  rig r;
  r.deployment.mutation("messages:half", [](mutation_context& db, const value&) -> value {
    db.table("messages").insert({{"body", "lost"}});
    throw convex_error(object{{"code", 7}});
  });
  client c = r.make_client();
  const auto failed = r.call(c, "messages:half", object());
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, errc::function_failed);
  ASSERT_TRUE(failed.error().data) << "an error of the application carries its data";
  EXPECT_EQ(*failed.error().data->find("code"), value(7));
  EXPECT_TRUE(r.deployment.documents("messages").empty());
  const auto plain = r.call(c, "messages:send", object());
  ASSERT_FALSE(plain);
  EXPECT_FALSE(plain.error().data);
  EXPECT_NE(plain.error().message.find("A message needs a body."), std::string::npos) << plain.error().message;
}

TEST(fake_deployment, says_what_is_wrong_with_a_call) {
  rig r;
  client c = r.make_client();
  const auto unknown = r.ask(c, "messages:lst");
  ASSERT_FALSE(unknown);
  EXPECT_NE(unknown.error().message.find("messages:list"), std::string::npos) << "names what there is";
  const auto wrong_kind = r.ask(c, "messages:send");
  ASSERT_FALSE(wrong_kind);
  EXPECT_NE(wrong_kind.error().message.find("is a mutation"), std::string::npos) << wrong_kind.error().message;
  EXPECT_THROW(r.deployment.query_result("no path at all", value()), std::invalid_argument);
}

TEST(fake_deployment, keeps_errors_to_itself_as_in_production_when_told) {
  deployment_options o;
  o.redact_errors = true;
  rig r(o);
  client c = r.make_client();
  const auto failed = r.call(c, "messages:send", object());
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().message.find("body"), std::string::npos) << failed.error().message;
  EXPECT_NE(failed.error().message.find("Server Error"), std::string::npos);
}

TEST(fake_deployment, a_mutation_takes_effect_once_across_a_drop) {
  rig r;
  // The answer is lost: the first transition is frame 1, the answer frame 2.
  r.deployment.set_faults(first_connections(1, fault_plan().close_before(2, 1001)));
  client c = r.make_client();
  const auto sent = r.call(c, "messages:send", message("once"));
  ASSERT_TRUE(sent) << sent.error().message;
  EXPECT_EQ(r.deployment.documents("messages").size(), 1u);
  EXPECT_GE(c.state().connection_count, 2u);
  EXPECT_EQ(r.deployment.calls().size(), 1u) << "it ran once and was remembered";
}

TEST(fake_deployment, a_failed_mutation_may_run_again) {
  rig r;
  std::atomic<int> runs = 0;
  r.deployment.mutation("messages:fails", [&](mutation_context&, const value&) -> value {
    ++runs;
    throw std::runtime_error("no");
  });
  r.deployment.set_faults(first_connections(1, fault_plan().close_before(2, 1001)));
  client c = r.make_client();
  EXPECT_FALSE(r.call(c, "messages:fails", object()));
  EXPECT_EQ(runs, 2) << "only what succeeded is remembered";
}

TEST(fake_deployment, functions_know_who_calls) {
  rig r;
  r.deployment.authenticate([](const std::string& token) -> std::optional<value> {
    if (token == "ada's") return object{{"name", "Ada"}, {"subject", "1"}};
    return std::nullopt;
  });
  r.deployment.query("users:me",
                     [](query_context& db, const value&) { return db.user() ? *db.user()->find("name") : value(); });
  client c = r.make_client();
  seen me(c, "users:me");
  r.until([&] { return me.ready(); }, "nobody");
  EXPECT_TRUE(me.states.back()->current()->is_null());
  std::vector<bool> decisions;
  c.set_auth([](const token_request&, const token_answer& answer) { answer(std::optional<std::string>("ada's")); },
             [&](bool is) { decisions.push_back(is); });
  r.until([&] { return *me.states.back()->current() == value("Ada"); }, "the user's name");
  ASSERT_FALSE(decisions.empty());
  EXPECT_TRUE(decisions.back());
  EXPECT_FALSE(r.deployment.expect(a_query("users:me")).user) << "called before the sign-in";
}

TEST(fake_deployment, a_token_of_nobody_is_refused_and_an_expired_one_replaced) {
  rig r;
  std::atomic<int> good = 1;
  r.deployment.authenticate([&](const std::string& token) -> std::optional<value> {
    if (token == "token-" + std::to_string(good)) return object{{"subject", "1"}};
    return std::nullopt;
  });
  client c = r.make_client([](client_options& o) { o.auth.reuse_initial_token = true; });
  int asked = 0;
  c.set_auth([&](const token_request&, const token_answer& answer) {
    ++asked;
    answer(std::optional<std::string>("token-" + std::to_string(good)));
  });
  r.until([&] { return c.auth().is_authenticated; }, "the sign-in");
  const int before = asked;
  good = 2;
  r.deployment.expire_tokens();
  r.until([&] { return asked > before && c.auth().is_authenticated; }, "a new token");

  client stranger = r.make_client();
  std::optional<bool> decision;
  stranger.set_auth(
      [](const token_request&, const token_answer& answer) { answer(std::optional<std::string>("stolen")); },
      [&](bool is) { decision = is; });
  r.until([&] { return decision.has_value(); }, "the refusal");
  EXPECT_FALSE(*decision);
}

TEST(fake_deployment, admins_act_as_users) {
  rig r;
  r.deployment.query("users:me", [](query_context& db, const value&) {
    return value(object{{"admin", db.is_admin()}, {"user", db.user().value_or(value())}});
  });
  client c = r.make_client();
  c.set_admin_auth("admin-key", value(object{{"subject", "7"}}));
  const auto me = r.ask(c, "users:me");
  ASSERT_TRUE(me);
  EXPECT_EQ(*me->find("admin"), value(true));
  EXPECT_EQ(*me->find("user")->find("subject"), value("7"));
}

TEST(fake_deployment, actions_run_queries_and_mutations_and_may_wait) {
  rig r;
  std::atomic<bool> go = false;
  r.deployment.action("messages:twice", [&](action_context& ctx, const value& args) {
    while (!go) std::this_thread::sleep_for(1ms);
    ctx.run_mutation("messages:send", args);
    ctx.run_mutation("messages:send", args);
    ctx.log("sent two");
    return value(static_cast<double>(ctx.run_query("messages:list").as_array().size()));
  });
  client c = r.make_client();
  outcome out;
  c.action("messages:twice", message("again"), out.token());
  r.deployment.expect(an_action("messages:twice"));
  EXPECT_TRUE(r.ask(c, "messages:list")) << "an action that waits holds nobody up";
  EXPECT_FALSE(out.got);
  go = true;
  r.until([&] { return out.got.has_value(); }, "the action");
  ASSERT_TRUE(out.ok());
  EXPECT_EQ(**out.got, value(2));
  const auto failed = r.act(c, "messages:send");
  EXPECT_FALSE(failed) << "a mutation is no action";
}

TEST(fake_deployment, what_an_action_calls_throws_in_it) {
  rig r;
  r.deployment.mutation("m:no", [](mutation_context&, const value&) -> value { throw convex_error("data"); });
  r.deployment.action("a:try", [](action_context& ctx, const value&) -> value {
    try {
      ctx.run_mutation("m:no");
    } catch (const convex_error& e) {
      return e.data();
    }
    return value();
  });
  client c = r.make_client();
  const auto out = r.act(c, "a:try");
  ASSERT_TRUE(out);
  EXPECT_EQ(*out, value("data"));
}

TEST(fake_deployment, log_lines_come_with_the_result) {
  rig r;
  r.deployment.query("q:chatty", [](query_context& db, const value&) {
    db.log("hello");
    db.log("careful", "WARN");
    return value();
  });
  client c = r.make_client();
  seen q(c, "q:chatty");
  r.until([&] { return q.ready(); }, "the value");
  EXPECT_EQ(q.states.back()->log_lines, (std::vector<std::string>{"[LOG] hello", "[WARN] careful"}));
}

TEST(fake_deployment, held_calls_wait_and_the_optimistic_view_shows_meanwhile) {
  rig r;
  client c = r.make_client();
  seen list(c, "messages:list");
  r.until([&] { return list.ready(); }, "the list");
  r.deployment.hold("messages:send");
  mutation_options options;
  options.optimistic = [](local_store& store) {
    array rows = store.get_query("messages:list", object())->as_array();
    rows.push_back(message("soon"));
    store.set_query("messages:list", object(), rows);
  };
  outcome out;
  c.mutation("messages:send", message("soon"), options, out.token());
  r.until([&] { return list.rows() == 1; }, "the optimistic row");
  EXPECT_TRUE(list.states.back()->is_optimistic);
  r.deployment.expect_none(a_mutation("messages:send"), 20ms);
  r.deployment.release("messages:send");
  r.until([&] { return out.got.has_value(); }, "the mutation");
  EXPECT_FALSE(list.states.back()->is_optimistic);
  EXPECT_EQ(list.rows(), 1u);
}

TEST(fake_deployment, a_function_may_be_replaced_while_it_is_watched) {
  rig r;
  r.deployment.query_result("app:title", "old");
  client c = r.make_client();
  seen title(c, "app:title");
  r.until([&] { return title.ready(); }, "the title");
  r.deployment.query_result("app:title", "new");
  r.until([&] { return *title.states.back()->current() == value("new"); }, "the new title");
  r.deployment.query_error("app:title", "gone");
  r.until([&] { return title.states.back()->failure.has_value(); }, "the error");
  EXPECT_EQ(*title.states.back()->last_value, value("new"));
}

TEST(fake_deployment, goes_offline_and_comes_back) {
  rig r;
  client c = r.make_client();
  seen list(c, "messages:list");
  r.until([&] { return list.ready(); }, "the list");
  r.deployment.set_offline(true);
  r.until([&] { return !c.state().is_connected; }, "the loss");
  r.deployment.change([](tables& all) { all.table("messages").insert({{"body", "meanwhile"}}); });
  r.deployment.set_offline(false);
  r.until([&] { return list.rows() == 1; }, "what happened meanwhile");
}

TEST(fake_deployment, documents_are_guarded) {
  rig r;
  auto& d = r.deployment;
  d.change([](tables& all) { all.table("t").insert({{"a", 1}, {"b", 2}}); });
  d.change([](tables& all) { all.table("t").patch("t-1", {{"a", 3}}, {"b"}); });
  const value row = d.documents("t").front();
  EXPECT_EQ(*row.find("a"), value(3));
  EXPECT_EQ(row.find("b"), nullptr);
  d.change([](tables& all) { all.table("t").replace("t-1", {{"c", 1}}); });
  EXPECT_EQ(d.documents("t").front().find("a"), nullptr);
  EXPECT_EQ(*d.documents("t").front().find("_creationTime"), *row.find("_creationTime"));
  for (const char* id : {"t-2", "u-1", "t", "", "t-01", "t-x"})
    EXPECT_THROW(d.change([&](tables& all) { all.table("t").patch(id, {}); }), std::invalid_argument) << id;
  EXPECT_THROW(d.change([](tables& all) { all.table("t").insert({{"_id", "mine"}}); }), std::invalid_argument);
  EXPECT_THROW(d.change([](tables& all) { all.table("no table").insert({}); }), std::invalid_argument);
  EXPECT_THROW(d.change([](tables& all) {
    all.table("t").remove("t-1");
    throw std::runtime_error("changed my mind");
  }),
               std::runtime_error);
  EXPECT_EQ(d.documents("t").size(), 1u) << "what threw has changed nothing";
  d.change([](tables& all) { all.table("t").clear(); });
  EXPECT_TRUE(d.documents("t").empty());
  EXPECT_EQ(d.change([](tables& all) { all.table("t").insert({}); }) > 0, true);
  EXPECT_EQ(*d.documents("t").front().find("_id"), value("t-2")) << "an id is never used twice";
}

TEST(fake_deployment, a_function_that_calls_the_deployment_is_told_so) {
  rig r;
  r.deployment.mutation("m:deep", [&](mutation_context&, const value&) {
    r.deployment.change([](tables&) {});
    return value();
  });
  client c = r.make_client();
  const auto out = r.call(c, "m:deep", object());
  ASSERT_FALSE(out);
  EXPECT_NE(out.error().message.find("works with its context"), std::string::npos) << out.error().message;
}

}  // namespace
}  // namespace hull::mock::test
