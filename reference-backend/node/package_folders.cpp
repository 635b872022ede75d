// Runs `npm install` beside the place where the folder will be, and moves it there when it is whole.
#include "node/package_folders.hpp"

#include "common/sha256.hpp"
#include "node/spawn.hpp"

#include <hull/value/json.hpp>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

namespace hull::backend::node {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kept_folders = 4;
constexpr std::size_t max_shown = 4096;  ///< Bytes of what npm said.
constexpr auto look_again = std::chrono::milliseconds(20);

std::string project_of(const std::vector<runtime::npm_package>& packages) {
  object dependencies;
  for (const runtime::npm_package& p : packages) dependencies.set(p.name, p.version);
  return write_json(value::make_object({{"private", true}, {"dependencies", value(std::move(dependencies))}}));
}

/// The end of what the program wrote.
std::string tail_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary | std::ios::ate);
  const auto size = static_cast<std::size_t>(std::max<std::streamoff>(in.tellg(), 0));
  std::string text(std::min(size, max_shown), '\0');
  in.seekg(static_cast<std::streamoff>(size - text.size()));
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  return text;
}

failure not_installed(const std::vector<runtime::npm_package>& packages, const std::string& why) {
  return bad_request("InvalidExternalModules",
                     "The packages that convex.json keeps out of the bundle "
                     "(node.externalPackages) could not be installed: " +
                         list_of(packages) + ". " + why);
}

/// How the program ended, as waitpid has it; nothing when it was ended because it took too long.
std::optional<int> wait_for(pid_t pid, std::chrono::milliseconds limit) {
  int status = 0;
  for (auto waited = std::chrono::milliseconds(0); waited < limit; waited += look_again) {
    const pid_t ended = waitpid(pid, &status, WNOHANG);
    if (ended == pid || (ended < 0 && errno != EINTR)) return status;
    std::this_thread::sleep_for(look_again);
  }
  kill(-pid, SIGKILL);
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return std::nullopt;
}

}  // namespace

outcome<fs::path> package_folders::folder_of(const std::vector<runtime::npm_package>& packages) {
  const std::string name = sha256_hex(list_of(packages));
  const std::lock_guard lock(mutex_);
  std::error_code error;
  const fs::path folder = fs::absolute(root_, error) / name;
  if (!fs::exists(folder, error)) {
    fs::create_directories(root_, error);
    const fs::path part = folder.string() + ".part-" + std::to_string(getpid()) + "-" + std::to_string(++attempts_);
    auto installed = install(packages, part);
    if (installed) {
      fs::rename(part, folder, error);
      if (error)
        installed = internal_failure("The folder " + folder.string() + " could not be made: " + error.message());
    }
    if (!installed) {
      fs::remove_all(part, error);
      return installed.error();
    }
  }
  note_use(name);
  remove_old();
  return folder;
}

outcome<void> package_folders::install(const std::vector<runtime::npm_package>& packages, const fs::path& into) {
  std::error_code error;
  fs::create_directories(into / "node_modules", error);
  std::ofstream(into / "package.json") << project_of(packages) << '\n';
  const fs::path log = into / "install.log";

  // npm sees our whole environment: its registry and proxies are often set there.
  spawn_setup setup;
  posix_spawn_file_actions_addopen(&setup.files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&setup.files, STDOUT_FILENO, log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  posix_spawn_file_actions_adddup2(&setup.files, STDOUT_FILENO, STDERR_FILENO);
  posix_spawn_file_actions_addclosefrom_np(&setup.files, STDERR_FILENO + 1);
  posix_spawn_file_actions_addchdir_np(&setup.files, into.c_str());
  std::vector<std::string> arguments{npm_,         "install",         "--no-audit", "--no-fund", "--no-package-lock",
                                     "--omit=dev", "--loglevel=error"};
  pid_t pid = 0;
  const int started =
      posix_spawnp(&pid, npm_.c_str(), &setup.files, &setup.attributes, pointers_to(arguments).data(), environ);
  if (started != 0)
    return not_installed(packages, "npm (\"" + npm_ + "\") could not be started: " + std::strerror(started) +
                                       ". Install it, or start hull-backend with --npm PATH.");
  const auto status = wait_for(pid, install_within_);
  if (!status)
    return not_installed(packages,
                         "npm took longer than " + std::to_string(install_within_.count() / 1000) + " seconds.");
  if (!WIFEXITED(*status) || WEXITSTATUS(*status) != 0) return not_installed(packages, "npm said:\n" + tail_of(log));
  return {};
}

void package_folders::note_use(const std::string& name) {
  std::erase(used_, name);
  used_.push_front(name);
}

/// What an earlier start left counts as used before all that this one used; what it left unfinished goes in any case.
void package_folders::remove_old() {
  std::error_code error;
  std::vector<fs::path> others;
  for (const auto& entry : fs::directory_iterator(root_, error)) {
    const std::string name = entry.path().filename().string();
    if (std::find(used_.begin(), used_.end(), name) == used_.end()) others.push_back(entry.path());
  }
  const std::size_t room = kept_folders - std::min(kept_folders, used_.size());
  std::size_t kept = 0;
  for (const fs::path& other : others)
    if (other.filename().string().find(".part-") != std::string::npos || kept++ >= room) fs::remove_all(other, error);
  while (used_.size() > kept_folders) {
    fs::remove_all(root_ / used_.back(), error);
    used_.pop_back();
  }
}

}  // namespace hull::backend::node
