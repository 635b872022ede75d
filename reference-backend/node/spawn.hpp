// What the two programs that we start, Node.js and npm, have in common: the arguments of posix_spawn.
#pragma once

#include <spawn.h>
#include <csignal>

#include <string>
#include <vector>

namespace hull::backend::node {

/// posix_spawn's two argument objects. The program gets default signals and a group of its own: Ctrl-C in the terminal
/// is for the backend, and `kill(-pid)` ends it with all that it started.
struct spawn_setup {
  posix_spawn_file_actions_t files;
  posix_spawnattr_t attributes;
  spawn_setup() {
    posix_spawn_file_actions_init(&files);
    posix_spawnattr_init(&attributes);
    sigset_t all, none;
    sigfillset(&all);
    sigemptyset(&none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
  }
  ~spawn_setup() {
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attributes);
  }
  spawn_setup(const spawn_setup&) = delete;
  spawn_setup& operator=(const spawn_setup&) = delete;
};

/// As posix_spawn wants its lists; valid as long as `texts` stays as it is.
inline std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (std::string& text : texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

}  // namespace hull::backend::node
