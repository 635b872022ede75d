// The file outbox: limits, clocks, locks, damage, and the real disk.
#include "scratch_folder.hpp"
#include "support/outbox_history.hpp"

#include <gtest/gtest.h>

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <limits>
#include <memory>
#include <string>

namespace hull::test {
namespace {

using namespace std::chrono_literals;

struct box_fixture {
  std::shared_ptr<simulated_disk> disk = std::make_shared<simulated_disk>();
  std::int64_t now = 1'000'000'000'000;
  file_outbox_options options;

  box_fixture() {
    options.files = disk;
    options.wall_clock_ms = [this] { return now; };
  }
  outbox::entry entry(protocol::request_id id) const {
    auto e = make_entry(id);
    e.recorded_at_ms = now;
    return e;
  }
};

bool mentions(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

TEST(file_outbox, an_empty_box_begins_a_session_and_a_full_one_keeps_its_own) {
  box_fixture f;
  file_outbox box("box", f.options);
  auto first = box.load("one");
  ASSERT_TRUE(first.has_value());
  EXPECT_EQ(first->session_id, "one");
  EXPECT_EQ(first->next_request, 0u);
  ASSERT_TRUE(box.record(f.entry(0)).has_value());
  box.release();
  auto second = box.load("two");
  ASSERT_TRUE(second.has_value());
  EXPECT_EQ(second->session_id, "one");
  EXPECT_GT(second->next_request, 0u);
  ASSERT_EQ(second->entries.size(), 1u);
  EXPECT_TRUE(is_same(second->entries[0], f.entry(0)));
  box.forget(0);
  box.release();
  auto third = box.load("three");
  ASSERT_TRUE(third.has_value());
  EXPECT_EQ(third->session_id, "three");
  EXPECT_TRUE(third->entries.empty());
}

TEST(file_outbox, wrong_use_is_refused) {
  box_fixture f;
  file_outbox box("box", f.options);
  EXPECT_TRUE(mentions(box.record(f.entry(0)).error().message, "not loaded"));
  box.forget(0);
  box.release();
  EXPECT_TRUE(box.load("").has_error());
  ASSERT_TRUE(box.load("s").has_value());
  EXPECT_TRUE(mentions(box.load("s").error().message, "in use by another client"));
  ASSERT_TRUE(box.record(f.entry(0)).has_value());
  EXPECT_TRUE(mentions(box.record(f.entry(0)).error().message, "already"));
  file_outbox other("box", f.options);
  EXPECT_TRUE(mentions(other.load("s").error().message, "locked"));
  box.release();
  EXPECT_TRUE(other.load("s").has_value());
}

TEST(file_outbox, is_full_at_its_limits_and_takes_more_when_something_is_over) {
  box_fixture f;
  f.options.max_entries = 3;
  file_outbox box("box", f.options);
  ASSERT_TRUE(box.load("s").has_value());
  for (protocol::request_id id = 0; id < 3; ++id) ASSERT_TRUE(box.record(f.entry(id)).has_value());
  const auto refused = box.record(f.entry(3));
  ASSERT_TRUE(refused.has_error());
  EXPECT_TRUE(mentions(refused.error().message, "full: 3 mutations"));
  box.forget(1);
  EXPECT_TRUE(box.record(f.entry(4)).has_value());

  box_fixture g;
  g.options.max_bytes = 200;
  file_outbox small("box", g.options);
  ASSERT_TRUE(small.load("s").has_value());
  EXPECT_TRUE(small.record(make_entry(0, 500)).has_error());
  EXPECT_TRUE(small.record(g.entry(1)).has_value());
}

TEST(file_outbox, old_mutations_are_handed_out_as_expired) {
  box_fixture f;
  f.options.keep_for = 1h;
  f.options.clock_slack = 10min;
  const auto minutes = [](int n) { return n * std::int64_t{60'000}; };
  const std::int64_t start = f.now;
  {
    file_outbox box("box", f.options);
    ASSERT_TRUE(box.load("s").has_value());
    ASSERT_TRUE(box.record(f.entry(0)).has_value());
    f.now = start + minutes(40);
    ASSERT_TRUE(box.record(f.entry(1)).has_value());
    f.now = start + minutes(110);
    ASSERT_TRUE(box.record(f.entry(2)).has_value());
  }
  f.now = start + minutes(61);
  file_outbox box("box", f.options);
  const auto left = box.load("t");
  ASSERT_TRUE(left.has_value());
  ASSERT_EQ(left->entries.size(), 1u);
  EXPECT_EQ(left->entries[0].request, 1u);
  ASSERT_EQ(left->expired.size(), 2u) << "one too old, one from a future that a clock set back has undone";
  box.release();
  EXPECT_TRUE(box.load("t")->expired.empty()) << "told once";
  box.release();

  // When all are too old, nothing ties the box to the old session.
  f.now = start + minutes(200);
  const auto none = box.load("new");
  EXPECT_EQ(none->session_id, "new");
  EXPECT_EQ(none->expired.size(), 1u);
}

TEST(file_outbox, a_wait_without_end_is_possible) {
  box_fixture f;
  f.options.keep_for = std::chrono::milliseconds::max();
  f.options.clock_slack = std::chrono::milliseconds::max();
  file_outbox box("box", f.options);
  ASSERT_TRUE(box.load("s").has_value());
  ASSERT_TRUE(box.record(f.entry(0)).has_value());
  box.release();
  f.now += std::int64_t{400} * 24 * 3600 * 1000;
  EXPECT_EQ(box.load("s")->entries.size(), 1u);
}

TEST(file_outbox, a_session_without_ids_left_ends_instead_of_using_one_twice) {
  box_fixture f;
  file_outbox box("box", f.options);
  ASSERT_TRUE(box.load("s").has_value());
  constexpr auto last = std::numeric_limits<protocol::request_id>::max();
  ASSERT_TRUE(box.record(f.entry(5)).has_value());
  ASSERT_TRUE(box.record(f.entry(last - 10)).has_value());
  ASSERT_TRUE(box.record(f.entry(last - 9)).has_value());
  box.release();
  const auto left = box.load("t");
  ASSERT_TRUE(left.has_value());
  EXPECT_EQ(left->session_id, "t");
  EXPECT_EQ(left->expired.size(), 3u);
  EXPECT_TRUE(left->entries.empty());
  EXPECT_EQ(left->next_request, 0u);
}

TEST(file_outbox, damage_is_an_error_or_set_aside_as_the_program_wishes) {
  box_fixture f;
  {
    file_outbox box("box", f.options);
    ASSERT_TRUE(box.load("s").has_value());
    ASSERT_TRUE(box.record(f.entry(0)).has_value());
    box.release();
  }
  std::string& bytes = *f.disk->bytes("box");
  bytes[bytes.size() / 2] ^= 1;
  const std::string spoilt = bytes;
  file_outbox strict("box", f.options);
  const auto refused = strict.load("t");
  ASSERT_TRUE(refused.has_error());
  EXPECT_TRUE(mentions(refused.error().message, "is damaged")) << refused.error().message;
  EXPECT_EQ(*f.disk->bytes("box"), spoilt);

  std::string told;
  f.options.on_damaged = [&](const std::string& what) { told = what; };
  file_outbox lenient("box", f.options);
  const auto left = lenient.load("t");
  ASSERT_TRUE(left.has_value()) << "the strict one let go of the lock";
  EXPECT_EQ(left->session_id, "t");
  EXPECT_TRUE(mentions(told, "box.damaged-1000000000000")) << told;
  ASSERT_NE(f.disk->bytes("box.damaged-1000000000000"), nullptr);
  EXPECT_EQ(*f.disk->bytes("box.damaged-1000000000000"), spoilt);
}

TEST(file_outbox, a_file_of_something_else_is_left_alone_whatever_the_program_wishes) {
  box_fixture f;
  f.options.on_damaged = [](const std::string&) { FAIL() << "it is not ours to set aside"; };
  f.disk->put("box", "HULLBOX\2 of the future");
  file_outbox box("box", f.options);
  EXPECT_TRUE(mentions(box.load("s").error().message, "another version"));
  EXPECT_EQ(*f.disk->bytes("box"), "HULLBOX\2 of the future");
}

TEST(file_outbox, what_could_not_be_recorded_does_not_come_back_once_it_is_over) {
  box_fixture f;
  file_outbox box("box", f.options);
  ASSERT_TRUE(box.load("s").has_value());
  ASSERT_TRUE(box.record(f.entry(0)).has_value());
  // The record reaches the file, the disk does not confirm it, and no new file can be made.
  f.disk->fail(1, 3);
  ASSERT_TRUE(box.record(f.entry(1)).has_error());
  f.disk->heal();
  box.forget(1);
  f.disk->kill_process();
  file_outbox again("box", f.options);
  const auto left = again.load("t");
  ASSERT_EQ(left->entries.size(), 1u);
  EXPECT_EQ(left->entries[0].request, 0u);
}

TEST(file_outbox, a_full_disk_keeps_no_half_written_copy) {
  box_fixture f;
  file_outbox box("box", f.options);
  ASSERT_TRUE(box.load("s").has_value());
  auto large = f.entry(0);
  large.args = object{{"text", std::string(5000, 'x')}};
  ASSERT_TRUE(box.record(large).has_value());
  f.disk->fill();
  EXPECT_TRUE(box.record(f.entry(1)).has_error());
  ASSERT_NE(f.disk->bytes("box.new"), nullptr);
  EXPECT_EQ(f.disk->bytes("box.new")->size(), 0u);
  f.disk->heal();
  EXPECT_TRUE(box.record(f.entry(2)).has_value()) << "there is room again";
  f.disk->restart(3);
  file_outbox again("box", f.options);
  EXPECT_EQ(again.load("t")->entries.size(), 2u);
}

// ---- the real disk

TEST(file_outbox, works_on_a_real_disk_and_for_its_user_alone) {
  const scratch_folder folder;
  {
    file_outbox box(folder / "box");
    auto left = box.load("s");
    ASSERT_TRUE(left.has_value()) << left.error().message;
    auto e = make_entry(0);
    e.recorded_at_ms =
        std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
            .count();
    ASSERT_TRUE(box.record(e).has_value());
  }
  struct stat about {};
  ASSERT_EQ(::stat((folder / "box").c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0777u, 0600u);
  file_outbox box(folder / "box");
  EXPECT_EQ(box.load("t")->entries.size(), 1u);
}

TEST(file_outbox, another_process_is_refused) {
  const scratch_folder folder;
  file_outbox box(folder / "box");
  ASSERT_TRUE(box.load("s").has_value());
  const pid_t child = ::fork();
  if (child == 0) {
    file_outbox_options options;
    options.lock_wait = 0ms;
    file_outbox other(folder / "box", options);
    const auto loaded = other.load("t");
    ::_exit(loaded.has_error() && mentions(loaded.error().message, "is locked") ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

TEST(file_outbox, links_folders_and_pipes_are_refused) {
  const scratch_folder folder;
  std::filesystem::create_symlink(folder / "elsewhere", folder / "link");
  std::filesystem::create_symlink(folder / "elsewhere", folder / "a.new");
  std::filesystem::create_directory(folder / "folder");
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  const auto refusal = [&](const std::string& name) {
    file_outbox box(folder / name);
    const auto loaded = box.load("s");
    return loaded.has_error() ? loaded.error().message : "accepted";
  };
  EXPECT_TRUE(mentions(refusal("link"), "symbolic link")) << refusal("link");
  EXPECT_TRUE(mentions(refusal("a"), "symbolic link")) << refusal("a");
  EXPECT_TRUE(mentions(refusal("folder"), "no regular file")) << refusal("folder");
  EXPECT_TRUE(mentions(refusal("pipe"), "no regular file")) << refusal("pipe");
  EXPECT_TRUE(mentions(refusal("missing/box"), "No such file")) << refusal("missing/box");
  EXPECT_FALSE(std::filesystem::exists(folder / "elsewhere"));
}

TEST(file_outbox, a_folder_that_may_not_be_written_is_an_error_that_names_it) {
  const scratch_folder folder;
  using std::filesystem::perms;
  std::filesystem::permissions(folder.path(),
                               perms::owner_read | perms::owner_exec | perms::others_read | perms::others_exec);
  const pid_t child = ::fork();
  if (child == 0) {
    if (::geteuid() == 0 && ::setuid(65534) != 0) ::_exit(2);  // Root may write everywhere: be nobody.
    file_outbox box(folder / "box");
    const auto loaded = box.load("s");
    ::_exit(loaded.has_error() && mentions(loaded.error().message, folder / "box.lock") ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace hull::test
