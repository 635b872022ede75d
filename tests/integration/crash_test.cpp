// The backend is killed during a stream of mutations. What was acknowledged stays; what was not arrives exactly
// once when the client finds its way back.
#include "support.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>

using namespace hull;
using namespace hull::test;

TEST(crash, acknowledged_mutations_survive_and_the_rest_arrives_once) {
  backend_process backend;
  backend.start();
  push_app(backend.url(), backend.admin_key(), chat_app());

  client_options quick;
  quick.backoff_initial = std::chrono::milliseconds(50);
  client_on_loop c(backend.url(), quick);
  auto watch = c.client().watch_query("messages:list");
  const auto subscription = watch.on_change([](const query_state_ptr&) {});
  const auto counts = [&] {
    std::map<int, int> n;
    if (const auto* rows = watch.current()->current())
      for (const auto& row : rows->as_array()) ++n[static_cast<int>(row.find("n")->as_double())];
    return n;
  };

  constexpr int kills = 3;
  constexpr int per_life = 120;
  int sent = 0;
  std::set<int> acknowledged;
  for (int life = 0; life <= kills; ++life) {
    for (int i = 0; i < per_life; ++i) {
      c.client().mutation("messages:send", value::make_object({{"n", sent}}), [&, n = sent](result<value> r) {
        ASSERT_TRUE(r) << r.error().message;
        EXPECT_TRUE(acknowledged.insert(n).second) << n << " completed twice";
      });
      ++sent;
    }
    if (life == kills) break;
    // Some of this life's mutations are done, some are under way, some wait their turn.
    const auto enough = static_cast<std::size_t>(life * per_life + per_life / 3);
    ASSERT_TRUE(c.run_until([&] { return acknowledged.size() >= enough; })) << backend.log();
    backend.kill_now();
    const std::set<int> before = acknowledged;
    backend.start();

    // A client that knows nothing of the past sees every acknowledged mutation, once.
    client_on_loop witness(backend.url());
    std::optional<result<value>> list;
    witness.client().query("messages:list", object{}, [&](result<value> r) { list.emplace(std::move(r)); });
    ASSERT_TRUE(witness.run_until([&] { return list.has_value(); })) << backend.log();
    ASSERT_TRUE(*list) << list->error().message;
    std::map<int, int> n;
    for (const auto& row : list->value().as_array()) ++n[static_cast<int>(row.find("n")->as_double())];
    for (const int id : before) EXPECT_EQ(n[id], 1) << "mutation " << id << " after kill " << life;
  }

  ASSERT_TRUE(c.run_until([&] { return acknowledged.size() == static_cast<std::size_t>(sent); }, std::chrono::seconds(60)))
      << acknowledged.size() << " of " << sent << " acknowledged\n"
      << backend.log();
  ASSERT_TRUE(c.run_until([&] { return counts().size() == static_cast<std::size_t>(sent); }));
  for (const auto& [id, times] : counts()) EXPECT_EQ(times, 1) << "mutation " << id;
}
