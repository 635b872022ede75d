// What the system says about this process, in the text format of Prometheus.
#pragma once

#include <string>
#include <string_view>

namespace hull::backend::http {

/// What cannot be read is left out.
void write_process_metrics(std::string& out, std::string_view version);

}  // namespace hull::backend::http
