// The whole path on loopback: live queries, mutations, actions and errors of a real deployment.
#include "support.hpp"

#include "http_call.hpp"

#include <gtest/gtest.h>

#include <fstream>

using namespace hull;
using namespace hull::test;

namespace {

class live : public ::testing::Test {
 protected:
  void SetUp() override {
    backend_.start();
    push_app(backend_.url(), backend_.admin_key(), chat_app());
  }
  backend_process backend_;
};

std::size_t rows_of(const query_state_ptr& s) { return s->current() ? s->current()->as_array().size() : 0; }

}  // namespace

TEST_F(live, query_follows_the_mutations_of_another_client) {
  client_on_loop reader(backend_.url());
  client_on_loop writer(backend_.url());
  auto watch = reader.client().watch_query("messages:list");
  std::vector<std::size_t> sizes;
  const auto subscription = watch.on_change([&](const query_state_ptr& s) { sizes.push_back(rows_of(s)); });
  ASSERT_TRUE(reader.run_until([&] { return watch.current()->current() != nullptr; }));
  EXPECT_EQ(rows_of(watch.current()), 0u);
  for (int i = 1; i <= 3; ++i) {
    ASSERT_TRUE(writer.mutate("messages:send", value::make_object({{"body", "n" + std::to_string(i)}})));
    ASSERT_TRUE(reader.run_until([&] { return rows_of(watch.current()) == static_cast<std::size_t>(i); }));
  }
  EXPECT_EQ(watch.current()->current()->as_array()[2].find("body")->as_string(), "n3");
  EXPECT_EQ(sizes.back(), 3u);
}

TEST_F(live, a_mutation_completes_when_its_write_is_visible) {
  client_on_loop c(backend_.url());
  auto watch = c.client().watch_query("messages:list");
  const auto subscription = watch.on_change([](const query_state_ptr&) {});
  for (std::size_t i = 1; i <= 20; ++i) {
    ASSERT_TRUE(c.mutate("messages:send", value::make_object({{"body", "x"}})));
    EXPECT_EQ(rows_of(watch.current()), i);
  }
}

TEST_F(live, action_and_one_shot_query) {
  client_on_loop c(backend_.url());
  std::optional<result<value>> echoed, latest;
  c.client().action("messages:echo", value::make_object({{"n", value::int64(1LL << 60)}}),
                    [&](result<value> r) { echoed.emplace(std::move(r)); });
  c.client().query("messages:latest", object{}, [&](result<value> r) { latest.emplace(std::move(r)); });
  ASSERT_TRUE(c.run_until([&] { return echoed && latest; }));
  ASSERT_TRUE(*echoed) << echoed->error().message;
  EXPECT_EQ(echoed->value().find("n")->as_int64(), 1LL << 60);
  ASSERT_TRUE(*latest);
  EXPECT_TRUE(latest->value().is_null());
}

TEST_F(live, errors_reach_the_one_caller_and_the_server_goes_on) {
  client_on_loop c(backend_.url());
  auto failing = c.client().watch_query("messages:fail");
  auto unknown = c.client().watch_query("messages:nothing_there");
  const auto s1 = failing.on_change([](const query_state_ptr&) {});
  const auto s2 = unknown.on_change([](const query_state_ptr&) {});
  ASSERT_TRUE(c.run_until([&] { return failing.current()->failure && unknown.current()->failure; }));
  EXPECT_EQ(failing.current()->state, query_state::status::error);
  ASSERT_TRUE(failing.current()->failure->data);
  EXPECT_EQ(failing.current()->failure->data->find("reason")->as_string(), "luck");
  EXPECT_NE(unknown.current()->failure->message.find("Could not find public function for 'messages:nothing_there'"),
            std::string::npos)
      << unknown.current()->failure->message;

  const auto refused = c.mutate("messages:list", object{});
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("Trying to execute messages.js:list as Mutation, but it is defined as Query."),
            std::string::npos)
      << refused.error().message;
  EXPECT_TRUE(c.mutate("messages:send", value::make_object({{"body", "still here"}})));
}

TEST_F(live, a_push_reruns_live_queries) {
  client_on_loop c(backend_.url());
  auto watch = c.client().watch_query("messages:latest");
  const auto subscription = watch.on_change([](const query_state_ptr&) {});
  ASSERT_TRUE(c.run_until([&] { return watch.current()->current() != nullptr; }));
  app_modules changed = chat_app();
  std::string& source = changed["messages.js"];
  source.replace(source.find("?? null);\nexport const send"), 7, "?? 4711");
  push_app(backend_.url(), backend_.admin_key(), changed);
  EXPECT_TRUE(c.run_until([&] {
    const auto* v = watch.current()->current();
    return v && v->if_double() && v->as_double() == 4711;
  }));
}

TEST_F(live, refuses_a_wrong_admin_key) {
  try {
    push_app(backend_.url(), "somebody|0123", chat_app());
    FAIL() << "the push was accepted";
  } catch (const std::runtime_error& e) {
    EXPECT_NE(std::string(e.what()).find("403"), std::string::npos) << e.what();
    EXPECT_NE(std::string(e.what()).find("BadDeployKey"), std::string::npos) << e.what();
  }
}

TEST_F(live, stops_cleanly_and_starts_with_everything_it_had) {
  client_on_loop c(backend_.url());
  ASSERT_TRUE(c.mutate("messages:send", value::make_object({{"body", "kept"}})));
  EXPECT_EQ(backend_.stop(), 0) << backend_.log();
  backend_.start();
  auto watch = c.client().watch_query("messages:list");
  const auto subscription = watch.on_change([](const query_state_ptr&) {});
  EXPECT_TRUE(c.run_until([&] { return rows_of(watch.current()) == 1; }));
}
