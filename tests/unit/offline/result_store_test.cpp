// The file result store: what it keeps, what it gives up, and what a bad disk can do to it.
#include "scratch_folder.hpp"
#include "support/simulated_disk.hpp"

#include <hull/offline/file_result_store.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

namespace hull::test {
namespace {

using namespace std::chrono_literals;
using store_ptr = std::shared_ptr<file_result_store>;

struct store_fixture {
  std::shared_ptr<simulated_disk> disk = std::make_shared<simulated_disk>();
  file_result_store_options options;
  std::vector<std::string> problems;

  store_fixture() {
    options.files = disk;
    options.write_delay = 1h;  // Written by flush and by the destructor, at moments that the test chooses.
    options.on_problem = [this](const std::string& what) { problems.push_back(what); };
  }
  store_ptr open() {
    auto opened = file_result_store::open("results", options);
    EXPECT_TRUE(opened.has_value()) << (opened.has_error() ? opened.error().message : "");
    return opened.has_value() ? *opened : nullptr;
  }
};

std::string token_of(int i) { return "q:list:{\"n\":" + std::to_string(i) + "}"; }

TEST(result_store, returns_what_was_saved_here_and_in_the_next_run) {
  store_fixture f;
  const value all_kinds =
      object{{"b", bytes{0, 255}}, {"i", value::int64(-5)}, {"n", nullptr}, {"s", "\n\"ü"}, {"a", array{1, true}}};
  {
    const store_ptr store = f.open();
    EXPECT_FALSE(store->load("q"));
    store->save("q", all_kinds);
    store->save("null", value());
    EXPECT_EQ(store->load("q"), all_kinds);
    store->save("twice", 1);
    store->save("twice", 2);
  }
  const store_ptr store = f.open();
  EXPECT_EQ(store->load("q"), all_kinds);
  EXPECT_EQ(store->load("null"), value()) << "a result that is null is a result";
  EXPECT_EQ(store->load("twice"), value(2));
  EXPECT_TRUE(f.problems.empty());
}

TEST(result_store, the_least_recently_used_make_room) {
  store_fixture f;
  f.options.max_results = 3;
  {
    const store_ptr store = f.open();
    for (int i = 0; i < 3; ++i) store->save(token_of(i), i);
    ASSERT_TRUE(store->flush().has_value());
    EXPECT_TRUE(store->load(token_of(0)));
    store->save(token_of(3), 3);
    EXPECT_FALSE(store->load(token_of(1)));
    EXPECT_TRUE(store->load(token_of(0)));
  }
  const store_ptr store = f.open();
  int kept = 0;
  for (int i = 0; i < 4; ++i) kept += store->load(token_of(i)).has_value();
  EXPECT_EQ(kept, 3);
  EXPECT_TRUE(store->load(token_of(3)));
}

TEST(result_store, bytes_are_bounded_and_what_never_fits_is_not_kept) {
  store_fixture f;
  f.options.max_bytes = 1000;
  const store_ptr store = f.open();
  for (int i = 0; i < 50; ++i) {
    store->save(token_of(i), std::string(90, 'x'));
    ASSERT_TRUE(store->flush().has_value());
  }
  int kept = 0;
  for (int i = 0; i < 50; ++i) kept += store->load(token_of(i)).has_value();
  EXPECT_GT(kept, 5);
  EXPECT_LT(kept, 10);
  store->save(token_of(49), std::string(2000, 'x'));
  ASSERT_TRUE(store->flush().has_value());
  EXPECT_FALSE(store->load(token_of(49))) << "neither the new one nor the old one";
  EXPECT_TRUE(store->load(token_of(48))) << "nobody else had to leave for it";
}

TEST(result_store, a_file_of_many_changes_is_rewritten) {
  store_fixture f;
  const store_ptr store = f.open();
  for (int i = 0; i < 500; ++i) {
    store->save(token_of(i % 4), std::string(4000, static_cast<char>('a' + i % 26)));
    ASSERT_TRUE(store->flush().has_value());
  }
  EXPECT_LT(f.disk->bytes("results")->size(), 400'000u);
}

/// False when no such file, with something in it, turns up.
bool is_written(const std::filesystem::path& file) {
  for (int i = 0; i < 1000; ++i) {
    std::error_code missing;
    if (std::filesystem::file_size(file, missing) > 0 && !missing) return true;
    std::this_thread::sleep_for(5ms);
  }
  return false;
}

TEST(result_store, is_written_by_its_own_thread_after_a_while) {
  const scratch_folder folder;
  file_result_store_options options;
  options.write_delay = 1ms;
  const auto store = file_result_store::open(folder / "results", options);
  ASSERT_TRUE(store.has_value());
  (*store)->save("q", 1);
  EXPECT_TRUE(is_written(folder / "results"));
  std::filesystem::remove(folder / "results");
  (*store)->save("q", std::string(300'000, 'x'));
  EXPECT_TRUE(is_written(folder / "results")) << "and again: so much waste makes a new file";
}

TEST(result_store, survives_on_a_real_disk) {
  const scratch_folder folder;
  {
    const auto store = file_result_store::open(folder / "results");
    ASSERT_TRUE(store.has_value());
    (*store)->save("q", "one");
    ASSERT_TRUE((*store)->flush().has_value());
    (*store)->save("q", "two");
  }
  const auto store = file_result_store::open(folder / "results");
  ASSERT_TRUE(store.has_value());
  EXPECT_EQ((*store)->load("q"), value("two"));
  const auto missing = file_result_store::open(folder / "no such folder/results");
  ASSERT_TRUE(missing.has_error());
  EXPECT_NE(missing.error().message.find("no such folder"), std::string::npos);
}

TEST(result_store, one_user_at_a_time) {
  store_fixture f;
  const store_ptr store = f.open();
  const auto second = file_result_store::open("results", f.options);
  ASSERT_TRUE(second.has_error());
  EXPECT_NE(second.error().message.find("locked"), std::string::npos);
}

TEST(result_store, a_file_of_something_else_is_refused_and_left_alone) {
  for (const std::string& bytes :
       {std::string("my diary, of which there is no copy"), std::string("HULLRES\2and so on")}) {
    store_fixture f;
    f.disk->put("results", bytes);
    const auto opened = file_result_store::open("results", f.options);
    ASSERT_TRUE(opened.has_error());
    EXPECT_NE(opened.error().message.find("another version"), std::string::npos);
    EXPECT_EQ(*f.disk->bytes("results"), bytes);
  }
}

TEST(result_store, a_damaged_start_costs_everything_and_says_so) {
  store_fixture f;
  f.open()->save("q", 1);
  (*f.disk->bytes("results"))[9] ^= 1;
  {
    const store_ptr store = f.open();
    EXPECT_FALSE(store->load("q"));
    ASSERT_EQ(f.problems.size(), 1u);
    EXPECT_NE(f.problems[0].find("begins anew"), std::string::npos);
    store->save("q", 2);
  }
  EXPECT_EQ(f.open()->load("q"), value(2));
}

TEST(result_store, no_flipped_bit_shows_a_wrong_result) {
  store_fixture f;
  {
    const store_ptr store = f.open();
    for (int i = 0; i < 4; ++i) {
      store->save(token_of(i), i);
      ASSERT_TRUE(store->flush().has_value());
    }
  }
  const std::string good = *f.disk->bytes("results");
  for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
    store_fixture g;
    std::string bad = good;
    bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ (1 << (bit % 8)));
    g.disk->put("results", bad);
    const auto opened = file_result_store::open("results", g.options);
    if (opened.has_error()) continue;
    int lost = 0;
    for (int i = 0; i < 4; ++i) {
      const auto found = (*opened)->load(token_of(i));
      EXPECT_TRUE(!found || *found == value(i)) << "bit " << bit;
      lost += !found;
    }
    EXPECT_TRUE(lost == 1 || !g.problems.empty()) << "bit " << bit << " costs one result, or is reported";
  }
}

TEST(result_store, a_full_disk_is_told_once_and_forgiven) {
  store_fixture f;
  const store_ptr store = f.open();
  store->save("a", 1);
  f.disk->fail(0, simulated_disk::never);
  EXPECT_TRUE(store->flush().has_error());
  store->save("b", 2);
  EXPECT_TRUE(store->flush().has_error());
  EXPECT_EQ(f.problems.size(), 1u);
  EXPECT_EQ(store->load("a"), value(1)) << "memory knows it all the same";
  f.disk->heal();
  EXPECT_TRUE(store->flush().has_value());
  f.disk->restart(1);
  const store_ptr again = f.open();
  EXPECT_EQ(again->load("a"), value(1));
  EXPECT_EQ(again->load("b"), value(2));
}

/// Saves and flushes; `saved` counts the versions of each token, `safe` those that a flush has made safe.
void play_store(store_fixture& f, std::map<int, int>& saved, std::map<int, int>& safe) {
  f.options.max_bytes = 100'000;
  for (int life = 0; life < 3 && !f.disk->is_off(); ++life) {
    const auto store = file_result_store::open("results", f.options);
    if (store.has_error()) return;
    for (int step = 0; step < 12 && !f.disk->is_off(); ++step) {
      const int token = step % 5;
      (*store)->save(token_of(token), ++saved[token]);
      if (step % 3 == 2 && (*store)->flush().has_value() && !f.disk->is_off()) safe = saved;
    }
  }
}

TEST(result_store, a_power_cut_anywhere_costs_the_newest_at_most) {
  std::uint64_t points = 0;
  {
    store_fixture f;
    std::map<int, int> saved;
    std::map<int, int> safe;
    play_store(f, saved, safe);
    points = f.disk->points();
    ASSERT_GT(points, 1000u);
  }
  for (std::uint64_t at = 0; at <= points; at += 7) {
    store_fixture f;
    std::map<int, int> saved;
    std::map<int, int> safe;
    f.disk->cut_power_after(at);
    play_store(f, saved, safe);
    f.disk->restart(at);
    f.problems.clear();
    const auto check = [&] {
      const store_ptr store = f.open();
      if (!store) return;
      for (const auto& [token, newest] : saved) {
        const auto found = store->load(token_of(token));
        const double version = found && found->if_double() ? *found->if_double() : 0;
        EXPECT_GE(version, safe[token]) << "lost what was safe";
        EXPECT_LE(version, newest) << "invented";
      }
      store->save(token_of(99), 99);
    };
    check();
    check();
    EXPECT_TRUE(f.problems.empty()) << "a power cut is no damage";
    EXPECT_EQ(f.open()->load(token_of(99)), value(99));
    if (HasFailure()) FAIL() << "cut after " << at;
  }
}

TEST(result_store, any_operation_may_fail) {
  for (std::uint64_t first = 0; first < 80; ++first) {
    for (const std::uint64_t how_many : {std::uint64_t{1}, std::uint64_t{3}, simulated_disk::never}) {
      store_fixture f;
      std::map<int, int> saved;
      std::map<int, int> safe;
      f.disk->fail(first, how_many);
      play_store(f, saved, safe);
      f.disk->restart(first);
      const store_ptr store = f.open();
      ASSERT_TRUE(store);
      for (const auto& [token, newest] : saved) {
        const auto found = store->load(token_of(token));
        const double version = found && found->if_double() ? *found->if_double() : 0;
        EXPECT_GE(version, safe[token]) << "lost what was safe";
        EXPECT_LE(version, newest) << "invented";
      }
      if (HasFailure()) FAIL() << how_many << " failures from operation " << first;
    }
  }
}

}  // namespace
}  // namespace hull::test
