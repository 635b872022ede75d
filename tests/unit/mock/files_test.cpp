// Deployments and scripts as files.
#include "rig.hpp"

#include <hull/mock/deployment_file.hpp>
#include <hull/mock/script_file.hpp>

#include <boost/asio/post.hpp>

#include <gtest/gtest.h>

#include <optional>
#include <thread>

namespace hull::mock::test {
namespace {

TEST(deployment_file, tables_bring_their_functions) {
  rig r;
  const auto added = add_deployment_text(r.deployment, R"({
    "tables": {"todos": [{"text": "a", "done": false}, {"text": "b", "done": true}]},
    "functions": {"todos:open": {"does": "list", "table": "todos"},
                  "app:name": {"query": true, "returns": {"$integer": "AgAAAAAAAAA="}},
                  "app:no": {"action": true, "fails": "no"}}
  })");
  ASSERT_TRUE(added) << added.error().message;
  client c = r.make_client();
  EXPECT_EQ(r.ask(c, "todos:list")->as_array().size(), 2u);
  const auto done = r.ask(c, "todos:open", object{{"done", true}});
  ASSERT_EQ(done->as_array().size(), 1u);
  EXPECT_EQ(*done->as_array().front().find("_id"), value("todos-2"));
  EXPECT_EQ(*r.ask(c, "todos:get", object{{"id", "todos-1"}})->find("text"), value("a"));
  EXPECT_TRUE(r.ask(c, "todos:get", object{{"id", "todos-9"}})->is_null());
  EXPECT_EQ(*r.call(c, "todos:insert", object{{"text", "c"}}), value("todos-3"));
  EXPECT_TRUE(r.call(c, "todos:patch", object{{"id", "todos-3"}, {"done", true}}));
  EXPECT_EQ(*r.deployment.documents("todos")[2].find("text"), value("c"));
  EXPECT_TRUE(r.call(c, "todos:replace", object{{"id", "todos-3"}, {"text", "d"}}));
  EXPECT_EQ(r.deployment.documents("todos")[2].find("done"), nullptr);
  EXPECT_TRUE(r.call(c, "todos:remove", object{{"id", "todos-3"}}));
  EXPECT_FALSE(r.call(c, "todos:remove", object{{"id", "todos-3"}}));
  EXPECT_FALSE(r.call(c, "todos:patch", object{{"text", "no id"}}));
  const value options = object{{"paginationOpts", object{{"numItems", 1}, {"cursor", nullptr}}}};
  EXPECT_EQ(*r.ask(c, "todos:newest_page", options)->find("page")->as_array().front().find("text"), value("b"));
  EXPECT_EQ(*r.ask(c, "todos:page", options)->find("page")->as_array().front().find("text"), value("a"));
  EXPECT_EQ(*r.ask(c, "app:name"), value::int64(2));
  const auto no = r.act(c, "app:no");
  ASSERT_FALSE(no);
  EXPECT_EQ(no.error().data, value("no"));
}

TEST(deployment_file, what_is_wrong_is_told_by_place_and_changes_nothing) {
  const std::vector<std::pair<const char*, const char*>> cases = {
      {"{\n \"tables\": ,\n}", "line 2, column "},
      {"[]", ".: must be an object"},
      {R"({"table": {}})", ".table: is not known here; there are tables, functions, users"},
      {R"({"tables": {"t": {}}})", ".tables.t: must be an array"},
      {R"({"tables": {"t": [{}, 5]}})", ".tables.t[1]: must be an object"},
      {R"({"tables": {"t": [{"_id": "x"}]}})", ".tables.t: The field \"_id\""},
      {R"({"tables": {"no table": [{}]}})", ".tables.no table: \"no table\" cannot name a table"},
      {R"({"functions": {"a b": {}}})", ".functions[\"a b\"]: "},
      {R"({"functions": {"a:b": {}}})", ".functions[\"a:b\"]: needs"},
      {R"({"functions": {"a:b": {"does": "fly", "table": "t"}}})", ".functions[\"a:b\"].does: there is no \"fly\""},
      {R"({"functions": {"a:b": {"query": true}}})", ".functions[\"a:b\"]: needs either"},
      {R"({"functions": {"a:b": {"query": true, "returns": 1, "fails": 2}}})", ".functions[\"a:b\"]: needs either"},
      {R"({"users": {"t": 5}})", ".users[\"t\"]: must be an object"},
  };
  rig r;
  for (const auto& [text, expected] : cases) {
    const auto added = add_deployment_text(r.deployment, text);
    ASSERT_FALSE(added) << text;
    EXPECT_EQ(added.error().message.substr(0, std::string(expected).size()), expected);
  }
  EXPECT_TRUE(r.deployment.documents("t").empty());
  EXPECT_FALSE(add_deployment_file(r.deployment, "/no/such/file.json"));
}

/// Runs the script on this thread while the client's home turns on another.
result<void> with_client(const std::string& steps, const std::function<void(client&)>& act) {
  boost::asio::io_context loop;
  mock_server server;
  std::optional<client> c;
  boost::asio::post(loop, [&] {
    client_options o;
    o.backoff_initial = o.backoff_own_close = 10ms;
    c.emplace(loop.get_executor(), server.url(), o);
    act(*c);
  });
  std::thread home([&] { loop.run(); });
  script_options o;
  o.patience = 500ms;
  const auto done = run_script_text(server, steps, o);
  boost::asio::post(loop, [&] { c.reset(); });
  home.join();
  return done;
}

void send_hi(client& c) {
  c.mutation("messages:send", message("hi"), [](const result<value>&) {});
}

TEST(script_file, goes_through_its_steps) {
  subscription live;
  const auto done = with_client(
      R"({"steps": [
        {"expect": "hello"},
        {"transition": [{"query": "messages:list", "value": []}], "chunks": 2},
        {"expect": "Mutation", "path": "messages:send", "with": {"body": "hi"}},
        {"answer": null}, {"transition": []}, {"wait_ms": 1},
        {"close": 1001, "reason": "bye"},
        {"expect": "Connect"}, {"expect": "ModifyQuerySet"},
        {"transition": [{"query": "messages:list", "error": "gone", "data": 7}]},
        {"drop": true}, {"accept": true}, {"expect": "hello"}]})",
      [&](client& c) {
        live = c.watch_query("messages:list").on_change([](const query_state_ptr&) {});
        send_hi(c);
      });
  EXPECT_TRUE(done) << done.error().message;
}

