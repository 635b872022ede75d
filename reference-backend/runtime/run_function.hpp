// Runs one function of a deployment in an isolate.
#pragma once

#include "runtime/execution.hpp"

namespace hull::backend::runtime {

/// `parent`: the execution that calls this one from inside the same isolate; null at the top.
run_result run_function(isolate_box& box, clock& wall, const run_request& request, execution* parent);

}  // namespace hull::backend::runtime
