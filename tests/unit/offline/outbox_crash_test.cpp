// The file outbox and a disk that is cut off at every byte, fails at every operation, or spoils every bit.
#include "support/outbox_history.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace hull::test {
namespace {

std::uint64_t points_of_a_play() {
  const auto disk = std::make_shared<simulated_disk>();
  outbox_history history(disk);
  history.play();
  return disk->points();
}

TEST(outbox_crash, a_power_cut_at_any_byte) {
  const std::uint64_t points = points_of_a_play();
  ASSERT_GT(points, 1000u);
  for (std::uint64_t at = 0; at <= points; ++at) {
    const auto disk = std::make_shared<simulated_disk>();
    outbox_history history(disk);
    disk->cut_power_after(at);
    history.play();
    disk->restart(at);
    history.expect_sound(false);
    if (HasFailure()) FAIL() << "cut after " << at;
  }
}

TEST(outbox_crash, a_killed_process_loses_and_revives_nothing) {
  const std::uint64_t points = points_of_a_play();
  for (std::uint64_t at = 0; at <= points; at += 3) {
    const auto disk = std::make_shared<simulated_disk>();
    outbox_history history(disk);
    disk->cut_power_after(at);
    history.play();
    disk->kill_process();
    history.expect_sound(true);
    if (HasFailure()) FAIL() << "killed after " << at;
  }
}

TEST(outbox_crash, with_sync_forgotten_no_power_cut_revives_anything) {
  const std::uint64_t points = points_of_a_play();
  for (std::uint64_t at = 0; at <= points; at += 7) {
    const auto disk = std::make_shared<simulated_disk>();
    outbox_history history(disk, true);
    disk->cut_power_after(at);
    history.play();
    disk->restart(at + 17);
    history.expect_sound(true);
    if (HasFailure()) FAIL() << "cut after " << at;
  }
}

TEST(outbox_crash, cut_again_while_it_recovers) {
  const std::uint64_t points = points_of_a_play();
  for (std::uint64_t at = 5; at <= points; at += 61) {
    for (std::uint64_t again = 0; again < 300; again += 37) {
      const auto disk = std::make_shared<simulated_disk>();
      outbox_history history(disk);
      disk->cut_power_after(at);
      history.play();
      disk->restart(at);
      disk->cut_power_after(again);
      if (history.open()) history.record();
      history.die();
      disk->restart(again);
      history.expect_sound(false);
      if (HasFailure()) FAIL() << "cut after " << at << " and after " << again;
    }
  }
}

TEST(outbox_crash, any_operation_may_fail) {
  const auto healthy = std::make_shared<simulated_disk>();
  outbox_history(healthy).play();
  for (std::uint64_t first = 0; first <= healthy->operations(); ++first) {
    for (const std::uint64_t how_many : {std::uint64_t{1}, std::uint64_t{2}, std::uint64_t{5}, simulated_disk::never}) {
      for (const bool power_cut : {false, true}) {
        const auto disk = std::make_shared<simulated_disk>();
        outbox_history history(disk);
        disk->fail(first, how_many);
        history.play();
        if (power_cut)
          disk->restart(first);
        else
          disk->kill_process();
        history.expect_sound(false);
        if (HasFailure())
          FAIL() << how_many << " failures from operation " << first << (power_cut ? ", then a cut" : "");
      }
    }
  }
}

TEST(outbox_crash, rewriting_a_large_file) {
  // Long mutations that are soon over: the file is rewritten on the way.
  const auto play = [](outbox_history& history, simulated_disk& disk) {
    if (!history.open()) return;
    for (int i = 0; i < 60 && !disk.is_off(); ++i) {
      history.record(4000);
      if (i > 2) history.forget_oldest();
    }
  };
  const auto measured = std::make_shared<simulated_disk>();
  {
    outbox_history history(measured);
    play(history, *measured);
    EXPECT_LT(measured->bytes("box")->size(), 150'000u) << "it was rewritten";
    EXPECT_GT(measured->points(), 240'000u);
  }
  for (std::uint64_t at = 1; at < measured->points(); at += 7001) {
    const auto disk = std::make_shared<simulated_disk>();
    outbox_history history(disk);
    disk->cut_power_after(at);
    play(history, *disk);
    disk->restart(at);
    history.expect_sound(false);
    if (HasFailure()) FAIL() << "cut after " << at;
  }
}

/// The file after one life; `states` hears which mutations it held after each step.
std::string make_file(bool release, std::set<std::set<protocol::request_id>>& states) {
  const auto disk = std::make_shared<simulated_disk>();
  outbox_history history(disk);
  const auto look = [&] { states.insert(history.safe()); };
  EXPECT_TRUE(history.open());
  look();
  history.record();
  look();
  history.die();
  disk->kill_process();
  EXPECT_TRUE(history.open());
  for (int i = 0; i < 3; ++i) {
    history.record(5);
    look();
  }
  history.forget_oldest();
  look();
  history.record();
  look();
  if (release) history.release();
  history.die();
  return *disk->bytes("box");
}

/// What a box with these bytes holds; nothing when it refuses them.
std::optional<std::set<protocol::request_id>> open_bytes(std::string bytes) {
  const auto disk = std::make_shared<simulated_disk>();
  disk->put("box", bytes);
  file_outbox_options options;
  options.files = disk;
  options.wall_clock_ms = [] { return std::int64_t{1'000'000}; };
  file_outbox box("box", options);
  const auto left = box.load("fresh");
  if (left.has_error()) {
    EXPECT_EQ(*disk->bytes("box"), bytes) << "a file that is refused is left alone";
    return std::nullopt;
  }
  std::set<protocol::request_id> held;
  for (const outbox::entry& e : left->entries) {
    held.insert(e.request);
    const protocol::request_id n = e.request;
    EXPECT_TRUE(is_same(e, make_entry(n)) || is_same(e, make_entry(n, 5))) << "spoilt and accepted";
  }
  return held;
}

TEST(outbox_crash, a_flipped_bit_in_a_released_box_is_found) {
  std::set<std::set<protocol::request_id>> states;
  const std::string good = make_file(true, states);
  const auto whole = open_bytes(good);
  ASSERT_TRUE(whole);
  const std::size_t last_record = good.size() - offline::record_head_length - 5;
  for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
    std::string bad = good;
    bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ (1 << (bit % 8)));
    const auto held = open_bytes(bad);
    if (bit / 8 < last_record)
      EXPECT_FALSE(held) << "bit " << bit << " of the safe part";
    else
      EXPECT_TRUE(held == whole) << "bit " << bit << " of a record that says nothing new";
    if (HasFailure()) return;
  }
}

TEST(outbox_crash, a_flipped_bit_in_an_unreleased_box_costs_the_newest_record_at_most) {
  std::set<std::set<protocol::request_id>> states;
  const std::string good = make_file(false, states);
  const auto whole = open_bytes(good);
  ASSERT_TRUE(whole);
  auto without_newest = *whole;
  without_newest.erase(*whole->rbegin());
  for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
    std::string bad = good;
    bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ (1 << (bit % 8)));
    const auto held = open_bytes(bad);
    const bool is_all_else_there =
        held && std::includes(held->begin(), held->end(), without_newest.begin(), without_newest.end());
    EXPECT_TRUE(!held || is_all_else_there) << "bit " << bit;
    if (HasFailure()) return;
  }
}

TEST(outbox_crash, a_file_of_any_length_is_refused_or_an_earlier_state) {
  std::set<std::set<protocol::request_id>> states;
  const std::string good = make_file(true, states);
  std::size_t refused = 0;
  for (std::size_t length = 0; length < good.size(); ++length) {
    const auto held = open_bytes(good.substr(0, length));
    refused += !held;
    EXPECT_TRUE(!held || states.contains(*held)) << length;
  }
  EXPECT_GT(refused, offline::header_length);
}

}  // namespace
}  // namespace hull::test
