// Calls and live queries with C++ types, through a real socket.
#include "support/home.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>

#include <gtest/gtest.h>

#include <future>
#include <limits>
#include <thread>

namespace hull::test {

struct room_args {
  std::string room;
};
BOOST_DESCRIBE_STRUCT(room_args, (), (room))

struct message {
  std::string body;
  int likes = 0;
  friend bool operator==(const message&, const message&) = default;
};
BOOST_DESCRIBE_STRUCT(message, (), (body, likes))

struct big_args {
  std::uint64_t n = 0;
};
BOOST_DESCRIBE_STRUCT(big_args, (), (n))

namespace {

using mock::updated;
using messages = std::vector<message>;

constexpr query_ref<room_args, messages> list{"messages:list"};
constexpr query_ref<no_args, double> count{"messages:count"};
constexpr mutation_ref<message, std::string> post{"messages:post"};
constexpr mutation_ref<no_args, void> clear{"messages:clear"};
constexpr action_ref<room_args, std::optional<int>> measure{"messages:measure"};
constexpr query_ref<big_args, double> big_query{"big:query"};
constexpr mutation_ref<big_args, double> big_mutation{"big:mutation"};
constexpr action_ref<big_args, double> big_action{"big:action"};

value row(const char* body, int likes) { return value::make_object({{"body", body}, {"likes", likes}}); }

template <class T>
struct typed_outcome {
  std::optional<result<T>> got;
  auto token() {
    return [this](result<T> r) { got.emplace(std::move(r)); };
  }
};

TEST(client_typed, watch_converts_each_value_once_for_all_who_look) {
  home h;
  client c = h.make_client();
  typed_watch<messages> w = c.watch_query(list, {"general"});
  const typed_watch<messages> copy = w;
  EXPECT_EQ(w.current()->state, query_state::status::loading);
  EXPECT_EQ(w.current()->current(), nullptr);
  std::vector<typed_state_ptr<messages>> first;
  std::vector<typed_state_ptr<messages>> second;
  subscription a = w.on_change([&](const typed_state_ptr<messages>& s) { first.push_back(s); });
  subscription b = w.on_change([&](const typed_state_ptr<messages>& s) { second.push_back(s); });
  const auto socket = h.accept();
  mock::script server(*socket);
  server.expect_connect();
  const auto asked = server.expect_modify_query_set();
  EXPECT_EQ(std::get<protocol::add_query>(asked.modifications.at(0)).args,
            array{value::make_object({{"room", "general"}})});
  server.transition({updated(0, value::make_array({row("hi", 1)}))}, 10);
  ASSERT_TRUE(h.until([&] { return !second.empty(); }));
  ASSERT_EQ(first.size(), 1u);
  ASSERT_NE(first[0]->current(), nullptr);
  EXPECT_EQ(*first[0]->current(), (messages{{"hi", 1}}));
  EXPECT_EQ(first[0], second[0]);
  EXPECT_EQ(first[0], copy.current());
  EXPECT_EQ(first[0]->raw, w.untyped().current());

  server.transition({mock::failed(0, "broken")}, 20);
  ASSERT_TRUE(h.until([&] { return second.size() == 2; }));
  EXPECT_EQ(first[1]->state, query_state::status::error);
  EXPECT_EQ(first[1]->failure->message, "broken");
  EXPECT_EQ(first[1]->current(), nullptr);
  EXPECT_EQ(first[1]->last_value, first[0]->last_value) << "the very same object, not one converted again";
}

TEST(client_typed, watch_shows_what_does_not_fit_and_keeps_what_did) {
  home h;
  client c = h.make_client();
  typed_watch<messages> w = c.watch_query(list, {"general"});
  std::vector<typed_state_ptr<messages>> seen;
  subscription s = w.on_change([&](const typed_state_ptr<messages>& state) { seen.push_back(state); });
  const auto socket = h.accept();
  mock::script server(*socket);
  server.expect_hello();
  server.transition({updated(0, value::make_array({row("hi", 1)}))}, 10);
  server.transition({updated(0, value::make_array({row("hi", 1), value::make_object({{"body", 5}, {"likes", 0}})}))},
                    20);
  ASSERT_TRUE(h.until([&] { return seen.size() == 2; }));
  EXPECT_EQ(seen[1]->state, query_state::status::error);
  EXPECT_EQ(seen[1]->failure->code, errc::bad_value);
  EXPECT_EQ(seen[1]->failure->message,
            "The result of messages:list: [1].body: expected a string, got a number (Float64)");
  EXPECT_EQ(seen[1]->last_value, seen[0]->last_value);
  EXPECT_NE(seen[1]->raw->current(), nullptr) << "the value itself is there for who wants to look";
  server.transition({updated(0, array{})}, 30);
  ASSERT_TRUE(h.until([&] { return seen.size() == 3; }));
  EXPECT_EQ(*seen[2]->current(), messages{});
}

TEST(client_typed, calls_with_every_kind_of_completion) {
  home h;
  client c = h.make_client();
  const auto socket = h.accept();
  mock::script server(*socket);
  server.expect_hello();

  typed_outcome<std::string> posted;
  c.mutation(post, {"hello", 2}, posted.token());
  const auto mutation = server.expect_mutation();
  EXPECT_EQ(mutation.udf_path, "messages:post");
  EXPECT_EQ(mutation.args, array{row("hello", 2)});
  std::future<result<void>> cleared = c.mutation(clear, {}, boost::asio::use_future);
  EXPECT_EQ(server.expect_mutation().args, array{object{}});
  std::vector<std::optional<int>> measured;
  boost::asio::co_spawn(
      h.loop,
      [&]() -> boost::asio::awaitable<void> {
        const room_args room{"a"};  // GCC 12 destroys a braced temporary inside a co_await expression twice.
        measured.push_back((co_await c.action(measure, room, boost::asio::use_awaitable)).value());
        measured.push_back((co_await c.action(measure, room, boost::asio::deferred)).value());
      },
      [](std::exception_ptr e) { EXPECT_FALSE(e); });
  server.answer_action(server.expect_action().id, 7);
  server.answer_action(server.expect_action().id, nullptr);
  server.answer_mutation(0, "id1", 10);
  server.answer_mutation(1, nullptr, 10);
  server.transition({}, 10);
  ASSERT_TRUE(
      h.until([&] { return posted.got && measured.size() == 2 && cleared.wait_for(0s) == std::future_status::ready; }));
  EXPECT_EQ(posted.got->value(), "id1");
  EXPECT_TRUE(cleared.get().has_value());
  EXPECT_EQ(measured, (std::vector<std::optional<int>>{7, std::nullopt}));

  typed_outcome<double> counted;
  c.query(count, {}, counted.token());
  server.expect_modify_query_set();
  server.transition({updated(0, 3)}, 20);
  ASSERT_TRUE(h.until([&] { return counted.got.has_value(); }));
  EXPECT_EQ(counted.got->value(), 3);
}

TEST(client_typed, what_cannot_be_converted_is_an_error_of_the_call) {
  home h;
  client c = h.make_client();
  const auto socket = h.accept();
  mock::script server(*socket);
  server.expect_hello();
  const big_args too_big{std::numeric_limits<std::uint64_t>::max()};
  typed_outcome<double> refused[3];
  c.query(big_query, too_big, refused[0].token());
  c.mutation(big_mutation, too_big, refused[1].token());
  c.action(big_action, too_big, refused[2].token());
  typed_watch<double> w = c.watch_query(big_query, too_big);
  std::vector<typed_state_ptr<double>> seen;
  subscription s = w.on_change([&](const typed_state_ptr<double>& state) { seen.push_back(state); });
  for (const auto& r : refused) EXPECT_FALSE(r.got) << "never inside the call";
  ASSERT_TRUE(h.until([&] { return refused[0].got && refused[1].got && refused[2].got && !seen.empty(); }));
  const std::string why = ": n: 18446744073709551615 is too large for Int64";
  EXPECT_EQ(refused[0].got->error().code, errc::bad_argument);
  EXPECT_EQ(refused[0].got->error().message, "The arguments of big:query" + why);
  EXPECT_EQ(refused[1].got->error().message, "The arguments of big:mutation" + why);
  EXPECT_EQ(refused[2].got->error().message, "The arguments of big:action" + why);
  EXPECT_EQ(seen[0]->failure->message, "The arguments of big:query" + why);
  EXPECT_EQ(w.current(), seen[0]);
  server.expect_silence(20ms);

  typed_outcome<std::optional<int>> measured;
  c.action(measure, {"a"}, measured.token());
  server.answer_action(server.expect_action().id, 1.5);
  ASSERT_TRUE(h.until([&] { return measured.got.has_value(); }));
  EXPECT_EQ(measured.got->error().code, errc::bad_value);
  EXPECT_EQ(
      measured.got->error().message,
      "The result of messages:measure: expected a whole number from -2147483648 to 2147483647, got the number 1.5");
}

TEST(client_typed, optimistic_update_through_a_typed_store) {
  home h;
  client c = h.make_client();
  typed_watch<messages> w = c.watch_query(list, {"general"});
  std::vector<messages> seen;
  subscription s = w.on_change([&](const typed_state_ptr<messages>& state) { seen.push_back(*state->current()); });
  const auto socket = h.accept();
  mock::script server(*socket);
  server.expect_hello();
  server.transition({updated(0, value::make_array({row("one", 1)}))}, 10);
  ASSERT_TRUE(h.until([&] { return seen.size() == 1; }));
  mutation_options options;
  std::size_t known = 0;
  options.optimistic = [&](typed_store store) {
    EXPECT_FALSE(store.get(list, {"elsewhere"}));
    const auto all = store.get_all(list);
    known = all.size();
    EXPECT_EQ(all.at(0).first.room, "general");
    if (auto rows = store.get(list, {"general"})) {
      rows->push_back({"two", 0});
      store.set(list, {"general"}, *rows);
    }
  };
  typed_outcome<std::string> posted;
  c.mutation(post, {"two", 0}, options, posted.token());
  EXPECT_EQ(known, 1u);
  ASSERT_EQ(seen.size(), 2u);
  EXPECT_EQ(seen[1], (messages{{"one", 1}, {"two", 0}}));

  mutation_options wrong;
  wrong.optimistic = [](typed_store store) {
    constexpr query_ref<room_args, double> misread{"messages:list"};
    (void)store.get(misread, {"general"});
  };
  typed_outcome<std::string> failed;
  c.mutation(post, {"three", 0}, wrong, failed.token());
  ASSERT_TRUE(h.until([&] { return failed.got.has_value(); }));
  EXPECT_EQ(failed.got->error().code, errc::bad_argument);
  EXPECT_EQ(seen.size(), 2u);
}

TEST(client_typed, executor_and_cancellation_of_the_handler_count) {
  home h;
  client c = h.make_client();
  const auto socket = h.accept();
  mock::script server(*socket);
  server.expect_hello();
  boost::asio::thread_pool pool(1);
  std::promise<std::thread::id> ran_on;
  c.action(measure, {"a"}, boost::asio::bind_executor(pool.get_executor(), [&](result<std::optional<int>> r) {
             EXPECT_EQ(r.value(), 7);
             ran_on.set_value(std::this_thread::get_id());
           }));
  server.answer_action(server.expect_action().id, 7);
  auto where = ran_on.get_future();
  ASSERT_TRUE(h.until([&] { return where.wait_for(0s) == std::future_status::ready; }));
  EXPECT_NE(where.get(), std::this_thread::get_id());
  pool.join();

  boost::asio::cancellation_signal stop;
  typed_outcome<std::string> stopped;
  c.mutation(post, {"x", 0}, boost::asio::bind_cancellation_slot(stop.slot(), stopped.token()));
  stop.emit(boost::asio::cancellation_type::terminal);
  ASSERT_TRUE(h.until([&] { return stopped.got.has_value(); }));
  EXPECT_EQ(stopped.got->error().code, errc::cancelled);
}

}  // namespace
}  // namespace hull::test
