// Starts Node.js with posix_spawn; nothing but the two descriptors it needs is handed down.
#include "node/node_process.hpp"

#include "common/file_descriptor.hpp"
#include "node/spawn.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <csignal>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <utility>

namespace hull::backend::node {
namespace {

constexpr std::size_t max_line = 64u << 20;
constexpr int socket_of_child = 3;
constexpr int lifeline_of_child = 4;

/// What of our own environment a function may see, and Node.js may need.
constexpr std::array<const char*, 6> handed_down{"PATH", "PWD", "LANG", "NODE_PATH", "TZ", "UTC"};

/// Standard output belongs to this program: what a function writes there goes to standard error.
void plan_files(spawn_setup& setup, int socket, int lifeline, const std::string& folder) {
  // Above the numbers that the child uses, so that none is overwritten before it was copied.
  posix_spawn_file_actions_addopen(&setup.files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&setup.files, STDERR_FILENO, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&setup.files, socket, socket_of_child);
  posix_spawn_file_actions_adddup2(&setup.files, lifeline, lifeline_of_child);
  posix_spawn_file_actions_addclosefrom_np(&setup.files, lifeline_of_child + 1);
  posix_spawn_file_actions_addchdir_np(&setup.files, folder.c_str());
}

std::vector<std::string> environment() {
  std::vector<std::string> out;
  for (const char* name : handed_down)
    if (const char* text = std::getenv(name)) out.push_back(std::string(name) + "=" + text);
  return out;
}

/// A descriptor with a number that no child of ours uses for itself.
int out_of_the_way(int fd) {
  const int moved = fcntl(fd, F_DUPFD_CLOEXEC, lifeline_of_child + 1);
  close(fd);
  return moved;
}

failure cannot_start(const std::string& program, int error) {
  if (error == ENOENT || error == EACCES)
    return bad_request("DeploymentNotConfiguredForNodeActions",
                       "Deployment is not configured to deploy \"use node\" actions. Node.js was not found (tried to "
                       "run \"" +
                           program +
                           "\"). Install Node.js 18 or newer, or start hull-backend with --node PATH; or remove "
                           "\"use node\" from the file.");
  return internal_failure("Node.js (\"" + program + "\") could not be started: " + std::strerror(error));
}

}  // namespace

outcome<std::unique_ptr<node_process>> node_process::start(const process_options& options, listener heard) {
  int pair[2], pipe_ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) return cannot_start(options.program, errno);
  file_descriptor ours(pair[0]);
  const file_descriptor theirs(out_of_the_way(pair[1]));
  if (pipe2(pipe_ends, O_CLOEXEC) != 0) return cannot_start(options.program, errno);
  const file_descriptor listened(out_of_the_way(pipe_ends[0]));
  file_descriptor held(pipe_ends[1]);

  spawn_setup setup;
  plan_files(setup, theirs.get(), listened.get(), options.folder.string());
  std::vector<std::string> arguments{options.program};
  arguments.insert(arguments.end(), options.arguments.begin(), options.arguments.end());
  std::vector<std::string> variables = environment();
  pid_t pid = 0;
  const int error = posix_spawnp(&pid, options.program.c_str(), &setup.files, &setup.attributes,
                                 pointers_to(arguments).data(), pointers_to(variables).data());
  if (error != 0) return cannot_start(options.program, error);
  return std::unique_ptr<node_process>(new node_process(pid, ours.release(), held.release(), std::move(heard)));
}

node_process::node_process(pid_t pid, int socket, int lifeline, listener heard)
    : pid_(pid), socket_(socket), lifeline_(lifeline), heard_(std::move(heard)), reader_([this] { read_lines(); }) {}

node_process::~node_process() {
  kill();
  reader_.join();
  close(socket_);
  close(lifeline_);
  while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

bool node_process::send(const std::string& line) {
  const std::lock_guard lock(sending_);
  std::string_view left = line;
  while (!left.empty()) {
    const ssize_t sent = ::send(socket_, left.data(), left.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) return false;
    left.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

// The process is waited for only when this object goes, so its number is not given to another one before.
void node_process::kill() {
  ::kill(-pid_, SIGKILL);        // its group: with what it started
  shutdown(socket_, SHUT_RDWR);  // a process that was handed the socket on must not keep it open
}

void node_process::read_lines() {
  std::string text;
  std::vector<char> chunk(64u << 10);
  for (bool trusted = true; trusted;) {
    const ssize_t count = recv(socket_, chunk.data(), chunk.size(), 0);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    const std::size_t before = text.size();
    text.append(chunk.data(), static_cast<std::size_t>(count));
    std::size_t begin = 0;
    for (std::size_t end = text.find('\n', before); trusted && end != std::string::npos; end = text.find('\n', begin)) {
      trusted = heard_.on_line(std::string_view(text).substr(begin, end - begin));
      begin = end + 1;
    }
    text.erase(0, begin);
    if (text.size() > max_line) break;
  }
  kill();
  heard_.on_end();
}

}  // namespace hull::backend::node
