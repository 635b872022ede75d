// Packages that modules import without having them in their bundle. npm is a script of the test's own here; the real
// one installs in tests/interop/node_actions.test.mjs.
#include "node_fixture.hpp"

#include "node/package_folders.hpp"

#include <fstream>

namespace hull::backend::node::test {
namespace {

namespace fs = std::filesystem;

class node_packages : public node_actions {
 protected:
  node_packages() {
    options.packages_folder = scratch.path() / "packages";
    options.npm = (scratch.path() / "npm").string();
    install_with("mkdir node_modules/tiny; echo called >>" + calls().string() +
                 "; cp package.json node_modules/tiny/project.json;"
                 "echo '{\"name\":\"tiny\",\"main\":\"tiny.js\"}' >node_modules/tiny/package.json;"
                 "echo 'exports.project = require(\"./project.json\");' >node_modules/tiny/tiny.js");
  }

  fs::path calls() const { return scratch.path() / "calls"; }
  int called() const {
    std::ifstream in(calls());
    int lines = 0;
    for (std::string line; std::getline(in, line);) ++lines;
    return lines;
  }
  void install_with(const std::string& commands) {
    std::ofstream(options.npm) << "#!/bin/sh\nset -e\n" << commands << '\n';
    fs::permissions(options.npm, fs::perms::owner_all);
  }
  std::size_t folders() const {
    std::error_code none;
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(options.packages_folder, none), {}));
  }

  static std::shared_ptr<const runtime::module_set> with_packages(std::vector<runtime::npm_package> packages) {
    const auto plain = modules(
        "import tiny from 'tiny';\n"
        "export const f = action(() => JSON.stringify(tiny.project.dependencies));");
    return std::make_shared<const runtime::module_set>(plain->all(), std::move(packages));
  }
  std::string run_with(std::vector<runtime::npm_package> packages) {
    return runtime::test::text_of(run_result_of(with_packages(std::move(packages))));
  }
};

const std::vector<runtime::npm_package> tiny{{"@me/other", "2.0.0-beta.1"}, {"tiny", "1.2.3"}};
constexpr const char* installed = R"("{\"@me/other\":\"2.0.0-beta.1\",\"tiny\":\"1.2.3\"}")";
constexpr const char* not_installed =
    "failed: InvalidExternalModules: The packages that convex.json keeps out of the bundle (node.externalPackages) "
    "could not be installed: "
    "@me/other@2.0.0-beta.1, tiny@1.2.3. ";

TEST_F(node_packages, are_installed_once_and_imported) {
  EXPECT_EQ(run_with(tiny), installed);
  EXPECT_EQ(run_with(tiny), installed);
  EXPECT_EQ(called(), 1);
}

TEST_F(node_packages, stay_when_the_executor_goes) {
  EXPECT_EQ(run_with(tiny), installed);
  restart();
  EXPECT_EQ(run_with(tiny), installed);
  EXPECT_EQ(called(), 1);
}

TEST_F(node_packages, are_not_asked_for_where_there_are_none) {
  EXPECT_EQ(run("export const f = action(() => 1);"), "1");
  EXPECT_EQ(called(), 0);
  EXPECT_FALSE(fs::exists(options.packages_folder));
}

TEST_F(node_packages, failure_is_told_and_leaves_nothing) {
  install_with("echo 'npm ERR! 404 Not Found' >&2; exit 1");
  EXPECT_EQ(run_with(tiny), std::string(not_installed) + "npm said:\nnpm ERR! 404 Not Found\n");
  EXPECT_EQ(folders(), 0u);
}

TEST_F(node_packages, failure_is_tried_again) {
  const std::string good = options.npm;
  options.npm = (scratch.path() / "absent").string();
  EXPECT_EQ(run_with(tiny), std::string(not_installed) + "npm (\"" + options.npm +
                                "\") could not be started: No such file or directory. Install it, or start "
                                "hull-backend with --npm PATH.");
  fs::copy_file(good, options.npm);
  EXPECT_EQ(run_with(tiny), installed);
}

TEST_F(node_packages, npm_that_hangs_is_ended) {
  options.install_within = 100ms;
  install_with("sleep 60");
  EXPECT_EQ(run_with(tiny), std::string(not_installed) + "npm took longer than 0 seconds.");
}

TEST_F(node_packages, only_the_newest_sets_are_kept) {
  for (int i = 0; i < 7; ++i) run_with({{"tiny", "1.0." + std::to_string(i)}});
  EXPECT_EQ(folders(), 4u);
  restart();
  fs::create_directories(options.packages_folder / "some.part-1-1");  // as of an installation that was cut off
  EXPECT_EQ(run_with({{"tiny", "2.0.0"}}), R"("{\"tiny\":\"2.0.0\"}")");
  EXPECT_EQ(folders(), 4u);
  EXPECT_FALSE(fs::exists(options.packages_folder / "some.part-1-1"));
  EXPECT_EQ(called(), 8);
}

}  // namespace
}  // namespace hull::backend::node::test
