// A process of Node.js and the socket to it. Lines of text go both ways.
#pragma once

#include "common/failure.hpp"

#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace hull::backend::node {

struct process_options {
  std::string program;  ///< A path, or a name to look for in PATH.
  std::vector<std::string> arguments;
  std::filesystem::path folder;  ///< It runs in here.
};

/// Ends the process when it goes. The process ends itself when this one does, however that ends.
class node_process {
 public:
  /// Called on a thread of the process object's own: with each line, without its end; then once with nothing to say
  /// that no more will come. False for a line ends the process.
  struct listener {
    std::function<bool(std::string_view line)> on_line;
    std::function<void()> on_end;
  };

  static outcome<std::unique_ptr<node_process>> start(const process_options& options, listener heard);
  ~node_process();
  node_process(const node_process&) = delete;
  node_process& operator=(const node_process&) = delete;

  /// Any thread. Blocks while the process does not read. False when it has gone.
  bool send(const std::string& line);
  /// Any thread: ends the process at once. The listener hears of it.
  void kill();

 private:
  node_process(pid_t pid, int socket, int lifeline, listener heard);
  void read_lines();

  const pid_t pid_;
  const int socket_;
  const int lifeline_;  ///< Nothing is ever written to it: its end tells the process that this one is gone.
  const listener heard_;
  std::mutex sending_;
  std::thread reader_;
};

}  // namespace hull::backend::node
