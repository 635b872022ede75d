// The program that Node.js runs (js/*.mjs), embedded at build time.
#pragma once

#include <span>
#include <string_view>

namespace hull::backend::node {

struct script {
  const char* name;  ///< "main.mjs", the first to run
  std::string_view source;
};

std::span<const script> all_scripts();

}  // namespace hull::backend::node
