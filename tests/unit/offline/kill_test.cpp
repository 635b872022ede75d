// A process that writes to its outbox is killed, again and again. The kernel keeps what it was given, so nothing that
// was confirmed may be missing, and nothing that was forgotten may be back.
#include "scratch_folder.hpp"

#include <hull/offline/file_outbox.hpp>

#include <gtest/gtest.h>

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstring>
#include <random>
#include <set>
#include <string>
#include <thread>

namespace hull::test {
namespace {

/// What a child tells before and after each call: a letter and the id.
struct note {
  char what = ' ';
  protocol::request_id request = 0;
};
constexpr std::size_t note_length = 1 + sizeof(protocol::request_id);

outbox::entry entry_of(protocol::request_id id) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  value args = object{{"n", static_cast<double>(id)}, {"text", std::string(id % 7 * 300, 'x')}};
  return {id, "messages:send", std::move(args), std::chrono::duration_cast<std::chrono::milliseconds>(now).count()};
}

/// The child: never returns.
[[noreturn]] void write_until_killed(const std::string& path, int notes) {
  const auto tell = [notes](char what, protocol::request_id id) {
    char text[note_length] = {what};
    std::memcpy(text + 1, &id, sizeof id);
    if (::write(notes, text, sizeof text) != static_cast<ssize_t>(sizeof text)) ::_exit(3);
  };
  file_outbox box(path);
  const auto left = box.load("session of " + std::to_string(::getpid()));
  if (left.has_error()) ::_exit(1);
  std::set<protocol::request_id> held;
  for (const auto& e : left->entries) held.insert(e.request);
  tell('l', left->next_request);
  for (protocol::request_id id = left->next_request;; ++id) {
    tell('r', id);
    if (box.record(entry_of(id)).has_error()) ::_exit(2);
    tell('R', id);
    held.insert(id);
    while (held.size() > 5) {
      const protocol::request_id oldest = *held.begin();
      tell('f', oldest);
      box.forget(oldest);
      tell('F', oldest);
      held.erase(oldest);
    }
  }
}

TEST(outbox_kill, thirty_killed_processes_lose_and_double_nothing) {
  const scratch_folder folder;
  const std::string path = folder / "box";
  std::minstd_rand random(20);
  std::set<protocol::request_id> safe;
  std::set<protocol::request_id> unsure;
  protocol::request_id highest = 0;
  bool is_empty = true;  ///< Then a new session begins, whose ids have nothing to do with the earlier ones.
  std::size_t recorded = 0;
  for (int round = 0; round < 30; ++round) {
    int notes[2] = {-1, -1};
    ASSERT_EQ(::pipe(notes), 0);
    const pid_t child = ::fork();
    if (child == 0) {
      ::close(notes[0]);
      write_until_killed(path, notes[1]);
    }
    ::close(notes[1]);
    // After so many calls and a bit: anywhere inside of one.
    std::size_t patience = 1 + random() % 60;
    const auto delay = std::chrono::microseconds(random() % 2000);
    char text[note_length];
    bool is_killed = false;
    while (::read(notes[0], text, sizeof text) == static_cast<ssize_t>(sizeof text)) {
      note n{text[0], 0};
      std::memcpy(&n.request, text + 1, sizeof n.request);
      if (n.what == 'l') {
        EXPECT_TRUE(is_empty || n.request > highest) << "an id would be used again";
      }
      if (n.what == 'r' || n.what == 'f') {
        unsure.insert(n.request);
        safe.erase(n.request);
        highest = std::max(highest, n.request);
      }
      if (n.what == 'R' || n.what == 'F') unsure.erase(n.request);
      if (n.what == 'R') safe.insert(n.request), ++recorded;
      if (patience != 0 && --patience == 0) {
        std::this_thread::sleep_for(delay);
        ::kill(child, SIGKILL);
        is_killed = true;
      }
    }
    ::close(notes[0]);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(is_killed && WIFSIGNALED(status)) << "the child gave up with status " << status;

    file_outbox box(path);
    const auto left = box.load("parent");
    ASSERT_TRUE(left.has_value()) << left.error().message;
    is_empty = left->entries.empty();
    EXPECT_TRUE(is_empty || left->next_request > highest);
    std::set<protocol::request_id> there;
    for (const auto& e : left->entries) {
      EXPECT_TRUE(there.empty() || *there.rbegin() < e.request) << "out of order or twice";
      there.insert(e.request);
      EXPECT_TRUE(safe.contains(e.request) || unsure.contains(e.request)) << "came back: " << e.request;
      EXPECT_EQ(e.args, entry_of(e.request).args);
    }
    for (const auto id : safe) EXPECT_TRUE(there.contains(id)) << "lost: " << id;
    safe = there;
    unsure.clear();
    if (HasFailure()) FAIL() << "in round " << round;
  }
  EXPECT_GT(recorded, 100u);
}

}  // namespace
}  // namespace hull::test
