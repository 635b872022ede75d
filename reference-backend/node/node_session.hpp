// One process of Node.js with the questions that it is working on.
#pragma once

#include "common/worker_pool.hpp"
#include "node/messages.hpp"
#include "node/node_process.hpp"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <set>

namespace hull::backend::node {

/// Safe from any thread. Always held by a shared_ptr by those who ask.
class node_session {
 public:
  /// Starts the process and waits until it is ready. `calls` carries out what the program asks of hosts.
  static outcome<std::shared_ptr<node_session>> start(const process_options& options, worker_pool& calls);
  ~node_session();

  /// False when it must not be asked anything more.
  bool usable();
  /// How many folders of modules it has seen: Node.js never forgets a module.
  std::size_t note_folder(const std::string& folder);

  /// Sends the line that `make` makes of the question's number and waits for the end. A process that is silent for
  /// longer than `limit` is ended. `host` may be null: then there is nothing to call.
  runtime::node_result ask(const std::function<std::string(question_id)>& make, runtime::syscall_host* host,
                           std::chrono::milliseconds limit);

 private:
  struct call {
    double number;
    std::string name;
    std::string args_json;
  };
  struct question;

  explicit node_session(worker_pool& calls) : calls_(calls) {}
  bool wait_until_ready();
  /// False for what our program would never say: it cannot be trusted any more.
  bool hear(std::string_view line);
  void hear(message m);
  void hear_end();
  void answer_call(const std::shared_ptr<question>& asked, question_id id, const call& c);
  void begin_call(const std::shared_ptr<question>& asked, question_id id, call c);
  void finish(question& asked, message m);

  worker_pool& calls_;
  std::unique_ptr<node_process> process_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool ready_ = false;
  bool ended_ = false;
  bool exiting_ = false;
  question_id last_id_ = 0;
  std::map<question_id, std::shared_ptr<question>> questions_;
  std::set<std::string> folders_;
};

}  // namespace hull::backend::node
