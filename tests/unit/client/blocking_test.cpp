// The blocking client, with a mock deployment, a silent one, and none.
#include <hull/hull.hpp>
#include <hull/mock/mock_server.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace hull::test {
namespace {

using namespace std::chrono_literals;
using mock::updated;

struct step {
  int number = 0;
  bool done = false;
};
BOOST_DESCRIBE_STRUCT(step, (), (number, done))

constexpr query_ref<no_args, step> progress{"job:progress"};
constexpr mutation_ref<step, int> begin_job{"job:begin"};
constexpr action_ref<no_args, void> ping{"job:ping"};

client_options quick() {
  client_options o;
  o.backoff_initial = o.backoff_own_close = 10ms;
  return o;
}

/// Starts a call in another thread, so that the test may play the server.
template <class F>
auto elsewhere(F f) {
  return std::async(std::launch::async, std::move(f));
}

TEST(client_blocking, calls_return_results_and_errors) {
  mock::mock_server deployment;
  blocking_client c(deployment.url(), quick());
  const auto socket = deployment.accept();
  mock::script server(*socket);
  server.expect_hello();

  auto query = elsewhere([&] { return c.query("q:a", value::make_object({{"n", 1}})); });
  server.expect_modify_query_set();
  server.transition({updated(0, "a")}, 10);
  EXPECT_EQ(query.get().value(), value("a"));
  server.expect_modify_query_set();  // One answer was all that was wanted.

  auto mutation = elsewhere([&] { return c.mutation("m:b"); });
  server.answer_mutation(server.expect_mutation().id, "b", 20);
  EXPECT_EQ(mutation.wait_for(20ms), std::future_status::timeout) << "not before its writes show";
  server.transition({}, 20);
  EXPECT_EQ(mutation.get().value(), value("b"));

  auto action = elsewhere([&] { return c.action("a:c", object{}, 5s); });
  server.fail_action(server.expect_action().id, "no", "data");
  const auto failed = action.get();
  EXPECT_EQ(failed.error().code, errc::function_failed);
  EXPECT_EQ(failed.error().message, "no");
  EXPECT_EQ(failed.error().data, value("data"));

  EXPECT_EQ(c.query("no path", object{}).error().code, errc::bad_argument);
  EXPECT_EQ(c.mutation("m:b", 5).error().code, errc::bad_argument);
  EXPECT_TRUE(c.state()->is_connected);
}

TEST(client_blocking, typed_calls) {
  mock::mock_server deployment;
  blocking_client c(deployment.url(), quick());
  const auto socket = deployment.accept();
  mock::script server(*socket);
  server.expect_hello();

  auto begun = elsewhere([&] { return c.mutation(begin_job, {7, false}, 5s); });
  const auto asked = server.expect_mutation();
  EXPECT_EQ(asked.args, array{value::make_object({{"done", false}, {"number", 7}})});
  server.answer_mutation(asked.id, 1, 10);
  server.transition({}, 10);
  EXPECT_EQ(begun.get().value(), 1);

  auto pinged = elsewhere([&] { return c.action(ping, {}); });
  server.answer_action(server.expect_action().id, nullptr);
  EXPECT_TRUE(pinged.get().has_value());

  auto seen = elsewhere([&] { return c.query(progress, {}); });
  server.expect_modify_query_set();
  server.transition({updated(0, value::make_object({{"number", "x"}, {"done", true}}))}, 20);
  const auto misfit = seen.get();
  EXPECT_EQ(misfit.error().code, errc::bad_value);
  EXPECT_EQ(misfit.error().message.rfind("The result of job:progress: number: expected a whole number", 0), 0u)
      << misfit.error().message;
}

TEST(client_blocking, waits_for_a_value) {
  mock::mock_server deployment;
  blocking_client c(deployment.url(), quick());
  const auto socket = deployment.accept();
  mock::script server(*socket);
  server.expect_hello();
  const auto at = [](int number, bool done) { return value::make_object({{"number", number}, {"done", done}}); };

  auto finished = elsewhere([&] {
    return c.wait_for(
        progress, {}, [](const step& s) { return s.done; }, 5s);
  });
  server.expect_modify_query_set();
  server.transition({updated(0, at(1, false))}, 10);
  server.transition({updated(0, at(2, false))}, 20);
  server.transition({updated(0, at(3, true))}, 30);
  EXPECT_EQ(finished.get()->number, 3);
  EXPECT_TRUE(std::holds_alternative<protocol::remove_query>(server.expect_modify_query_set().modifications.at(0)));

  auto broken = elsewhere([&] { return c.wait_for("q:x", object{}, [](const value&) { return true; }); });
  server.expect_modify_query_set();
  server.transition({mock::failed(1, "broken")}, 40);
  EXPECT_EQ(broken.get().error().message, "broken");
  server.expect_modify_query_set();

  auto thrown = elsewhere([&] {
    return c.wait_for("q:y", object{}, [](const value&) -> bool { throw std::runtime_error("from the predicate"); });
  });
  server.expect_modify_query_set();
  server.transition({updated(2, 1)}, 50);
  EXPECT_THROW(
      try { thrown.get(); } catch (const std::runtime_error& e) {
        EXPECT_STREQ(e.what(), "from the predicate");
        throw;
      },
      std::runtime_error);
  server.expect_modify_query_set();

  EXPECT_EQ(c.wait_for(
                 "no path", object{}, [](const value&) { return true; }, 5s)
                .error()
                .code,
            errc::bad_argument);
}

TEST(client_blocking, limits_hold_without_a_deployment) {
  std::string url;
  {
    mock::mock_server gone;
    url = gone.url();
  }
  blocking_client c(url, quick());
  const auto always = [](const value&) { return true; };
  EXPECT_EQ(c.query("q:a", object{}, 10ms).error().code, errc::timed_out);
  EXPECT_EQ(c.action("a:a", object{}, 0ms).error().code, errc::timed_out);
  EXPECT_EQ(c.wait_for("q:a", object{}, always, 10ms).error().code, errc::timed_out);
  const auto late = c.mutation("m:a", object{}, 10ms);
  EXPECT_EQ(late.error().code, errc::timed_out);
  EXPECT_EQ(late.error().message, "No answer within 10 ms.");
  EXPECT_TRUE(late.error().is_retryable());
  const auto state = c.state();
  ASSERT_TRUE(state) << "asking the client itself needs no deployment";
  EXPECT_FALSE(state->is_connected);
  EXPECT_EQ(state->inflight_mutations, 0u) << "what timed out was taken back";
}

TEST(client_blocking, closing_ends_what_waits_in_other_threads) {
  mock::mock_server deployment;
  blocking_client c(deployment.url(), quick());
  const auto socket = deployment.accept();
  mock::script server(*socket);
  server.expect_hello();
  auto query = elsewhere([&] { return c.query("q:a", object{}); });
  server.expect_modify_query_set();
  auto mutation = elsewhere([&] { return c.mutation("m:a", object{}, std::chrono::milliseconds::max()); });
  server.expect_mutation();
  auto following = elsewhere([&] { return c.wait_for("q:b", object{}, [](const value&) { return true; }); });
  server.expect_modify_query_set();
  c.close();
  c.close();
  EXPECT_EQ(query.get().error().code, errc::closed);
  EXPECT_EQ(mutation.get().error().code, errc::closed);
  EXPECT_EQ(following.get().error().code, errc::closed);
  EXPECT_EQ(c.query("q:a", object{}).error().code, errc::closed);
  EXPECT_EQ(c.state().error().code, errc::closed);
  c.set_auth("ignored");
  EXPECT_TRUE(socket->wait_for_close());
}

TEST(client_blocking, many_threads_at_once) {
  mock::mock_server deployment;
  blocking_client c(deployment.url(), quick());
  const auto socket = deployment.accept();
  mock::script server(*socket);
  server.expect_hello();
  constexpr int threads = 8;
  std::vector<std::future<result<value>>> calls;
  for (int i = 0; i < threads; ++i)
    calls.push_back(elsewhere([&c, i] { return c.action("a:echo", value::make_object({{"n", i}})); }));
  for (int i = 0; i < threads; ++i) {
    const auto asked = server.expect_action();
    server.answer_action(asked.id, *asked.args.at(0).find("n"));
  }
  for (int i = 0; i < threads; ++i) EXPECT_EQ(calls[static_cast<std::size_t>(i)].get().value(), value(i));
}

TEST(client_blocking, a_call_inside_a_callback_is_refused) {
  mock::mock_server deployment;
  blocking_client c(deployment.url(), quick());
  const auto socket = deployment.accept();
  mock::script server(*socket);
  server.expect_hello();
  std::optional<result<value>> inner;
  std::optional<errc> inner_state;
  auto waiting = elsewhere([&] {
    return c.wait_for("q:a", object{}, [&](const value&) {
      inner = c.query("q:b", object{});
      inner_state = c.state().error().code;
      return true;
    });
  });
  server.expect_modify_query_set();
  server.transition({updated(0, 1)}, 10);
  EXPECT_EQ(waiting.get().value(), value(1));
  ASSERT_TRUE(inner);
  EXPECT_EQ(inner->error().code, errc::bad_argument);
  EXPECT_NE(inner->error().message.find("inside one of its own callbacks"), std::string::npos);
  EXPECT_EQ(inner_state, errc::bad_argument);
}

TEST(client_blocking, may_be_destroyed_inside_its_own_callback) {
  mock::mock_server deployment;
  std::promise<void> destroyed;
  {
    auto c = std::make_shared<std::unique_ptr<blocking_client>>();
    *c = std::make_unique<blocking_client>(deployment.url(), quick());
    (*c)->set_auth([c, &destroyed](const token_request&, const token_answer& answer) {
      if (!*c) return;
      answer(std::optional<std::string>());
      c->reset();
      destroyed.set_value();
    });
  }
  auto ended = destroyed.get_future();
  ASSERT_EQ(ended.wait_for(5s), std::future_status::ready);
}

TEST(client_blocking, signs_in_and_out) {
  mock::mock_server deployment;
  blocking_client c(deployment.url(), quick());
  const auto socket = deployment.accept();
  mock::script server(*socket);
  server.expect_hello();
  c.set_admin_auth("key");
  const auto signed_in = server.expect_authenticate();
  EXPECT_EQ(signed_in.type, protocol::token_type::admin);
  EXPECT_EQ(signed_in.token, "key");
  c.clear_auth();
  EXPECT_EQ(server.expect_authenticate().type, protocol::token_type::none);
}

TEST(client_blocking, callbacks_that_throw_end_in_the_log) {
  mock::mock_server deployment;
  client_options options = quick();
  std::promise<std::string> logged;
  options.log = [&](log_level level, std::string_view line) {
    if (level == log_level::error && line.find("threw") != std::string_view::npos) logged.set_value(std::string(line));
  };
  blocking_client c(deployment.url(), options);
  const auto socket = deployment.accept();
  mock::script server(*socket);
  server.expect_hello();
  c.set_auth([](const token_request&, const token_answer& answer) { answer(std::string("token")); },
             [](bool) { throw std::runtime_error("on_change is broken"); });
  server.expect_authenticate();
  server.transition({}, 10);
  auto line = logged.get_future();
  ASSERT_EQ(line.wait_for(5s), std::future_status::ready);
  EXPECT_EQ(line.get(), "A callback of a blocking_client threw: on_change is broken");
  EXPECT_TRUE(c.state()) << "the client lives on";
}

TEST(client_blocking, bad_addresses_throw) { EXPECT_THROW(blocking_client("not an address"), std::invalid_argument); }

}  // namespace
}  // namespace hull::test
