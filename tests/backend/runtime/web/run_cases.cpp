// Runs the programs of a module of cases, each as an action, and prints [name, result] as JSON, one a line.
// `run_web_cases streams.js parts.js`, the modules that it imports last; compare.mjs does the same in Node.js.
#include "../runtime_fixture.hpp"

#include <fstream>
#include <iostream>
#include <sstream>

namespace hull::backend::runtime::test {
namespace {

int run_cases(const std::vector<std::string>& paths) {
  std::vector<module_source> list;
  for (const std::string& path : paths) {
    std::ifstream file(path);
    std::ostringstream text;
    text << file.rdbuf();
    list.push_back(module_of(path.substr(path.rfind('/') + 1), text.str()));
  }
  list.push_back(module_of("m.js", helpers + "import { all } from './" + list.front().path + R"js(';
    export const names = action(() => Object.keys(all));
    export const one = action(async (name) => await all[name]());)js"));
  const auto modules = set_of(std::move(list));
  const auto act = [&](const std::string& function, const std::string& args) {
    return text_of(run({modules, function, function_kind::action, args}));
  };
  const auto names = read_json(act("names", "[]"));
  if (!names || !names->is_array()) {
    std::cerr << act("names", "[]") << "\n";
    return 1;
  }
  for (const value& name : names->as_array()) {
    const std::string shown = write_json(name);
    const std::string result = act("one", "[" + shown + "]");
    std::string line;
    if (result.rfind("thrown: ", 0) == 0 || result.rfind("failed: ", 0) == 0 || result.rfind("fatal: ", 0) == 0)
      append_json_string(line, result);
    else
      line = result;
    std::cout << "[" << shown << "," << line << "]\n";
  }
  return 0;
}

}  // namespace
}  // namespace hull::backend::runtime::test

int main(int count, char** arguments) {
  return count > 1 ? hull::backend::runtime::test::run_cases({arguments + 1, arguments + count}) : 2;
}
