// Runs and descriptions by Node.js, in the terms of this room.
#pragma once

#include "runtime/runtime.hpp"

namespace hull::backend::runtime {

/// True when the module of the request is bundled for Node.js.
bool runs_in_node(const run_request& request);

run_result run_in_node(node_executor* node, const run_request& request);

outcome<analyzed_module> analyze_in_node(node_executor* node, const std::shared_ptr<const module_set>& modules,
                                         const std::string& path, const environment_variables& env);

}  // namespace hull::backend::runtime
