// The name of a function as callers write it, taken apart.
#pragma once

#include "common/failure.hpp"

#include <string>
#include <string_view>

namespace hull::backend::functions {

struct function_path {
  std::string module;    ///< "dir/file.js"
  std::string function;  ///< "default" when the caller named none

  /// "dir/file:function", and just "dir/file" for the default export: for texts.
  std::string stripped() const;
  /// "dir/file.js:function".
  std::string canonical() const;
};

/// The failure is one of the transport: such a call names nothing that could be a function.
outcome<function_path> parse_function_path(std::string_view text);

}  // namespace hull::backend::functions
