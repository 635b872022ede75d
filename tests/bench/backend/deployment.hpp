// hull-backend with the functions of app/, as a child of deployment.mjs, and what the system says about its process.
#pragma once

#include "report.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <cstring>
#include <fstream>
#include <sstream>
#include <string>

namespace hull::bench {

class deployment {
 public:
  explicit deployment(const std::string& script) {
    int to[2], from[2];  // Two pipes by hand: popen has one.
    if (::pipe(to) != 0 || ::pipe(from) != 0) give_up("no pipe");
    child_ = ::fork();
    if (child_ == 0) {
      ::dup2(to[0], 0);
      ::dup2(from[1], 1);
      for (const int fd : {to[0], to[1], from[0], from[1]}) ::close(fd);
      ::execlp("node", "node", script.c_str(), nullptr);
      std::_Exit(127);
    }
    ::close(to[0]);
    ::close(from[1]);
    ::fcntl(to[1], F_SETFD, FD_CLOEXEC);
    stop_ = to[1];
    std::string line;
    char c = 0;
    while (::read(from[0], &c, 1) == 1 && c != '\n') line += c;
    ::close(from[0]);
    std::istringstream words(line);
    if (!(words >> port >> pid_ >> start_ms >> idle_kb && std::getline(words >> std::ws, data)))
      give_up("deployment.mjs did not start a backend. Is HULL_BACKEND set?");
  }
  deployment(const deployment&) = delete;
  deployment& operator=(const deployment&) = delete;
  ~deployment() {
    ::close(stop_);
    ::waitpid(child_, nullptr, 0);
  }

  double resident_kb() const {
    std::ifstream status("/proc/" + std::to_string(pid_) + "/status");
    for (std::string line; std::getline(status, line);)
      if (line.rfind("VmRSS:", 0) == 0) return std::strtod(line.c_str() + std::strlen("VmRSS:"), nullptr);
    give_up("the backend has ended");
  }

  /// Processor time that it has used, all threads.
  double cpu_seconds() const {
    std::ifstream stat("/proc/" + std::to_string(pid_) + "/stat");
    std::string all{std::istreambuf_iterator<char>(stat), {}};
    std::istringstream words(all.substr(std::min(all.size(), all.rfind(')') + 1)));
    std::string skipped;
    for (int i = 0; i < 11; ++i) words >> skipped;
    double user = 0, system = 0;
    words >> user >> system;
    return (user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK));
  }

  std::uint16_t port = 0;
  double start_ms = 0, idle_kb = 0;
  std::string data;

 private:
  long pid_ = 0;
  pid_t child_ = 0;
  int stop_ = -1;
};

}  // namespace hull::bench
