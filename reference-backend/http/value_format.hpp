// The forms in which values leave over HTTP.
#pragma once

#include "common/failure.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace hull::backend::http {

enum class value_format {
  encoded,  ///< "convex_encoded_json": lossless, as on the socket.
  clean,    ///< "json": plain JSON, not reversible.
  export_,  ///< "export_json": integers and floats told apart by how the number is written.
};

/// Failure: BadFormat.
outcome<value_format> parse_format(std::string_view name);

/// `encoded_json` is trusted to be valid.
std::string reformat(const std::string& encoded_json, value_format format);
std::string format_value(const value& v, value_format format);

}  // namespace hull::backend::http