TEST(script_file, names_the_step_that_went_wrong) {
  const std::vector<std::pair<const char*, const char*>> cases = {
      {R"({"steps": [{"expect": "hello"}, {"transition": []}, {"expect": "Action"}]})",
       ".steps[2]: expected Action, but the client sent "},
      {R"({"steps": [{"expect": "hello"}, {"expect": "Mutation", "path": "messages:send", "args": {"body": "ho"}}]})",
       ".steps[1]: expected mutation messages:send with {\"body\":\"ho\"}, but there came:"},
      {R"({"steps": [{"expect": "hello"}, {"answer": 1}]})", ".steps[1]: no mutation or action waits"},
      {R"({"steps": [{"expect": "hello"}, {"transition": [{"query": "a:b", "value": 1}]}]})",
       ".steps[1].transition[0]: the client watches no query \"a:b\""},
      {R"({"steps": [{"expect": "tea"}]})", ".steps[0].expect: must be hello"},
      {R"({"steps": [{"sing": 1}]})", ".steps[0]: needs one of accept"},
      {R"({"steps": [{"close": 5}]})", ".steps[0].close: must be a whole number"},
      {R"({"steps": 1})", ".steps: must be an array"},
      {R"({})", ".: needs \"steps\""},
  };
  for (const auto& [text, expected] : cases) {
    const auto done = with_client(text, send_hi);
    ASSERT_FALSE(done) << text;
    EXPECT_EQ(done.error().message.substr(0, std::string(expected).size()), expected);
  }
}

}  // namespace
}  // namespace hull::mock::test
