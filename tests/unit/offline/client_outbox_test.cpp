// A client with an outbox, against the mock deployment.
#include "client/support/home.hpp"
#include "scratch_folder.hpp"

#include <hull/offline/file_outbox.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace hull::test {
namespace {

using mock::updated;

struct outbox_home : home {
  scratch_folder folder;
  file_outbox_options box_options;
  struct told {
    hull::outbox::entry call;
    result<value> outcome;
  };
  std::vector<told> restored;
  std::function<void()> on_told;

  client_options with_box(std::shared_ptr<hull::outbox> box) {
    client_options o = options();
    o.outbox = std::move(box);
    o.on_restored = [this](const hull::outbox::entry& call, const result<value>& outcome) {
      restored.push_back({call, outcome});
      if (on_told) on_told();
    };
    return o;
  }
  client_options with_box() { return with_box(std::make_shared<file_outbox>(folder / "box", box_options)); }
  client make(client_options o) { return client(loop.get_executor(), server.url(), std::move(o)); }
  client make() { return make(with_box()); }

  /// Mutations that an earlier run left: called while the deployment could not be reached.
  void leave_behind(const std::vector<std::string>& paths) {
    server.refuse_connections(true);
    client c = make();
    for (const auto& path : paths) c.mutation(path, object{{"from", "before"}}, [](const result<value>&) {});
    EXPECT_TRUE(c.has_unacknowledged_mutations());
    c.close();
    pass(0ms);
    server.refuse_connections(false);
  }
};

TEST(client_outbox, a_mutation_called_offline_is_sent_by_the_next_run_exactly_once) {
  outbox_home h;
  h.leave_behind({"m:one", "m:two"});
  std::string session;
  {
    client c = h.make();
    EXPECT_TRUE(c.has_unacknowledged_mutations());
    const auto socket = h.accept();
    mock::script server(*socket);
    session = server.expect_hello().session_id;
    const auto one = server.expect_mutation();
    const auto two = server.expect_mutation();
    EXPECT_EQ(one.udf_path, "m:one");
    EXPECT_EQ(one.id, 0u);
    EXPECT_EQ(one.args, (array{object{{"from", "before"}}}));
    EXPECT_EQ(two.udf_path, "m:two");
    EXPECT_EQ(two.id, 1u);
    server.answer_mutation(0, "done", 20);
    server.transition({}, 20);
    ASSERT_TRUE(h.until([&] { return h.restored.size() == 1; }));
    EXPECT_EQ(h.restored[0].call.path, "m:one");
    EXPECT_EQ(h.restored[0].outcome.value(), value("done"));
    // The process ends here: the first one is over, the second is not.
  }
  {
    client c = h.make();
    const auto socket = h.accept();
    mock::script server(*socket);
    EXPECT_EQ(server.expect_hello().session_id, session);
    EXPECT_EQ(server.expect_mutation().id, 1u);
    server.expect_silence();
    outcome fresh;
    c.mutation("m:three", object{}, fresh.token());
    ASSERT_TRUE(h.until([&] { return c.state().inflight_mutations == 2; }));
    const auto three = server.expect_mutation();
    EXPECT_GT(three.id, 1u) << "an id of its own";
    server.fail_mutation(1, "refused");
    server.answer_mutation(three.id, 3, 30);
    server.transition({}, 30);
    ASSERT_TRUE(h.until([&] { return fresh.got && h.restored.size() == 2; }));
    EXPECT_EQ(h.restored[1].outcome.error().code, errc::function_failed);
  }
  client c = h.make();
  const auto socket = h.accept();
  mock::script server(*socket);
  EXPECT_NE(server.expect_hello().session_id, session) << "nobody needs the old one";
  server.expect_silence();
  EXPECT_FALSE(c.has_unacknowledged_mutations());
}

TEST(client_outbox, a_box_object_serves_one_client_after_the_other) {
  outbox_home h;
  const auto box = std::make_shared<file_outbox>(h.folder / "box");
  h.server.refuse_connections(true);
  {
    client c = h.make(h.with_box(box));
    c.mutation("m:x", object{}, [](const result<value>&) {});
  }
  h.server.refuse_connections(false);
  client c = h.make(h.with_box(box));
  const auto socket = h.accept();
  mock::script server(*socket);
  server.expect_hello();
  EXPECT_EQ(server.expect_mutation().udf_path, "m:x") << "also what the first client called last";
}

TEST(client_outbox, a_box_in_use_is_refused) {
  outbox_home h;
  h.box_options.lock_wait = 0ms;
  const auto box = std::make_shared<file_outbox>(h.folder / "box");
  client first = h.make(h.with_box(box));
  const auto refusal = [&](client_options o) -> std::string {
    try {
      client second = h.make(std::move(o));
      return "accepted";
    } catch (const std::runtime_error& e) {
      return e.what();
    }
  };
  EXPECT_NE(refusal(h.with_box(box)).find("in use by another client"), std::string::npos);
  EXPECT_NE(refusal(h.with_box()).find("is locked"), std::string::npos);
  first.close();
  h.box_options.lock_wait = 2000ms;
  EXPECT_EQ(refusal(h.with_box(box)), "accepted");
  EXPECT_EQ(refusal(h.with_box()), "accepted");
}

TEST(client_outbox, a_deployment_that_has_done_it_already_answers_from_memory) {
  outbox_home h;
  {
    client c = h.make();
    c.mutation("m:x", object{}, [](const result<value>&) {});
    const auto socket = h.accept();
    mock::script server(*socket);
    server.expect_hello();
    server.transition({}, 10);
    EXPECT_EQ(server.expect_mutation().id, 0u);
    // It runs at 20; the process ends before the answer comes.
  }
  client c = h.make();
  const auto socket = h.accept();
  mock::script server(*socket);
  server.expect_hello();
  server.transition({}, 40);
  EXPECT_EQ(server.expect_mutation().id, 0u) << "the id by which the deployment knows it";
  server.answer_mutation(0, "as before", 20);
  ASSERT_TRUE(h.until([&] { return h.restored.size() == 1; })) << "40 shows what was written at 20";
  EXPECT_EQ(h.restored[0].outcome.value(), value("as before"));
  server.expect_silence();
}

TEST(client_outbox, a_restored_mutation_is_predicted_until_its_result_is_there) {
  outbox_home h;
  h.leave_behind({"m:add"});
  client_options o = h.with_box();
  o.restored_update = [](const std::string& path, const value& args) -> optimistic_update {
    return [path, args](local_store& store) {
      if (const auto list = store.get_query("q:list", object{}))
        store.set_query("q:list", object{}, path + " " + *args.find("from")->if_string());
    };
  };
  client c = h.make(std::move(o));
  std::vector<std::pair<value, bool>> seen;
  subscription s = c.watch_query("q:list").on_change(
      [&](const query_state_ptr& state) { seen.emplace_back(*state->last_value, state->is_optimistic); });
  const auto socket = h.accept();
  mock::script server(*socket);
  server.expect_hello();
  server.transition({updated(0, "empty")}, 10);
  ASSERT_TRUE(h.until([&] { return seen.size() == 1; }));
  EXPECT_EQ(seen[0], (std::pair{value("m:add before"), true}));
  server.answer_mutation(server.expect_mutation().id, nullptr, 20);
  server.transition({updated(0, "added")}, 20);
  ASSERT_TRUE(h.until([&] { return seen.size() == 2; }));
  EXPECT_EQ(seen[1], (std::pair{value("added"), false}));
}

TEST(client_outbox, a_prediction_that_throws_does_not_keep_the_program_from_starting) {
  outbox_home h;
  h.leave_behind({"m:x"});
  client_options o = h.with_box();
  o.restored_update = [](const std::string&, const value&) -> optimistic_update {
    throw std::runtime_error("unknown mutation");
  };
  client c = h.make(std::move(o));
  EXPECT_TRUE(h.has_log("unknown mutation"));
  const auto socket = h.accept();
  mock::script server(*socket);
  server.expect_hello();
  EXPECT_EQ(server.expect_mutation().udf_path, "m:x");
}

TEST(client_outbox, what_is_too_old_is_told_and_not_sent) {
  outbox_home h;
  h.leave_behind({"m:old"});
  h.box_options.wall_clock_ms = [] {
    const auto now = std::chrono::system_clock::now().time_since_epoch() + std::chrono::hours(24 * 14);
    return std::int64_t{std::chrono::duration_cast<std::chrono::milliseconds>(now).count()};
  };
  client c = h.make();
  EXPECT_TRUE(h.restored.empty()) << "not inside of the constructor";
  ASSERT_TRUE(h.until([&] { return h.restored.size() == 1; }));
  EXPECT_EQ(h.restored[0].call.path, "m:old");
  EXPECT_EQ(h.restored[0].outcome.error().code, errc::timed_out);
  EXPECT_TRUE(h.has_log("too old"));
  const auto socket = h.accept();
  mock::script server(*socket);
  server.expect_hello();
  server.expect_silence();
}

/// A box whose disk is full.
class full_outbox final : public outbox {
 public:
  result<content> load(const std::string& fresh_session_id) override { return content{fresh_session_id, 0, {}, {}}; }
  result<void> record(const entry&) override { return error{errc::bad_argument, "no space left", {}, {}}; }
  void forget(protocol::request_id) override {}
};

TEST(client_outbox, a_mutation_that_cannot_be_recorded_goes_on_and_is_logged) {
  outbox_home h;
  client c = h.make(h.with_box(std::make_shared<full_outbox>()));
  outcome sent;
  c.mutation("m:x", object{}, sent.token());
  const auto socket = h.accept();
  mock::script server(*socket);
  server.expect_hello();
  server.answer_mutation(server.expect_mutation().id, 7, 20);
  server.transition({}, 20);
  ASSERT_TRUE(h.until([&] { return sent.got.has_value(); }));
  EXPECT_EQ(sent.got->value(), value(7));
  EXPECT_TRUE(h.has_log("m:x will not survive this process: no space left"));
}

TEST(client_outbox, closed_by_a_callback_right_after_a_call) {
  outbox_home h;
  {
    client c = h.make();
    subscription s = c.watch_query("q:a").on_change([&](const query_state_ptr&) {
      c.mutation("m:last", object{}, [](const result<value>&) {});
      c.close();
    });
    const auto socket = h.accept();
    mock::script server(*socket);
    server.expect_hello();
    server.transition({updated(0, 1)}, 10);
    ASSERT_TRUE(h.until([&] { return c.is_closed(); }));
  }
  client c = h.make();
  const auto socket = h.accept();
  mock::script server(*socket);
  server.expect_hello();
  EXPECT_EQ(server.expect_mutation().udf_path, "m:last");
}

TEST(client_outbox, closed_by_the_first_of_several_outcomes) {
  outbox_home h;
  h.leave_behind({"m:one", "m:two"});
  {
    client c = h.make();
    h.on_told = [&] { c.close(); };
    const auto socket = h.accept();
    mock::script server(*socket);
    server.expect_hello();
    server.answer_mutation(server.expect_mutation().id, 1, 20);
    server.answer_mutation(server.expect_mutation().id, 2, 20);
    server.transition({}, 20);
    ASSERT_TRUE(h.until([&] { return c.is_closed(); }));
  }
  h.on_told = nullptr;
  client c = h.make();
  const auto socket = h.accept();
  mock::script server(*socket);
  server.expect_hello();
  server.expect_silence();  // Both were over.
}

TEST(client_outbox, a_cancelled_mutation_is_not_sent_by_the_next_run) {
  outbox_home h;
  h.server.refuse_connections(true);
  {
    client c = h.make();
    boost::asio::cancellation_signal cancel;
    outcome called;
    c.mutation("m:x", object{}, boost::asio::bind_cancellation_slot(cancel.slot(), called.token()));
    cancel.emit(boost::asio::cancellation_type::all);
    ASSERT_TRUE(h.until([&] { return called.got.has_value(); }));
  }
  h.server.refuse_connections(false);
  client c = h.make();
  const auto socket = h.accept();
  mock::script server(*socket);
  server.expect_hello();
  server.expect_silence();
}

}  // namespace
}  // namespace hull::test
