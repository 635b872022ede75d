// Credentials on the wire and their confirmation.
#include "support/engine_harness.hpp"

#include <gtest/gtest.h>

namespace hull::test {
namespace {

TEST(sync_identity, T7_T8_outstanding_until_confirmed_or_cleared) {
  sync::identity i;
  EXPECT_TRUE(i.is_confirmed());
  i.set({protocol::token_type::admin, "key", {}});
  ASSERT_TRUE(i.restart());
  EXPECT_FALSE(i.is_confirmed());
  protocol::transition t;
  i.on_transition(t, sync::moment(0), {});
  EXPECT_FALSE(i.is_confirmed()) << "identity did not move";
  t.end.identity = 1;
  i.on_transition(t, sync::moment(0), {});
  EXPECT_TRUE(i.is_confirmed());
  i.restart();
  EXPECT_FALSE(i.is_confirmed());
  i.set({});
  EXPECT_TRUE(i.is_confirmed());
  EXPECT_FALSE(i.restart()) << "signed out: nothing to send";
}

TEST(sync_identity, authenticate_comes_before_queries_and_calls) {
  engine_harness e;
  mock::script server(e);
  e.set_admin("name|secret");
  e.subscribe(e.key("q:list"));
  e.mutate("m:send");
  e.start_and_open();
  server.expect_connect();
  const auto auth = server.expect_authenticate();
  EXPECT_EQ(auth.type, protocol::token_type::admin);
  EXPECT_EQ(auth.token, "name|secret");
  EXPECT_EQ(server.expect_modify_query_set().modifications.size(), 1u);
  server.expect_mutation();
}

TEST(sync_identity, N1_late_sign_in_still_connects_first) {
  engine_harness e;
  mock::script server(e);
  e.start_and_open();
  server.expect_hello();
  e.set_admin("name|secret");
  EXPECT_EQ(server.expect_authenticate().base_version, 0u);
}

TEST(sync_identity, signing_out_is_said_once) {
  engine_harness e;
  mock::script server(e);
  e.start_and_open();
  server.expect_hello();
  e.set_admin("");
  server.expect_silence();
  e.set_admin("name|secret");
  server.expect_authenticate();
  e.set_admin("");
  EXPECT_EQ(server.expect_authenticate().type, protocol::token_type::none);
  e.drop();
  e.reconnect();
  mock::script again(e);
  again.expect_hello();
  again.expect_silence();
}

TEST(sync_identity, refused_key_is_cleared_and_reported_without_the_key) {
  engine_harness e;
  mock::script server(e);
  e.set_admin("name|secret");
  e.start_and_open();
  server.expect_connect();
  server.expect_authenticate();
  server.expect_modify_query_set();
  protocol::auth_error refused;
  refused.message = "bad key";
  refused.base_version = 0;
  refused.auth_update_attempted = true;
  server.send(refused);
  server.close(1005);
  EXPECT_TRUE(e.has_log("Failed to authenticate: \"bad key\", check your server auth config"));
  EXPECT_FALSE(e.has_log("secret"));
  e.reconnect();
  mock::script again(e);
  again.expect_hello();
  again.expect_silence();
}

TEST(sync_identity, error_about_replaced_credentials_is_ignored) {
  engine_harness e;
  mock::script server(e);
  e.set_admin("old");
  e.start_and_open();
  server.expect_connect();
  server.expect_authenticate();
  server.expect_modify_query_set();
  e.set_admin("new");
  server.expect_authenticate();
  protocol::auth_error refused;
  refused.message = "old one";
  refused.base_version = 0;
  server.send(refused);
  server.close(1005);
  e.reconnect();
  mock::script again(e);
  again.expect_connect();
  EXPECT_EQ(again.expect_authenticate().token, "new");
}

}  // namespace
}  // namespace hull::test
