// Finds or starts the process, writes the modules, takes care of the number of actions at once.
#include "node/executor.hpp"

#include "common/busy.hpp"
#include "node/module_folders.hpp"
#include "node/node_session.hpp"
#include "node/package_folders.hpp"

#include <utility>

namespace hull::backend::node {
namespace {

constexpr auto describe_within = std::chrono::seconds(30);
/// Node.js keeps every module that it ever imported; after so many pushes it starts afresh.
constexpr std::size_t max_folders = 32;
constexpr std::size_t calls_per_action = 8;
constexpr std::size_t waiting_calls = 1000;

/// Turns for actions; each holds one while it runs.
class turns {
 public:
  explicit turns(std::size_t count) : left_(count) {}
  bool take(std::chrono::milliseconds patience) {
    std::unique_lock lock(mutex_);
    if (!free_.wait_for(lock, patience, [this] { return left_ > 0; })) return false;
    --left_;
    return true;
  }
  void give_back() {
    {
      const std::lock_guard lock(mutex_);
      ++left_;
    }
    free_.notify_one();
  }

 private:
  std::mutex mutex_;
  std::condition_variable free_;
  std::size_t left_;
};

runtime::node_result failed(failure why) {
  runtime::node_result result;
  result.failed = std::move(why);
  return result;
}

class executor final : public runtime::node_executor {
 public:
  executor(executor_options options, std::unique_ptr<module_folders> folders)
      : options_(std::move(options)),
        folders_(std::move(folders)),
        calls_(options_.max_actions * calls_per_action, options_.max_actions * waiting_calls),
        turns_(options_.max_actions) {}

  runtime::node_result run(const runtime::run_request& request) override {
    if (!turns_.take(options_.patience)) return failed(busy());
    const struct given_back {
      turns& all;
      ~given_back() { all.give_back(); }
    } at_the_end{turns_};
    return run_now(request);
  }

  runtime::node_result describe(const std::shared_ptr<const runtime::module_set>& modules, const std::string& path,
                                std::string_view describer,
                                const std::map<std::string, std::string>& variables) override {
    auto place = place_of(*modules, path);
    if (!place) return failed(place.error());
    auto session = session_for(place->folder);
    if (!session) return failed(session.error());
    const environment env = numbered(variables);
    return (*session)->ask([&](question_id id) { return describe_line(id, *place, env, describer); }, nullptr,
                           describe_within);
  }

 private:
  runtime::node_result run_now(const runtime::run_request& request) {
    auto place = place_of(*request.modules, request.module_path);
    if (!place) return failed(place.error());
    auto session = session_for(place->folder);
    if (!session) return failed(session.error());
    const environment env = numbered(request.host->all_environment_variables());
    const double seconds = std::chrono::duration<double>(options_.time_limit).count();
    return (*session)->ask(
        [&](question_id id) { return run_line(id, *place, env, request.function, request.args_json, seconds); },
        request.host, options_.time_limit + options_.grace);
  }

  outcome<module_place> place_of(const runtime::module_set& modules, const std::string& path) {
    auto folder = folders_->folder_of(modules);
    if (!folder) return folder.error();
    return module_place{folder->string(), path};
  }

  outcome<std::shared_ptr<node_session>> session_for(const std::string& folder) {
    const std::lock_guard lock(mutex_);
    const bool good = session_ != nullptr && session_->usable() && session_->note_folder(folder) <= max_folders;
    if (good) return session_;
    auto started = node_session::start(
        {options_.program,
         {"--max-old-space-size=512", "--no-warnings", folders_->program().string(), folders_->root().string()},
         folders_->root()},
        calls_);
    if (!started) return started;
    session_ = *std::move(started);  // whoever still asks the former one holds it
    session_->note_folder(folder);
    return session_;
  }

  environment numbered(runtime::environment_variables variables) {
    const std::lock_guard lock(mutex_);
    const auto number = environments_.emplace(variables, environments_.size() + 1).first->second;
    return {std::move(variables), number};
  }

  const executor_options options_;
  const std::unique_ptr<module_folders> folders_;
  worker_pool calls_;
  turns turns_;
  std::mutex mutex_;
  std::shared_ptr<node_session> session_;
  std::map<runtime::environment_variables, std::uint64_t> environments_;
};

}  // namespace

outcome<std::shared_ptr<runtime::node_executor>> make_node_executor(const executor_options& options) {
  auto folders = module_folders::open(
      options.folder, std::make_unique<package_folders>(options.packages_folder, options.npm, options.install_within));
  if (!folders) return folders.error();
  return std::shared_ptr<runtime::node_executor>(std::make_shared<executor>(options, *std::move(folders)));
}

}  // namespace hull::backend::node
