// Two thousand worlds, and the worlds themselves: the same for the same seed, and rich enough to be worth the time.
#include "world.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

namespace hull::sim {
namespace {

void run_seeds(std::uint64_t first, std::uint64_t count) {
  for (std::uint64_t seed = first; seed < first + count; ++seed) {
    const report r = run_seed(seed);
    ASSERT_FALSE(r.violation) << "seed " << seed << ": " << *r.violation << "\nSee it again: ./dev sim --seed " << seed
                              << " --trace";
  }
}

// Cases of their own, so that ctest runs them side by side.
TEST(simulation, seeds_from_1) { run_seeds(1, 500); }
TEST(simulation, seeds_from_501) { run_seeds(501, 500); }
TEST(simulation, seeds_from_1001) { run_seeds(1001, 500); }
TEST(simulation, seeds_from_1501) { run_seeds(1501, 500); }

// The last trouble of these holds frames back for longer than settled clients are watched.
TEST(simulation, a_clog_that_outlasts_the_storm) {
  run_seeds(38636, 1);
  run_seeds(59473, 1);
}

TEST(simulation, the_same_seed_gives_the_same_world) {
  std::vector<std::string> first;
  std::vector<std::string> second;
  for (const std::uint64_t seed : {3u, 4u, 5u}) {
    run_seed(seed, [&](const std::string& line) { first.push_back(line); });
    run_seed(seed, [&](const std::string& line) { second.push_back(line); });
  }
  EXPECT_GT(first.size(), 500u);
  EXPECT_EQ(first, second);
}

TEST(simulation, worlds_meet_what_clients_meet) {
  std::map<std::string, int> met{{"TransitionChunk", 0}, {"QueryFailed", 0}, {"AuthError", 0}, {"\"journal\":\"", 0},
                                 {"(late)", 0}, {"WebSocket reconnected", 0}, {"No message from the deployment", 0},
                                 {"Invalid start version", 0}, {"closed 1013", 0}, {"is killed", 0}, {"quits", 0},
                                 {"with an outbox", 0}, {"<- restore", 0}, {"Connection lost while action", 0},
                                 {"thrown by the update", 0}, {"more than the update can bear", 0}, {"$bad", 0},
                                 {"(optimistic)", 0}, {"(stale)", 0}, {"took longer than", 0}, {"cancels", 0},
                                 {"\"tokenType\":\"None\"", 0}, {"check your server auth config", 0},
                                 {"NetworkRecoveryReconnect", 0}, {"socket garbage", 0}, {"send failed", 0},
                                 {"\"endCursor\"", 0}, {"from last time", 0}};
  for (std::uint64_t seed = 1; seed <= 300; ++seed)
    run_seed(seed, [&](const std::string& line) {
      for (auto& [text, times] : met)
        if (times == 0 && line.find(text) != std::string::npos) ++times;
    });
  for (const auto& [text, times] : met) EXPECT_GT(times, 0) << text;
}

}  // namespace
}  // namespace hull::sim
