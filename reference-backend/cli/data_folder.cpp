// Bodies of data_folder.hpp.
#include "cli/data_folder.hpp"

#include "common/encoding.hpp"
#include "common/file_descriptor.hpp"
#include "common/log.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>

namespace hull::backend::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view default_name = "hull-development";

failure cannot(const std::string& what, const fs::path& path, int error) {
  return bad_request("DataFolder", "Cannot " + what + " " + path.string() + ": " + std::strerror(error) +
                                       ". Choose another folder with --data DIR.");
}

/// First line of a file; nothing when there is no file.
outcome<std::optional<std::string>> read_line(const fs::path& path) {
  if (::access(path.c_str(), F_OK) != 0) return std::optional<std::string>();
  std::ifstream file(path);
  std::string line;
  if (!file || (!std::getline(file, line) && !file.eof())) return cannot("read", path, errno ? errno : EIO);
  return std::optional(line);
}

/// Writes a file with mode 0600, whole or not at all. Without `replace`, one that is there already stays.
outcome<void> write_line(const fs::path& path, const std::string& line, bool replace) {
  const fs::path draft = path.string() + "." + std::to_string(::getpid());
  const int file = ::open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) return cannot("create", draft, errno);
  const std::string text = line + "\n";
  const bool written =
      ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && ::fsync(file) == 0;
  const int write_error = errno;
  ::close(file);
  bool placed = false;
  if (written)
    placed = replace ? ::rename(draft.c_str(), path.c_str()) == 0
                     : ::link(draft.c_str(), path.c_str()) == 0 || errno == EEXIST;
  if (placed) placed = sync_folder(path.parent_path());
  const int place_error = errno;
  ::unlink(draft.c_str());
  if (!written) return cannot("write", draft, write_error);
  if (!placed) return cannot("write", path, place_error);
  return outcome<void>();
}

/// What the file holds, after writing `given` to it, or `initial` when it was missing.
outcome<std::string> keep(const fs::path& path, const std::optional<std::string>& given, const std::string& initial) {
  auto kept = read_line(path);
  if (!kept) return kept.error();
  if (given ? *kept != given : !kept->has_value()) {
    auto done = write_line(path, given.value_or(initial), given.has_value());
    if (!done) return done.error();
    kept = read_line(path);  // somebody else may have been first
    if (!kept) return kept.error();
  }
  return kept->value_or("");
}

std::string random_secret(random_source& random) {
  auth::instance_secret secret;
  random.fill(secret);
  return encode_hex(secret);
}

}  // namespace

fs::path default_data_folder() {
  if (const char* data = std::getenv("XDG_DATA_HOME"); data && *data == '/') return fs::path(data) / "hull";
  const char* home = std::getenv("HOME");
  return home && *home ? fs::path(home) / ".local/share/hull" : fs::path("hull-data");
}

outcome<auth::instance_identity> prepare_data_folder(const fs::path& folder, const std::optional<std::string>& name,
                                                     const std::optional<std::string>& secret_hex,
                                                     random_source& random) {
  if (name && !auth::is_instance_name(*name))
    return bad_request("BadInstanceName",
                       "--instance-name takes 1 to 64 letters, digits, dashes and underscores, for example my-app.");
  if (secret_hex && !auth::parse_secret(*secret_hex))
    return bad_request("BadInstanceSecret",
                       "--instance-secret takes 64 hexadecimal digits. Make one with: openssl rand -hex 32");
  std::error_code error;
  const bool fresh = fs::create_directories(folder, error);
  if (error) return cannot("create", folder, error.value());
  if (fresh && ::chmod(folder.c_str(), 0700) != 0) return cannot("protect", folder, errno);

  auto kept_name = keep(folder / "instance_name", name, std::string(default_name));
  if (!kept_name) return kept_name.error();
  const fs::path secret_file = folder / "instance_secret";
  auto kept_secret = keep(secret_file, secret_hex, random_secret(random));
  if (!kept_secret) return kept_secret.error();
  const auto secret = auth::parse_secret(*kept_secret);
  if (!secret || !auth::is_instance_name(*kept_name))
    return bad_request("BadInstanceFiles", "instance_name or instance_secret in " + folder.string() +
                                               " is damaged. Give the right ones with --instance-name and "
                                               "--instance-secret, or remove the two files to get new ones.");
  struct stat status {};
  if (::stat(secret_file.c_str(), &status) == 0 && (status.st_mode & 077) != 0)
    write_log(severity::warning,
              secret_file.string() + " can be read by other users. Protect it with: chmod 600 " + secret_file.string());
  return auth::instance_identity{*kept_name, *secret};
}

}  // namespace hull::backend::cli
