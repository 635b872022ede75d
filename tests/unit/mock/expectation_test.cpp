// What tests read when a client did something else than they expect.
#include "rig.hpp"

#include <gtest/gtest.h>

namespace hull::mock::test {
namespace {

call_record sent(value args) { return {function_kind::mutation, "messages:send", std::move(args), {}, false, {}}; }

TEST(expectation, names_the_first_thing_that_is_wrong) {
  const call_record hi = sent(object{{"body", "hi"}, {"author", "Ada"}});
  EXPECT_TRUE(a_mutation("messages:send").matches(hi));
  EXPECT_TRUE(a_mutation("messages.js:send").matches(hi));
  EXPECT_TRUE(a_mutation("messages:send").with_fields({{"body", "hi"}}).matches(hi));
  EXPECT_TRUE(a_mutation("messages:send").with(hi.args).matches(hi));
  EXPECT_EQ(an_action("messages:send").mismatch(hi), "another function");
  EXPECT_EQ(a_mutation("messages:drop").mismatch(hi), "another function");
  EXPECT_EQ(a_mutation("messages:send").with_fields({{"body", "ho"}}).mismatch(hi),
            "field \"body\" is \"hi\", not \"ho\"");
  EXPECT_EQ(a_mutation("messages:send").with_fields({{"room", 1}}).mismatch(hi), "field \"room\" is missing");
  EXPECT_EQ(a_mutation("messages:send").with(object{{"body", "hi"}}).mismatch(hi), "field \"author\" was not expected");
  EXPECT_EQ(a_mutation("messages:send").where("the body is long", [](const value&) { return false; }).mismatch(hi),
            "it does not hold that the body is long");
}

TEST(expectation, explains_what_came_instead) {
  const auto expected = a_mutation("messages:send").with_fields({{"body", "hi"}});
  EXPECT_EQ(explain(expected, {}),
            "expected mutation messages:send with {\"body\":\"hi\"} among its arguments, but nothing was called");
  EXPECT_EQ(explain(expected, {sent(object{{"body", "ho"}})}),
            "expected mutation messages:send with {\"body\":\"hi\"} among its arguments, but there came:\n"
            "  mutation messages:send {\"body\":\"ho\"}: field \"body\" is \"ho\", not \"hi\"");
}

TEST(expectation, a_call_is_used_up) {
  rig r;
  client c = r.make_client();
  outcome one;
  outcome two;
  c.mutation("messages:send", message("one"), one.token());
  c.mutation("messages:send", message("two"), two.token());
  EXPECT_EQ(*r.deployment.expect(a_mutation("messages:send").with_fields({{"body", "two"}})).args.find("body"),
            value("two"));
  EXPECT_EQ(*r.deployment.expect(a_mutation("messages:send")).args.find("body"), value("one"));
  r.deployment.expect_none(a_mutation("messages:send"), 10ms);
  EXPECT_EQ(r.deployment.calls().size(), 2u);
  r.deployment.forget_calls();
  EXPECT_TRUE(r.deployment.calls().empty());
}

TEST(expectation, waiting_in_vain_says_why) {
  deployment_options o;
  o.server.patience = 30ms;
  rig r(o);
  client c = r.make_client();
  outcome out;
  c.mutation("messages:send", object(), out.token());
  try {
    r.deployment.expect(a_mutation("messages:send").with_fields({{"body", "hi"}}));
    FAIL() << "nothing matches";
  } catch (const unexpected& e) {
    const std::string text = e.what();
    EXPECT_NE(text.find("waited 30 ms"), std::string::npos) << text;
  }
  EXPECT_THROW(r.deployment.wait_until([] { return false; }, "the end of time"), unexpected);
}

TEST(expectation, an_unwanted_call_is_told) {
  rig r;
  client c = r.make_client();
  outcome out;
  c.mutation("messages:send", message("oh"), out.token());
  try {
    r.deployment.expect_none(a_mutation("messages:send"), 5s);
    FAIL() << "it came";
  } catch (const unexpected& e) {
    EXPECT_EQ(std::string(e.what()),
              "expected no mutation messages:send, but there came mutation messages:send "
              "{\"author\":\"Ada\",\"body\":\"oh\"}");
  }
}

}  // namespace
}  // namespace hull::mock::test
