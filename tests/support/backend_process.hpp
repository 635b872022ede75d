// A hull-backend as a child process on loopback.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <sys/types.h>

namespace hull::test {

/// Starts the program named by the environment variable HULL_BACKEND on free ports and a fresh data folder, both of
/// which it keeps over restarts. Throws std::runtime_error with the program's log when something goes wrong.
class backend_process {
 public:
  backend_process();
  ~backend_process();  ///< Stops the program and removes the folder.
  backend_process(const backend_process&) = delete;
  backend_process& operator=(const backend_process&) = delete;

  void start();     ///< Returns when /version answers.
  void kill_now();  ///< SIGKILL: as if the power went.
  int stop();       ///< SIGTERM; returns the exit status.
  bool running() const noexcept { return child_ > 0; }
  pid_t pid() const noexcept { return child_; }

  std::string url() const;
  std::uint16_t port() const noexcept { return port_; }
  std::string admin_key() const;
  std::string log() const;
  const std::filesystem::path& folder() const noexcept { return folder_; }

 private:
  std::string program_;
  std::filesystem::path folder_;
  std::uint16_t port_ = 0;
  std::uint16_t site_port_ = 0;
  pid_t child_ = -1;
};

}  // namespace hull::test
