// An executor with Node.js behind it, and modules that look like what the npm package makes of action().
#pragma once

#include "node/executor.hpp"
#include "runtime/node_run.hpp"
#include "scratch_folder.hpp"

#include "../runtime/runtime_fixture.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <thread>

namespace hull::backend::node::test {

using namespace std::chrono_literals;
using hull::test::scratch_folder;
using runtime::test::scripted_host;

class node_actions : public testing::Test {
 protected:
  /// Tests with an executor of their own set these before they first run something.
  executor_options options;

  node_actions() {
    options.program = HULL_NODE;
    options.folder = scratch.path() / "with space";
  }

  runtime::node_executor& executor() {
    if (!executor_) executor_ = make_node_executor(options).value();
    return *executor_;
  }

  /// The next one that is asked for is another.
  void restart() { executor_.reset(); }

  static std::shared_ptr<const runtime::module_set> modules(const std::string& source) {
    auto m = runtime::test::module_of("m.js", runtime::test::helpers + source);
    m.node = true;
    m.sha256 = m.source;
    return runtime::test::set_of({std::move(m)});
  }

  runtime::run_result run_result_of(const std::shared_ptr<const runtime::module_set>& set,
                                    const std::string& args = "[]", const std::string& function = "f") {
    return runtime::run_in_node(&executor(),
                                runtime::test::request_of({set, function, runtime::function_kind::action, args}, host));
  }
  /// The value of `f` of these modules, or what went wrong.
  std::string run(const std::string& source, const std::string& args = "[]") {
    return runtime::test::text_of(run_result_of(modules(source), args));
  }

  scratch_folder scratch;
  scripted_host host;

 private:
  std::shared_ptr<runtime::node_executor> executor_;
};

}  // namespace hull::backend::node::test
