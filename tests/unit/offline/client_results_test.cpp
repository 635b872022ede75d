// A client with a result store, against the mock deployment.
#include "client/support/home.hpp"
#include "scratch_folder.hpp"

#include <hull/offline/file_result_store.hpp>
#include <hull/sync/query_key.hpp>

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <vector>

namespace hull::test {
namespace {

using mock::updated;

/// Results in memory; thread-safe as the interface asks.
class memory_results final : public result_store {
 public:
  std::optional<value> load(std::string_view token) override {
    const std::lock_guard guard(mutex_);
    const auto found = kept_.find(std::string(token));
    return found == kept_.end() ? std::nullopt : std::optional(found->second);
  }
  void save(std::string_view token, const value& result) override {
    const std::lock_guard guard(mutex_);
    kept_[std::string(token)] = result;
    ++saves_;
  }
  std::optional<value> of(std::string_view path) { return load(query_token(path, object{})); }
  void put(std::string_view path, const value& result) { save(query_token(path, object{}), result); }
  int saves() {
    const std::lock_guard guard(mutex_);
    return saves_;
  }

 private:
  std::mutex mutex_;
  std::map<std::string, value> kept_;
  int saves_ = 0;
};

struct seen_state {
  std::optional<value> shown;
  bool is_stale = false;
  friend bool operator==(const seen_state&, const seen_state&) = default;
};

struct result_home : home {
  std::shared_ptr<memory_results> results = std::make_shared<memory_results>();
  std::vector<seen_state> seen;
  client make() {
    client_options o = options();
    o.results = results;
    return client(loop.get_executor(), server.url(), std::move(o));
  }
  auto looker() {
    return [this](const query_state_ptr& state) { seen.push_back({state->last_value, state->is_stale}); };
  }
};

TEST(client_results, T72_last_known_value_is_shown_before_live_data) {
  result_home h;
  h.results->put("q:a", "old");
  client c = h.make();
  watch w = c.watch_query("q:a");
  subscription s = w.on_change(h.looker());
  EXPECT_EQ(w.current()->state, query_state::status::ready) << "without a word from the deployment";
  EXPECT_EQ(*w.current()->current(), value("old"));
  EXPECT_TRUE(w.current()->is_stale);
  EXPECT_TRUE(h.seen.empty()) << "not inside the call";
  ASSERT_TRUE(h.until([&] { return h.seen.size() == 1; }));
  const auto socket = h.accept();
  mock::script server(*socket);
  server.expect_hello();
  server.transition({updated(0, "new")}, 10);
  ASSERT_TRUE(h.until([&] { return h.seen.size() == 2; }));
  EXPECT_EQ(h.seen, (std::vector<seen_state>{{value("old"), true}, {value("new"), false}}));
  EXPECT_FALSE(w.current()->is_stale);
}

TEST(client_results, T73_live_null_replaces_the_last_known_value) {
  result_home h;
  h.results->put("q:a", "old");
  client c = h.make();
  watch w = c.watch_query("q:a");
  subscription s = w.on_change(h.looker());
  const auto socket = h.accept();
  mock::script server(*socket);
  server.expect_hello();
  server.transition({updated(0, nullptr)}, 10);
  ASSERT_TRUE(h.until([&] { return !h.seen.empty() && !h.seen.back().is_stale; }));
  EXPECT_EQ(h.seen.back().shown, value());
  EXPECT_EQ(w.current()->state, query_state::status::ready);
  ASSERT_TRUE(h.until([&] { return h.results->of("q:a") == value(); })) << "and is what the next start shows";
}

TEST(client_results, a_confirmation_with_an_equal_value_takes_the_mark_away) {
  result_home h;
  h.results->put("q:a", "same");
  client c = h.make();
  subscription s = c.watch_query("q:a").on_change(h.looker());
  const auto socket = h.accept();
  mock::script server(*socket);
  server.expect_hello();
  server.transition({updated(0, "same")}, 10);
  ASSERT_TRUE(h.until([&] { return h.seen.size() == 2; }));
  EXPECT_EQ(h.seen[0], (seen_state{value("same"), true}));
  EXPECT_EQ(h.seen[1], (seen_state{value("same"), false}));
}

TEST(client_results, a_failure_stands_beside_the_last_known_value) {
  result_home h;
  h.results->put("q:a", "old");
  client c = h.make();
  watch w = c.watch_query("q:a");
  subscription s = w.on_change(h.looker());
  const auto socket = h.accept();
  mock::script server(*socket);
  server.expect_hello();
  server.transition({mock::failed(0, "no")}, 10);
  ASSERT_TRUE(h.until([&] { return w.current()->state == query_state::status::error; }));
  EXPECT_EQ(w.current()->last_value, value("old"));
}

TEST(client_results, only_what_the_deployment_said_is_stored) {
  result_home h;
  h.results->put("q:a", 1);
  client c = h.make();
  subscription s = c.watch_query("q:a").on_change(h.looker());
  const auto socket = h.accept();
  mock::script server(*socket);
  server.expect_hello();
  h.pass(20ms);
  EXPECT_EQ(h.results->saves(), 1) << "what came from the store is not stored again";
  server.transition({updated(0, 2)}, 10);
  ASSERT_TRUE(h.until([&] { return h.results->of("q:a") == value(2); }));
  outcome sent;
  mutation_options predict;
  predict.optimistic = [](local_store& store) { store.set_query("q:a", object{}, 3); };
  c.mutation("m:x", object{}, predict, sent.token());
  ASSERT_TRUE(h.until([&] { return h.seen.back().shown == value(3); }));
  const auto id = server.expect_mutation().id;
  EXPECT_EQ(h.results->of("q:a"), value(2)) << "a prediction is no result";
  server.answer_mutation(id, nullptr, 20);
  server.transition({updated(0, 4)}, 20);
  ASSERT_TRUE(h.until([&] { return h.results->of("q:a") == value(4); }));
}

TEST(client_results, a_query_called_once_waits_for_the_deployment) {
  result_home h;
  h.results->put("q:a", "old");
  client c = h.make();
  outcome called;
  c.query("q:a", object{}, called.token());
  const auto socket = h.accept();
  mock::script server(*socket);
  server.expect_hello();
  h.pass(20ms);
  EXPECT_FALSE(called.got) << "a stale answer is no answer";
  server.transition({updated(0, "new")}, 10);
  ASSERT_TRUE(h.until([&] { return called.got.has_value(); }));
  EXPECT_EQ(called.got->value(), value("new"));
}

TEST(client_results, file_store_over_two_runs) {
  const scratch_folder folder;
  home h;
  for (int run = 0; run < 2; ++run) {
    auto store = file_result_store::open(folder / "results");
    ASSERT_TRUE(store.has_value());
    client_options o = h.options();
    o.results = *store;
    client c(h.loop.get_executor(), h.server.url(), std::move(o));
    watch w = c.watch_query("q:a");
    subscription s = w.on_change([](const query_state_ptr&) {});
    EXPECT_EQ(w.current()->state, run == 0 ? query_state::status::loading : query_state::status::ready);
    if (run == 1) {
      EXPECT_EQ(*w.current()->current(), value("kept"));
    }
    const auto socket = h.accept();
    mock::script server(*socket);
    server.expect_hello();
    server.transition({updated(0, "kept")}, 10);
    const std::string token = query_token("q:a", object{});
    ASSERT_TRUE(h.until([&] { return (*store)->load(token) == value("kept"); }));
  }
}

TEST(client_results, T71_an_empty_or_missing_address_says_what_to_pass) {
  home h;
  for (const std::string& address : {std::string(), std::string("happy-animal-123")}) {
    try {
      client c(h.loop.get_executor(), address);
      FAIL() << "accepted \"" << address << '"';
    } catch (const std::invalid_argument& e) {
      EXPECT_NE(std::string(e.what()).find("https://happy-animal-123.convex.cloud"), std::string::npos) << e.what();
      EXPECT_NE(std::string(e.what()).find('"' + address + '"'), std::string::npos) << e.what();
    }
  }
}

}  // namespace
}  // namespace hull::test
