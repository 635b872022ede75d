// What Node.js answered: errors get their frames mapped to the sources, descriptions are those of any module.
#include "runtime/node_run.hpp"

#include "runtime/errors.hpp"
#include "runtime/glue.hpp"
#include "runtime/module_description.hpp"

namespace hull::backend::runtime {
namespace {

constexpr std::size_t max_args_bytes = 5u << 20;

failure no_node() {
  return bad_request("DeploymentNotConfiguredForNodeActions",
                     "Deployment is not configured to deploy \"use node\" actions: it was started without Node.js.");
}

failure args_too_large() {
  return bad_request("ArgsTooLarge",
                     "Node actions arguments size is too large. The maximum size is 5 MiB. Reduce the size of the "
                     "arguments or consider using Convex runtime actions instead, which have a 16 MiB limit. See "
                     "https://docs.convex.dev/functions/runtimes");
}

js_error shown(const node_error& e, const module_set& modules) {
  js_error out = plain_error(e.name ? uncaught_text(*e.name, e.message) : e.message);
  if (e.frames_json) out.display += format_frames(*e.frames_json, modules);
  out.data = e.data;
  return out;
}

/// Why a described module may not be one for Node.js.
std::optional<failure> refuse_described(const value& described, const std::string& path) {
  const value* functions = described.find("functions");
  if (functions == nullptr || !functions->is_array()) return std::nullopt;
  for (const value& f : functions->as_array()) {
    const value* type = f.find("udfType");
    const value* name = f.find("name");
    if (type == nullptr || name == nullptr || type->as_string() == "Action") continue;
    return bad_request("InvalidModules", "`" + name->as_string() + "` defined in `" + path + "` is a " +
                                             type->as_string() +
                                             " function. Only actions can be defined in Node.js. See "
                                             "https://docs.convex.dev/functions/actions for more details.");
  }
  return std::nullopt;
}

}  // namespace

bool runs_in_node(const run_request& request) {
  const module_source* module = request.modules->find(request.module_path);
  return request.what == function_kind::action && !request.http && module != nullptr && module->node;
}

run_result run_in_node(node_executor* node, const run_request& request) {
  run_result result;
  if (node == nullptr || request.args_json.size() > max_args_bytes) {
    result.failed = node == nullptr ? no_node() : args_too_large();
    return result;
  }
  node_result ran = node->run(request);
  result.value_json = std::move(ran.value_json);
  if (ran.thrown) result.thrown = shown(*ran.thrown, *request.modules);
  result.failed = std::move(ran.failed);
  result.log_lines = std::move(ran.log_lines);
  return result;
}

outcome<analyzed_module> analyze_in_node(node_executor* node, const std::shared_ptr<const module_set>& modules,
                                         const std::string& path, const environment_variables& env) {
  if (node == nullptr) return no_node();
  node_result described = node->describe(modules, path, extra_glue("describe_module.js"), env);
  if (described.failed) return *std::move(described.failed);
  const description_texts texts{"InvalidModules", "Failed to analyze " + path + ": "};
  if (described.thrown) return description_failed(texts, shown(*described.thrown, *modules), described.log_lines);
  auto found = read_description(texts, *described.value_json);
  if (!found) return found.error();
  if (auto refused = refuse_described(*found, path)) return *refused;
  return analyzed_module{with_source_positions(*found, path, *modules)};
}

}  // namespace hull::backend::runtime
