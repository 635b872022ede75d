#include "backend_process.hpp"

#include "http_call.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace hull::test {
namespace {

std::uint16_t free_port() {
  boost::asio::io_context io;
  boost::asio::ip::tcp::acceptor probe(io, {boost::asio::ip::make_address("127.0.0.1"), 0});
  return probe.local_endpoint().port();
}

}  // namespace

backend_process::backend_process() {
  const char* program = std::getenv("HULL_BACKEND");
  if (!program) throw std::runtime_error("Set HULL_BACKEND to the hull-backend program.");
  program_ = program;
  std::string pattern = (std::filesystem::temp_directory_path() / "hull-test-XXXXXX").string();
  if (!mkdtemp(pattern.data())) throw std::runtime_error("mkdtemp failed: " + std::string(std::strerror(errno)));
  folder_ = pattern;
  port_ = free_port();
  site_port_ = free_port();
}

backend_process::~backend_process() {
  if (running()) stop();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

std::string backend_process::url() const { return "http://127.0.0.1:" + std::to_string(port_); }

void backend_process::start() {
  const std::string data = (folder_ / "data").string();
  const std::string log_file = (folder_ / "log.txt").string();
  const std::string port = std::to_string(port_);
  const std::string site_port = std::to_string(site_port_);
  child_ = fork();
  if (child_ < 0) throw std::runtime_error("fork failed: " + std::string(std::strerror(errno)));
  if (child_ == 0) {
    const int log = open(log_file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    dup2(log, STDOUT_FILENO);
    dup2(log, STDERR_FILENO);
    execl(program_.c_str(), program_.c_str(), "serve", "--data", data.c_str(), "--port", port.c_str(), "--site-port",
          site_port.c_str(), static_cast<char*>(nullptr));
    _exit(127);
  }
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (std::chrono::steady_clock::now() < deadline) {
    if (const auto answer = http_call(url(), "GET", "/version", {}, {}); answer && answer->status == 200) return;
    if (waitpid(child_, nullptr, WNOHANG) == child_) {
      child_ = -1;
      throw std::runtime_error("hull-backend ended while it started:\n" + log());
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  throw std::runtime_error("hull-backend did not answer within 30 s:\n" + log());
}

void backend_process::kill_now() {
  kill(child_, SIGKILL);
  waitpid(child_, nullptr, 0);
  child_ = -1;
}

int backend_process::stop() {
  kill(child_, SIGTERM);
  int status = 0;
  waitpid(child_, &status, 0);
  child_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

std::string backend_process::admin_key() const {
  const std::string command = "'" + program_ + "' admin-key --data '" + (folder_ / "data").string() + "'";
  std::string key;
  std::FILE* pipe = popen(command.c_str(), "r");
  char buffer[256];
  while (pipe && std::fgets(buffer, sizeof buffer, pipe)) key += buffer;
  if (!pipe || pclose(pipe) != 0) throw std::runtime_error("hull-backend admin-key failed");
  while (!key.empty() && (key.back() == '\n' || key.back() == '\r')) key.pop_back();
  return key;
}

std::string backend_process::log() const {
  std::ostringstream text;
  text << std::ifstream(folder_ / "log.txt").rdbuf();
  return text.str();
}

}  // namespace hull::test
